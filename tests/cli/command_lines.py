"""Command lines in help and documentation: which there are, and whether the commands take them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click

from cluster_engine.cli.main import root

PROGRAM = "cluster-engine"
SHELL_SIGNS = {">", ">>", "2>", "|", "&&", "||", ";", "<"}
FILE_NAME = re.compile(r"[\w./~-]+\.(csv|tsv|xlsx|toml|json|parquet|zip|md|html|txt|gz|xml)")
OPEN_ENDED = ("…", "...", "[", "<")
"""What stands for words that a reader fills in: such a line cannot be parsed."""


def list_commands(
    group: click.Group = root, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, groups left out."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from list_commands(command, (*path, name))
        else:
            yield (*path, name)


def find_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """Find the command that is called, and the arguments that are left for it.

    Raises
    ------
    LookupError
        There is no such command.
    """
    command: click.Command = root
    rest = list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            raise LookupError(f"no command '{rest[0]}' in: {shlex.join(words)}")
        command, rest = found, rest[1:]
    return command, rest


def list_examples(command: tuple[str, ...]) -> list[str]:
    """Command lines among the examples in a command's help."""
    found, _ = find_command(list(command))
    text = (found.help or "").partition("Examples:")[2]
    return [line.strip() for line in text.splitlines() if line.strip()]


def split_line(line: str) -> list[str]:
    """Words of one call of the program, without its name and what the shell does with it."""
    words = shlex.split(line, comments=True)
    end = next((n for n, word in enumerate(words) if word in SHELL_SIGNS), len(words))
    return words[1:end]


ENDED_BY_HELP = (
    click.exceptions.Exit,
    # click before 8.2 has no error of its own for a group that stands alone.
    getattr(click.exceptions, "NoArgsIsHelpError", click.exceptions.Exit),
)


def parse_line(line: str, folder: Path) -> None:
    """Parse a line as the command would, in a folder where all files that it names are there.

    Raises
    ------
    click.ClickException, LookupError
        The command does not take it.
    """
    words = split_line(line)
    for word in words:
        if FILE_NAME.fullmatch(word) and not word.startswith(("/", "~")):
            (folder / word).parent.mkdir(parents=True, exist_ok=True)
            (folder / word).touch()
    command, rest = find_command(words)
    # Commands remember their help option: it must be that of the program, also in later tests.
    context = click.Context(root, info_name=PROGRAM, **root.context_settings)
    try:
        command.make_context(PROGRAM, rest, parent=context)
    except ENDED_BY_HELP:
        # --help and --version end in the course of parsing; a group alone shows its help.
        return
