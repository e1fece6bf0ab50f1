"""Write ``data/watch/form.xlsx``, the form for patrols, from its questions.

python docs/make_form.py
"""

from __future__ import annotations

from pathlib import Path

from backstop.watch.xlsform import workbook

TARGET = Path(__file__).parent.parent / "src" / "backstop" / "data" / "watch" / "form.xlsx"

if __name__ == "__main__":
    TARGET.write_bytes(workbook())
