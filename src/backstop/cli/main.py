"""The ``backstop`` group: commands found by name, errors turned into exit codes."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType

import click

from backstop import __version__
from backstop.errors import BackstopError, InputError, Problem

#: Command -> module and the one line ``--help`` shows, so that help imports nothing else.
COMMANDS = {
    "init": ("init", "Make a commented scenario folder to edit."),
    "check": ("check", "Report every problem in a scenario at once."),
    "size": ("stages", "How much force does the concept take?"),
    "source": ("stages", "Who can supply it, for how long, and what is missing?"),
    "authorise": ("stages", "Who has to agree, and who can block it?"),
    "campaign": ("war", "What happens if the line is attacked?"),
    "deter": ("war", "Would it be tested, honoured, and would it hold?"),
    "assess": ("assess", "All stages for one design, on one page."),
    "compare": ("compare", "All designs of a scenario in one table."),
    "watch": ("watch", "Keep the record of a ceasefire: is it holding?"),
    "evidence": ("evidence", "Where numbers and positions come from."),
    "schema": ("schema", "JSON Schema of the scenario files, for editors."),
}


#: Seconds after which an interruption that had no effect is repeated.
INSIST_S = 2.0


class _Group(click.Group):
    """Commands are imported when they run, so that ``--help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"backstop.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from backstop.scenario.ident import did_you_mean

            ctx.fail(f"no such command {args[0]!r}{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="backstop")
def backstop() -> None:
    """Design, stress-test and watch over the security guarantee behind a ceasefire.

    \b
    backstop assess ukraine-2025/reassurance     one design, one page
    backstop compare ukraine-2025                all designs, one table
    backstop init mine                           a scenario of your own

    A shipped scenario is addressed by its name, your own by its path. Exit codes: 0 done,
    1 a check failed, 2 bad input, 3 infeasible by rule, 130 interrupted.
    """


def run() -> None:
    """Run the command line and exit with the code that the outcome calls for."""
    # Looking for pydantic plugins reads the metadata of every installed package; none is ours.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Reading a scenario makes a hundred thousand objects that stay and few circles among them;
    # looking for circles after every 700 would take a tenth of the time.
    gc.set_threshold(50_000)
    as_json = "--json" in sys.argv[1:]
    try:
        with _insisting():
            result = backstop.main(standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        code = exit_.exit_code
    except click.ClickException as error:
        if as_json:
            print_error(error.format_message())
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was finished is kept", err=True)
        code = 130
    except SystemExit:
        # Only click leaves so, with 1, when the reader went away (`| head`). Here 1 is a failed
        # check, and that is none.
        code = 0
    except BackstopError as error:
        report_error(error, as_json=as_json)
        code = error.exit_code
    sys.exit(code)


@contextmanager
def _insisting() -> Iterator[None]:
    """Repeat an interruption until it gets through; a request to end (SIGTERM) is one.

    Python drops one that falls into a callback, such as those of its collector of circles or of a
    compiled library, and the run would go on as if nobody had asked it to stop. Where Control-C is
    ignored, as by a job that a shell put into the background, it stays so.
    """
    found = signal.getsignal(signal.SIGINT)
    ours = found in {signal.default_int_handler, signal.SIG_IGN}
    if not hasattr(signal, "setitimer") or not ours:
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        signal.setitimer(signal.ITIMER_REAL, INSIST_S)
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, stop)
    if found is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGINT, found)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def print_error(message: str, problems: Sequence[Problem] = ()) -> None:
    """Print an error as one JSON object."""
    keys = ("file", "line", "column", "path", "message")
    body = {
        "schema": "backstop/error/1",
        "backstop": __version__,
        "message": message,
        "problems": [{key: getattr(problem, key) for key in keys} for problem in problems],
    }
    click.echo(json.dumps(body, ensure_ascii=False, indent=2))


def report_error(error: BackstopError, *, as_json: bool) -> None:
    """Print an error: every problem on a line of its own, and as JSON where that was asked."""
    problems = error.problems if isinstance(error, InputError) else ()
    if as_json:
        print_error(str(error), problems)
    for problem in problems:
        click.echo(str(problem), err=True)
    if not problems:
        click.echo(f"backstop: {error}", err=True)
    elif len(problems) > 1:
        click.echo(f"{len(problems)} problems; nothing was written", err=True)
