"""The root command: commands load when they are called, errors turn into exit codes."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from cluster_engine import __version__
from cluster_engine.cli.defaults import load_defaults
from cluster_engine.cli.every_command import equip, make_no_color_option
from cluster_engine.cli.streams import prepare_streams
from cluster_engine.errors import ClusterEngineError

COMMANDS: dict[str, tuple[str, str]] = {
    "rank": ("rank:rank", "Rank the firms of an overseas market for a region."),
    "explain": ("explain:explain", "Explain why a firm has its rank, and what would change it."),
    "sectors": ("sectors:sectors", "List a region's sectors by location quotient."),
    "clusters": ("clusters:clusters", "List a region's niche clusters."),
    "gaps": ("gaps:gaps", "List the inputs a region buys elsewhere, in £m."),
    "programme": ("programme:programme", "Choose markets, missions and firms under a budget."),
    "report": ("report:report", "Write one page about a market, to read and to print."),
    "briefing": ("briefing:briefing", "Write what to know before a talk with one firm."),
    "train": ("train:train", "Analyse a region and make the result its champion."),
    "retrain": ("retrain:retrain", "Train all regions again for which something changed."),
    "models": ("models:models", "List, compare, check, promote, roll back, rebuild models."),
    "evaluate": ("evaluate:evaluate", "Say how well the engine foretells what happened."),
    "serve": ("serve:serve", "Open a page for staff who do not use a terminal."),
    "data": ("data:data", "List or check packs of data; fetch statistics; import lists of firms."),
    "init": ("init:init", "Make a project folder: settings and folders for your own data."),
    "doctor": ("doctor:doctor", "Check installation, packs, models and project; say what to do."),
    "completion": ("completion:completion", "Print what makes a shell complete commands."),
}
"""Command to module:function and its line in the help; the module is imported when it is run."""

EXIT_BUG = 1
EXIT_LIMIT = 7
EXIT_INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(f"cluster_engine.cli.{module}"), function)
        return equip(command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called, and give it the defaults of the project."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and command is not None:
            load_defaults(ctx, name, command, rest)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["--help", "-h"]},
    params=[make_no_color_option()],
)
@click.option(
    "--project", envvar="CLUSTER_ENGINE_PROJECT", metavar="FILE|FOLDER|none",
    help="Project file; that of the working folder or above without it; none: no project.",
)  # fmt: skip
@click.version_option(__version__, prog_name="cluster-engine")
def root(project: str | None) -> None:
    """Find a region's niche clusters and the overseas firms that fit them.

    \b
    Examples:
      cluster-engine rank --market germany
      cluster-engine init my_project
      cluster-engine doctor
    """


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run a command in a process of its own, and exit.

    Exit codes: 0 ok, 1 a bug, 2 usage or settings, 3 data rejected, 4 model or registry,
    5 warnings under --strict, 6 busy, 7 no space left or too large, 8 network, 130 interrupted.
    """
    prepare_streams()
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        # A command that ends with a code of its own: click hands it back, it does not raise.
        code = root.main(args=arguments, prog_name="cluster-engine", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except ClusterEngineError as error:
        return _report(error.message, error.hint, error.exit_code)
    except click.exceptions.Exit as signal:
        return signal.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _report("Interrupted; nothing was left half-written.", "", EXIT_INTERRUPTED)
    except (BrokenPipeError, SystemExit):
        # The reader (head, less) has gone: not our error. Where click notices it, it exits with 1,
        # and for no other reason. Keep Python from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        code = EXIT_LIMIT if error.errno in (errno.ENOSPC, errno.EDQUOT) else 2
        return _report(f"The system refused: {error}.", "Check space and rights.", code)
    except Exception as error:
        if os.environ.get("CLUSTER_ENGINE_DEBUG"):
            raise
        hint = "This is a bug. Set CLUSTER_ENGINE_DEBUG=1, run it again, and report what it prints."
        return _report(f"{type(error).__name__}: {error}", hint, EXIT_BUG)
    return 0


def _report(message: str, hint: str, code: int) -> int:
    click.echo(f"Error: {message}", err=True)
    if hint:
        click.echo(hint, err=True)
    return code
