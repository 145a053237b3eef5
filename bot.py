"""去向:查已关停的政务账号现在去哪儿。`python bot.py --help` 说怎么用。"""

import sys

from bot.cli import main

CHANNELS = {"console": "handlers.console:run", "telegram": "handlers.telegram_bot:run"}

if __name__ == "__main__":
    sys.exit(main(channels=CHANNELS))
