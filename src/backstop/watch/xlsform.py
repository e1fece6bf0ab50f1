"""The mission's form for patrols, as an XLSForm workbook for ODK Collect and KoboToolbox.

Its questions are the fields of a mapping, so that submissions need none. The workbook is written
here, as the few parts of Office Open XML (ECMA-376) that a sheet of text needs; the same form gives
the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from backstop.watch.sector import WINDS
from backstop.watch.vocabulary import (
    ACCESS_KINDS,
    DETAILS,
    DIRECTIONS,
    EACH_ROUND_OR_BURST,
    EFFORT_KINDS,
    JAMMING_TARGETS,
    KINDS,
    MEANS,
    WEAPON_CLASSES,
)

FORM_ID = "backstop_watch"
#: Goes up with every change, so that phones fetch the new form.
FORM_VERSION = "1"

Row = Sequence[str]

_SURVEY_HEAD = ("type", "name", "label", "required", "relevant", "constraint", "hint")
_OBSERVED = "${record_type} = 'observation'"
_EFFORT = "${record_type} = 'effort'"
_DENIED = "${record_type} = 'denial'"
_JAMMED = "${record_type} = 'jamming'"


def survey() -> list[Row]:
    """The questions, in order."""
    return [
        _SURVEY_HEAD,
        ("select_one record_type", "record_type", "What do you report?", "yes", "", "", ""),
        ("dateTime", "occurred", "When did it happen or begin?", "yes", "", "", ""),
        ("geopoint", "geopoint", "Where do you stand?", "", "", "", "wait for 10 m or better"),
        ("text", "place", "Name of the place", "", "", "", ""),
        ("text", "region", "Region", "", "", "", ""),
        ("text", "stream", "Team or camera", "yes", "", "", "never a person's name"),
        ("begin_group", "act", "The act", "", _OBSERVED, "", ""),
        ("select_one kind", "kind", "What was it?", "yes", "", "", ""),
        ("select_one detail", "detail", "Which, if an explosion?", "", "", "", ""),
        ("integer", "count", "How many?", "yes", "", ". >= 0", "each round or burst counts"),
        ("select_one truth", "at_least", "Were there more than you could count?", "", "", "", ""),
        ("calculate_rule", "rule", "", "", "", "", ""),
        ("select_one means", "means", "How did you learn of it?", "yes", "", "", ""),
        ("decimal", "nearest_km", "Nearest distance, km", "", "", ". >= 0 and . <= 100", ""),
        ("decimal", "farthest_km", "Farthest distance, km", "", "", ". >= ${nearest_km}", ""),
        ("select_multiple winds", "winds", "In which directions?", "", "", "", "from you"),
        ("select_one weapon_class", "weapon_class", "Kind of weapon", "", "", "", ""),
        ("text", "weapon_text", "Weapon in words", "", "", "", ""),
        ("decimal", "calibre_mm", "Calibre, mm", "", "", ". > 0 and . < 2000", ""),
        ("select_one direction", "direction", "Direction of fire", "", "", "", "from you"),
        ("integer", "killed", "People killed", "", "", ". >= 0", "leave empty if not known"),
        ("integer", "injured", "People injured", "", "", ". >= 0", "leave empty if not known"),
        ("text", "alleged", "Whom does your source accuse?", "", "", "", "parties, not people"),
        ("end_group", "", "", "", "", "", ""),
        ("begin_group", "looking", "The patrol or post", "", _EFFORT, "", ""),
        ("select_one effort_kind", "effort_kind", "Kind of effort", "yes", "", "", ""),
        ("decimal", "hours", "Hours of watching", "yes", "", ". >= 0", ""),
        ("decimal", "planned_hours", "Hours planned", "", "", ". >= 0", ""),
        ("integer", "people", "People", "", "", ". >= 0", ""),
        ("select_one truth", "night", "At night?", "", "", "", ""),
        ("end_group", "", "", "", "", "", ""),
        ("begin_group", "barred", "The restriction", "", _DENIED, "", ""),
        ("select_one access_kind", "access_kind", "Kind of restriction", "yes", "", "", ""),
        ("text", "involved", "Who barred the way?", "", "", "", "a party, not a person"),
        ("decimal", "minutes", "How many minutes?", "", "", ". >= 0", ""),
        ("text", "reason", "Reason given", "", "", "", ""),
        ("end_group", "", "", "", "", "", ""),
        ("begin_group", "jammed", "The interference", "", _JAMMED, "", ""),
        ("select_one jamming_target", "jamming_target", "What was jammed?", "yes", "", "", ""),
        ("text", "platform", "Which platform?", "", "", "", ""),
        ("end_group", "", "", "", "", "", ""),
        ("text", "text", "In your own words", "", "", "", "no names of people"),
        ("image", "photo", "Photograph", "", "", "", ""),
    ]


def choices() -> list[Row]:
    """The answers to choose from: the mission's vocabulary."""
    lists: dict[str, Iterable[str]] = {
        "record_type": ("observation", "effort", "denial", "jamming"),
        "kind": sorted(KINDS),
        "detail": sorted(DETAILS - {""}),
        "truth": ("yes", "no"),
        "means": sorted(MEANS),
        "winds": WINDS,
        "weapon_class": sorted(WEAPON_CLASSES),
        "direction": sorted(DIRECTIONS),
        "effort_kind": sorted(EFFORT_KINDS),
        "access_kind": sorted(ACCESS_KINDS),
        "jamming_target": sorted(JAMMING_TARGETS),
    }
    rows: list[Row] = [("list_name", "name", "label")]
    for name, words in lists.items():
        rows += [(name, word, word.replace("_", " ")) for word in words]
    return rows


def workbook() -> bytes:
    """The form as an ``.xlsx`` file."""
    rows = [_with_calculation(row) for row in survey()]
    settings: list[Row] = [
        ("form_title", "form_id", "version", "default_language"),
        ("Ceasefire watch", FORM_ID, FORM_VERSION, "English (en)"),
    ]
    sheets: dict[str, list[Row]] = {"survey": rows, "choices": choices(), "settings": settings}
    return _packed(sheets)


def _with_calculation(row: Row) -> Row:
    """The rule of counting is fixed by the form, not asked."""
    if row is _SURVEY_HEAD:
        return (*row, "calculation")
    if row[0] == "calculate_rule":
        return ("calculate", *row[1:], f"'{EACH_ROUND_OR_BURST}'")
    return (*row, "")


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _packed(sheets: dict[str, list[Row]]) -> bytes:
    numbered = list(enumerate(sheets, start=1))
    parts = {
        "[Content_Types].xml": _types(numbered),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _book(numbered),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered]
        ),
    }
    for number, name in numbered:
        parts[f"xl/worksheets/sheet{number}.xml"] = _sheet(sheets[name])
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            # A fixed day keeps the bytes the same; zip knows none before 1980.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, _XML + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _types(numbered: list[tuple[int, str]]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n, _ in numbered
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f"{sheets}</Types>"
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


def _book(numbered: list[tuple[int, str]]) -> str:
    inner = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in numbered)
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{inner}</sheets></workbook>'


def _sheet(rows: list[Row]) -> str:
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{_letters(column)}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
            for column, text in enumerate(row)
            if text
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _letters(column: int) -> str:
    """A, B, …, Z, AA, …"""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
