"""The command line: thin commands over the use cases; heavy imports happen inside them."""

from __future__ import annotations


def main() -> None:
    """Run the ``backstop`` command."""
    from backstop.cli.main import run

    run()
