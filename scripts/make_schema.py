"""Write `knowledge/schema.json`, by which an editor explains and completes the files of `knowledge/accounts/`.

    python scripts/make_schema.py

Run after a change to `bot/records.py` or `bot/values.py`; a test fails until the file is current.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.codec import json_schema  # noqa: E402
from bot.records import PlaceFile  # noqa: E402


def main() -> int:
    """Write the file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "去向 knowledge/accounts:一个地方的单位和账号",
        **json_schema(PlaceFile),
    }
    text = json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
    (ROOT / "knowledge" / "schema.json").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
