"""The adapters by name, and the one that fits a file."""

from __future__ import annotations

import re
from collections.abc import Collection

from backstop.errors import NotFound
from backstop.scenario.ident import did_you_mean
from backstop.watch.adapters.acled import ACLED
from backstop.watch.adapters.adapter import Adapter
from backstop.watch.adapters.firms import FIRMS
from backstop.watch.adapters.meltt import MELTT
from backstop.watch.adapters.odk import ODK
from backstop.watch.adapters.osce import OSCE
from backstop.watch.adapters.osce_table import OSCE_TABLE, OSCE_TOTALS
from backstop.watch.adapters.ucdp import UCDP
from backstop.watch.adapters.viina import VIINA, VIINA_REPORTS

ADAPTERS = (UCDP, ACLED, VIINA, VIINA_REPORTS, FIRMS, MELTT, OSCE, OSCE_TABLE, OSCE_TOTALS, ODK)


def adapter_named(name: str) -> Adapter:
    """The adapter of that name; NotFound lists those there are."""
    for adapter in ADAPTERS:
        if adapter.name == name:
            return adapter
    names = [adapter.name for adapter in ADAPTERS]
    listed = ", ".join(names)
    raise NotFound(f"there is no adapter {name[:40]!r} ({listed}){did_you_mean(name, names)}")


def fitting(columns: Collection[str], *, table: bool) -> Adapter | None:
    """The adapter whose needed columns are all there; of several the one that needs most."""
    # A form's questions stand behind the groups they are in.
    names = {*columns, *(re.split(r"[-/]", column)[-1] for column in columns)}
    able = [
        adapter
        for adapter in ADAPTERS
        if (adapter.cells if table else adapter.objects) is not None
        if adapter.needs and adapter.needs <= names
    ]
    return max(able, key=lambda adapter: len(adapter.needs), default=None)
