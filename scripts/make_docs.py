"""Write the parts of the documentation that repeat what the program says, between their comments.

    python scripts/make_docs.py

`README.md` gets the sample conversation as the bot speaks it; `docs/maintaining.md` the help of every command. A test
fails until they are current.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot import cli, index  # noqa: E402
from bot.commands.ask import shown  # noqa: E402
from bot.dialogue import Message, answer  # noqa: E402
from bot.matcher import Matcher  # noqa: E402
from bot.values import When  # noqa: E402

# The day the sample is spoken on: what it says must not change with the calendar.
TODAY = When("2026-11-20")


def conversation(matcher: Matcher) -> str:
    """Return the README's sample as a person and the bot speak it."""
    turns = yaml.safe_load((ROOT / "tests/conversations/readme.yaml").read_text(encoding="utf-8"))
    lines, last = [], None
    for turn in turns:
        if "tap" in turn and last:
            choice = next(c.choice for c in last.choices if c.label.startswith(turn["tap"]))
            last = answer(Message(choice=choice), matcher, TODAY)
        else:
            last = answer(Message(turn["you"], context=last.context if last else None), matcher, TODAY)
        lines += [f"你:{turn.get('you') or '[' + turn['tap'] + ']'}", shown(last), ""]
    return "```text\n" + "\n".join(lines).strip() + "\n```"


def commands() -> str:
    """Return the help of every command, as `--help` prints it."""
    found = []
    for name in ("", *cli.COMMANDS):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            cli.main([*([name] if name else []), "--help"])
        found.append(f"### `python bot.py {name or '--help'}`\n\n```text\n{out.getvalue().rstrip()}\n```")
    return "\n\n".join(found)


def filled(text: str, name: str, content: str) -> str:
    """Return a document with what stands between its two comments replaced."""
    pattern = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda m: f"{m[1]}{content}\n{m[2]}", text)


def documents(matcher: Matcher) -> dict[Path, str]:
    """Return every document that repeats the program, as it should be."""
    os.environ["COLUMNS"] = "100"
    os.environ.pop("CONTACT_ADDRESS", None)
    readme, maintaining = ROOT / "README.md", ROOT / "docs" / "maintaining.md"
    return {
        readme: filled(readme.read_text(encoding="utf-8"), "conversation", conversation(matcher)),
        maintaining: filled(maintaining.read_text(encoding="utf-8"), "commands", commands()),
    }


def main() -> int:
    """Write the documents."""
    target = ROOT / "data" / "docs.sqlite"
    index.build(ROOT / "knowledge", target)
    for path, text in documents(Matcher(index.Base(target))).items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
