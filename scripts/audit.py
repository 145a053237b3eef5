"""Look the pinned requirements up in a vulnerability database; where none can be reached, say so and go on.

python scripts/audit.py [FILE…]    Exit code 1 when something pinned has a known vulnerability.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

FILES = ("requirements.txt", "requirements-dev.txt")
SECONDS = 120


def audited(file: str) -> dict[str, Any] | None:
    """Return what pip-audit says of a file; `None` when it could ask nobody."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--requirement", file]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [*command, "--progress-spinner", "off", "--format", "json"],
            check=False,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        found: dict[str, Any] = json.loads(done.stdout)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return found


def verdict(file: str, found: dict[str, Any] | None) -> tuple[bool, str]:
    """Return whether nothing bad is known, and the lines that say what was found."""
    packages = (found or {}).get("dependencies", [])
    seen = [p for p in packages if "skip_reason" not in p]
    if not seen:
        return True, f"SKIPPED: no vulnerability database can be reached, {file} was not audited"
    bad = [f"{p['name']} {p['version']}: {v['id']}" for p in seen for v in p["vulns"]]
    unseen = len(packages) - len(seen)
    told = f"{file}: {len(seen)} packages audited, {len(bad)} vulnerabilities known"
    return not bad, "\n".join([told + (f", {unseen} NOT AUDITED" if unseen else ""), *bad])


def main() -> int:
    """Audit each file; 1 when something is known of one."""
    well = True
    for file in sys.argv[1:] or FILES:
        good, told = verdict(file, audited(file))
        print(told)
        well = well and good
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
