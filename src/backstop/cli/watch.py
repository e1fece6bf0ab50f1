"""``backstop watch``: the record of a ceasefire, from the first file to "does it hold?"."""

from __future__ import annotations

import click

from backstop.cli import (
    watch_ask,
    watch_decide,
    watch_engage,
    watch_judge,
    watch_keep,
    watch_observers,
    watch_plan,
    watch_prove,
    watch_rows,
    watch_trust,
)


@click.group()
def watch() -> None:
    """Keep the record of a ceasefire, and ask of it whether it holds.

    \b
    backstop watch init mission/ --scenario ukraine-2025 --agreement package
    backstop watch intake mission/ patrols.csv ged.csv firms.csv
    backstop watch report mission/ --day 2022-02-19
    backstop watch status mission/
    backstop watch verify mission/

    A mission is a folder. It works without a network; nothing that was taken in is ever changed.
    """


for module in (
    watch_keep,
    watch_judge,
    watch_decide,
    watch_observers,
    watch_engage,
    watch_ask,
    watch_rows,
    watch_plan,
    watch_trust,
    watch_prove,
):
    for command in module.COMMANDS:
        watch.add_command(command)
