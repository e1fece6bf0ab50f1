"""A file read row by row with the adapter that fits it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from backstop.errors import InputError, Problem
from backstop.watch.adapters.adapter import Adapter
from backstop.watch.adapters.cells import column_order
from backstop.watch.adapters.mapping import Mapping as ColumnMapping
from backstop.watch.adapters.mapping import mapped
from backstop.watch.adapters.objects import BadObject, read_objects
from backstop.watch.adapters.registry import ADAPTERS, adapter_named, fitting
from backstop.watch.adapters.stream import Source, opened
from backstop.watch.adapters.table import BadRow, Lines, long_cells, read_header, rows
from backstop.watch.intake import Reading
from backstop.watch.quarantine import LEADING, Quarantined, read_mended
from backstop.watch.record import Entry
from backstop.watch.setting import Setting

#: Rows that are looked at to learn in which order the file writes day and month: some, and many
#: more where those leave it open.
_SAMPLES = (500, 50_000)
#: What an adapter raises of a row that is no record: dates beyond the calendar overflow, and an
#: object may be nested deeper than anybody walks.
_UNREADABLE = (ValueError, OverflowError, RecursionError)
Form = Literal["table", "objects", "text", "quarantine"]


@dataclass(frozen=True, slots=True)
class Choice:
    """How a file is to be read."""

    adapter: Adapter | None
    """None for a quarantine file, whose rows name theirs."""
    form: Form
    columns: tuple[str, ...] = ()
    delimiter: str = ","
    offset: int = 0
    """Bytes up to the first row."""
    date_order: str = ""
    mapping: Adapter | None = None
    """The mapping that rows of a quarantine file were first read with."""

    @property
    def name(self) -> str:
        """The adapter's name."""
        return self.adapter.name if self.adapter else "quarantine"


def choose(source: Source, *, adapter: str = "", mapping: ColumnMapping | None = None) -> Choice:
    """Look into a file and settle how to read it.

    Raises
    ------
    InputError
        When nothing fits it; the message lists what there is.
    NotFound
        When there is no adapter of the name given.
    """
    given = mapped(mapping) if mapping else adapter_named(adapter) if adapter else None
    with opened(source) as stream:
        head = stream.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        return _objects(source, given)
    if given is not None and given.cells is None:
        if given.passages is None:
            raise _fault(source, f"is no {given.title}: it is neither JSON nor a list")
        return Choice(given, "text")
    if given is None and Path(source.name).suffix.lower() in {".txt", ".md"}:
        return Choice(next(one for one in ADAPTERS if one.passages is not None), "text")
    return _table(source, given)


def _objects(source: Source, given: Adapter | None) -> Choice:
    if given is not None and given.objects is None:
        raise _fault(source, f"is JSON, and the adapter {given.name} reads tables")
    if given is None:
        with opened(source) as stream:
            first = _objects_of(source, stream)
            keys = next((one.keys() for _, one in first if isinstance(one, dict)), ())
        given = fitting(keys, table=False)
    if given is None:
        raise _unknown(source, sorted(keys))
    return Choice(given, "objects")


def _table(source: Source, given: Adapter | None) -> Choice:
    with opened(source) as stream:
        try:
            header = read_header(stream)
        except ValueError as error:
            raise _fault(source, str(error)) from None
    if header.columns[: len(LEADING)] == LEADING:
        held = Choice(None, "quarantine", header.columns, header.delimiter, header.offset)
        return replace(held, mapping=given)
    adapter = given or fitting(header.columns, table=True)
    if adapter is None:
        raise _unknown(source, header.columns)
    choice = Choice(adapter, "table", header.columns, header.delimiter, header.offset)
    return replace(choice, date_order=_date_order(source, choice)) if adapter.dates else choice


def read_file(
    source: Source, choice: Choice, setting: Setting, *, offset: int = 0, row: int = 0
) -> Iterator[Reading]:
    """The rows of a file in order, behind an offset and the row that ended there."""
    if choice.date_order and not setting.date_order:
        setting = replace(setting, date_order=choice.date_order)
    match choice.form:
        case "table":
            return _read_table(source, choice, setting, offset, row)
        case "quarantine":
            return _read_quarantine(source, choice, setting, row)
        case _:
            return _read_objects(source, choice, setting, row)


def _read_table(
    source: Source, choice: Choice, setting: Setting, offset: int, row: int
) -> Iterator[Reading]:
    read = _cell_reader(source, choice, choice.columns, setting)
    name, adapter = source.name, choice.name
    with opened(source) as stream:
        start = max(offset, choice.offset)
        _skip(stream, start)
        lines = Lines(stream, offset=start)
        found = rows(lines, choice.delimiter, width=len(choice.columns))
        for number, cells in enumerate(found, max(row, 1) + 1):
            if isinstance(cells, BadRow):
                fault = Quarantined(name, number, str(cells), adapter, (), cells.text)
                yield Reading(number, lines.offset, fault=fault)
                continue
            aside = partial(_set_aside, name, number, adapter, cells)
            try:
                records = read(cells)
            except _UNREADABLE as error:
                yield Reading(number, lines.offset, fault=aside(str(error)))
                continue
            yield Reading(number, lines.offset, records, set_aside=aside)


def _set_aside(name: str, number: int, adapter: str, cells: list[str], reason: str) -> Quarantined:
    return Quarantined(name, number, reason, adapter, tuple(cells))


def _read(
    read: Callable[[Any], Sequence[Entry]],
    value: Any,
    aside: Callable[[str], Quarantined],
    row: int,
    offset: int,
) -> Reading:
    try:
        records = read(value)
    except _UNREADABLE as error:
        return Reading(row, offset, fault=aside(str(error)))
    return Reading(row, offset, records, set_aside=aside)


def _read_objects(source: Source, choice: Choice, setting: Setting, row: int) -> Iterator[Reading]:
    adapter = choice.adapter
    assert adapter is not None
    assert adapter.objects is not None
    read = adapter.objects(setting)
    with opened(source) as stream:
        for number, offset, value in _numbered(source, choice, stream):
            if number <= row:
                continue
            aside = partial(_object_aside, source.name, number, adapter.name, value)
            if isinstance(value, BadObject):
                yield Reading(number, offset, fault=aside(str(value)))
                continue
            if not isinstance(value, dict):
                yield Reading(number, offset, fault=aside("it is no object"))
                continue
            reading = _read(read, value, aside, number, offset)
            silent = reading.fault is None and not reading.records
            yield replace(reading, silent=True) if silent else reading


def _object_aside(name: str, number: int, adapter: str, value: Any, reason: str) -> Quarantined:
    raw = value.text if isinstance(value, BadObject) else _json_text(value)
    return Quarantined(name, number, reason, adapter, (), raw)


def _json_text(value: Any) -> str:
    """The object again, to lie in quarantine."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "(an object that is nested too deeply to be written down; it is in the file)"


def _numbered(source: Source, choice: Choice, stream: IO[bytes]) -> Iterator[tuple[int, int, Any]]:
    """Number, offset and value of each object or passage."""
    if choice.form == "text":
        assert choice.adapter is not None
        assert choice.adapter.passages is not None
        lines = Lines(stream)
        for number, value in choice.adapter.passages(lines):
            lines.settle()
            yield number, lines.offset, value
        return
    for number, (offset, value) in enumerate(_objects_of(source, stream), 1):
        yield number, offset, value


def _objects_of(source: Source, stream: IO[bytes]) -> Iterator[tuple[int, Any]]:
    try:
        yield from read_objects(stream)
    except ValueError as error:
        raise _fault(source, str(error)) from None


def _read_quarantine(
    source: Source, choice: Choice, setting: Setting, row: int
) -> Iterator[Reading]:
    """Rows somebody mended, each read by the adapter that once refused it."""
    columns = choice.columns[len(LEADING) :]
    readers: dict[str, Any] = {}
    with opened(source) as stream, long_cells():
        _skip(stream, choice.offset)
        lines = Lines(stream, offset=choice.offset)
        found = rows(lines, choice.delimiter, width=len(choice.columns))
        for number, cells in enumerate(found, 2):
            if number <= row:
                continue
            if isinstance(cells, BadRow):
                fault = Quarantined(source.name, number, str(cells), "quarantine", (), cells.text)
                yield Reading(number, lines.offset, fault=fault)
                continue
            (mended,) = read_mended([cells])
            blank = replace(mended.row, first_id=mended.id)
            reading = _read(
                lambda held: _mended_records(held, columns, setting, readers, source, choice),
                mended.row, partial(_reasoned, blank), number, lines.offset,
            )  # fmt: skip
            yield replace(reading, mends=mended.id if reading.fault is None else "")


def _reasoned(blank: Quarantined, reason: str) -> Quarantined:
    return replace(blank, reason=reason)


def _mended_records(
    held: Quarantined,
    columns: Sequence[str],
    setting: Setting,
    readers: dict[str, Any],
    source: Source,
    quarantine: Choice,
) -> Sequence[Entry]:
    adapter = _first_adapter(held.adapter, quarantine)
    if adapter.cells is not None and columns:
        if held.adapter not in readers:
            choice = Choice(adapter, "table", tuple(columns))
            readers[held.adapter] = _cell_reader(source, choice, columns, setting)
        cells = list(held.cells)
        if held.raw and not any(cells):
            cells = next(csv.reader([held.raw]), [])
        if len(cells) != len(columns):
            raise ValueError(f"has {len(cells)} cells where the first row has {len(columns)}")
        records: Sequence[Entry] = readers[held.adapter](cells)
        return records
    assert adapter.objects is not None
    return adapter.objects(setting)(json.loads(held.raw))


def _first_adapter(name: str, quarantine: Choice) -> Adapter:
    """The adapter that a row was first read with."""
    if name != "mapping":
        return adapter_named(name)
    if quarantine.mapping is None or quarantine.mapping.name != "mapping":
        raise ValueError("it was read with a mapping file; give that again with --mapping")
    return quarantine.mapping


def _cell_reader(
    source: Source, choice: Choice, columns: Sequence[str], setting: Setting
) -> Callable[[list[str]], Sequence[Entry]]:
    adapter = choice.adapter
    assert adapter is not None
    if adapter.cells is None:
        raise _fault(source, f"is a table, and the adapter {adapter.name} reads none")
    try:
        return adapter.cells(columns, setting)
    except ValueError as error:
        raise _fault(source, f"is no {adapter.title}: {error}") from None


def _skip(stream: IO[bytes], offset: int) -> None:
    """Go forward, by reading where the stream cannot be positioned."""
    if stream.seekable():
        stream.seek(offset)
        return
    while offset > 0:
        chunk = stream.read(min(offset, 1 << 20))
        if not chunk:
            return
        offset -= len(chunk)


def _date_order(source: Source, choice: Choice) -> str:
    """The order of day and month, from the dates that tell it by themselves."""
    assert choice.adapter is not None
    places = [choice.columns.index(n) for n in choice.adapter.dates if n in choice.columns]
    for length in _SAMPLES:
        with opened(source) as stream:
            _skip(stream, choice.offset)
            found = rows(Lines(stream), choice.delimiter, width=len(choice.columns))
            sample = (cells for cells in islice(found, length) if isinstance(cells, list))
            texts = [cells[place] for cells in sample for place in places]
        order = column_order(texts)
        if order or not any("/" in text for text in texts):
            return order
    return ""


def _unknown(source: Source, columns: Sequence[str]) -> InputError:
    names = ", ".join(adapter.name for adapter in ADAPTERS)
    shown = ", ".join(columns)[:200]
    return _fault(
        source,
        f"fits no adapter by its columns ({shown}); name one with --adapter ({names}) "
        "or say what the columns mean with --mapping FILE.toml",
    )


def _fault(source: Source, reason: str) -> InputError:
    return InputError([Problem(source.name, 0, 0, "", reason)])
