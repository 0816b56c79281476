"""The command reference, made from the help of the commands themselves."""

from __future__ import annotations

import click

from cluster_engine.cli.main import COMMANDS, root

WIDTH = 100
"""Characters of a line; the help on a terminal follows the terminal."""

HEAD = """# Commands

Made from `--help` by `scripts/build_command_reference.py`; do not edit by hand.
"""


def render_reference() -> str:
    """Write the help of every command as one page of Markdown."""
    parts = [HEAD, _list_contents(), _describe(root, "cluster-engine", 2)]
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        if command is not None:
            parts += _walk(command, f"cluster-engine {name}", 2)
    return "\n".join(parts)


def _list_contents() -> str:
    rows = [
        f"| [`{name}`](#cluster-engine-{name}) | {line} |" for name, (_, line) in COMMANDS.items()
    ]
    return "\n".join(["| command | |", "|---|---|", *rows, ""])


def _walk(command: click.Command, path: str, level: int) -> list[str]:
    parts = [_describe(command, path, level)]
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            if inner is not None:
                parts += _walk(inner, f"{path} {name}", level + 1)
    return parts


def _describe(command: click.Command, path: str, level: int) -> str:
    context = click.Context(
        command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH,
        help_option_names=["--help", "-h"],
    )  # fmt: skip
    lines = [line.rstrip() for line in command.get_help(context).splitlines()]
    return "\n".join([f"{'#' * level} {path}", "", "```text", *lines, "```", ""])
