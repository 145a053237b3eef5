"""去向:查已关停的政务账号现在去哪儿。`python bot.py --help` 说怎么用。"""

import sys

from bot.cli import main

ROOMS = {"console": "console", "telegram": "telegram_bot", "web": "web"}

if __name__ == "__main__":
    sys.exit(main(channels={name: f"handlers.{room}:run" for name, room in ROOMS.items()}))
