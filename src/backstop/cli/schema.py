"""``backstop schema``: JSON Schema of what a person writes."""

from __future__ import annotations

from typing import Any

import click

FILES = ("scenario", "design", "evidence", "line", "nation", "offer", "position")


@click.command()
@click.argument("file", type=click.Choice(FILES), default="scenario")
@click.option("--json", "as_json", is_flag=True, help="Accepted for uniformity: it is JSON anyway.")
def schema(file: str, as_json: bool) -> None:
    """Print the JSON Schema of one scenario FILE, for an editor to check and complete it.

    In VS Code with Even Better TOML: put `#:schema ./scenario.schema.json` at the file's top.
    """
    from backstop.cli.options import print_json
    from backstop.scenario.schema import schema_of

    body: dict[str, Any] = schema_of(file)
    print_json(body)
