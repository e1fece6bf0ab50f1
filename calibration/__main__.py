"""The command: ``python -m calibration --data DIR [--write PAGE]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from calibration.files import problems
from calibration.report import full_report
from calibration.tables import place


def main() -> int:
    """Print every table, or put them into a page."""
    parser = argparse.ArgumentParser(prog="python -m calibration", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with battles/ and front/")
    parser.add_argument("--write", type=Path, help="page whose tables to renew, between markers")
    chosen = parser.parse_args()
    for problem in problems(chosen.data):
        print(f"warning: {problem}", file=sys.stderr)
    tables = full_report(chosen.data)
    if chosen.write is None:
        for table in tables:
            print(f"{table.name}\n\n{table.markdown()}\n")
    else:
        page = chosen.write.read_text(encoding="utf-8")
        chosen.write.write_text(place(page, tables), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
