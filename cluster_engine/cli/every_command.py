"""What every command gets without asking for it: --no-color, and names that the shell completes."""

from __future__ import annotations

import click

from cluster_engine.cli.completing import COMPLETED


def equip(command: click.Command) -> click.Command:
    """Equip a command, or all of a group; once, however often it is called."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            equip(inner)
        return command
    if any(param.name == "no_color" for param in command.params):
        return command
    for param in command.params:
        if param.name in COMPLETED and isinstance(param.type, click.types.StringParamType):
            param.type = COMPLETED[param.name]
    command.params.append(make_no_color_option())
    return command


def make_no_color_option() -> click.Option:
    """Make the option --no-color; click then leaves colours out of all that it prints."""
    return click.Option(
        ["--no-color", "--no-colour"],
        is_flag=True,
        expose_value=False,
        callback=_drop_colour,
        help="No colours, as with NO_COLOR=1 in the environment.",
    )


def _drop_colour(ctx: click.Context, _param: click.Parameter, is_wanted: bool) -> None:
    if is_wanted:
        ctx.color = False
