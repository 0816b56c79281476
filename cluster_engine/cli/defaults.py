"""The project file as defaults of the options of a command."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from cluster_engine.errors import ClusterEngineError

NO_PROJECT = "none"
WITHOUT = frozenset({"init", "doctor", "completion"})
"""Commands that must work where the project file does not."""

PROJECT_KEY = "cluster_engine.project"
TOLD_KEY = "cluster_engine.defaults_told"


def load_defaults(ctx: click.Context, name: str, command: click.Command, args: list[str]) -> None:
    """Give a command the defaults of the project, where there is one.

    Parameters
    ----------
    ctx : Context
        Of the root command.
    name : str
        Of the command.
    command : Command
    args : list of str
        What is handed to the command: its help is shown whatever the project file holds.

    Raises
    ------
    SettingsError
        The project file is faulty.
    """
    if name in WITHOUT or {"-h", "--help"} & set(args):
        return
    from cluster_engine.workflows.project import find_project_file, read_project

    asked = ctx.params.get("project")
    if asked == NO_PROJECT:
        return
    path = find_project_file() if asked is None else Path(asked)
    if path is None:
        return
    try:
        project = read_project(path)
    except ClusterEngineError:
        if ctx.resilient_parsing:
            # A shell that completes a word shows no errors.
            return
        raise
    ctx.meta[PROJECT_KEY] = project
    ctx.default_map = {name: choose_defaults(command, project.defaults)}


def choose_defaults(command: click.Command, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Defaults that a command, or those of a group, can use."""
    from cluster_engine.registry.locate import MODELS_VARIABLE
    from cluster_engine.workflows.project import FIRM_OPTIONS

    if isinstance(command, click.Group):
        return {name: choose_defaults(inner, defaults) for name, inner in command.commands.items()}
    options = {param.name: param for param in command.params if isinstance(param, click.Option)}
    # Where a market is not asked for, naming one would leave out the others.
    taken = {name for name, param in options.items() if name != "market" or param.required}
    chosen = {}
    for option, value in defaults.items():
        # The environment is nearer to the run than the project.
        is_moot = option == "models" and os.environ.get(MODELS_VARIABLE)
        if option not in taken or is_moot or (option in FIRM_OPTIONS and "firms" not in taken):
            continue
        chosen[option] = partial(_only_for_own_pack, value) if option == "region" else value
    return chosen


def _only_for_own_pack(region: str) -> str | None:
    """A region is one of the project's pack: a command that names another has that one's."""
    ctx = click.get_current_context()
    other = ctx.get_parameter_source("pack") is ParameterSource.COMMANDLINE
    return None if other else region


def add_lists_of_project(given: dict[str, Any]) -> dict[str, Any]:
    """Add the project's lists to those options of the command line that must not replace them."""
    from cluster_engine.workflows.project import ADDED

    ctx = click.get_current_context(silent=True)
    if ctx is None:
        return given
    kept = {
        name: (*(Path(item) for item in ctx.lookup_default(name) or ()), *given[name])
        for name in ADDED & set(given)
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    # The record of the run is made from the context.
    ctx.params.update(kept)
    return {**given, **kept}


def describe_defaults() -> str:
    """Say once a command what it takes from the project; empty where that is nothing."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or PROJECT_KEY not in ctx.meta or ctx.meta.get(TOLD_KEY):
        return ""
    ctx.meta[TOLD_KEY] = True
    project = ctx.meta[PROJECT_KEY]
    used = [
        f"{max(param.opts, key=len)} {_show(ctx.params.get(param.name or ''), project.path.parent)}"
        for param in ctx.command.params
        if param.name and _comes_from_project(ctx, param.name)
    ]
    return f"From {project.path}: {', '.join(text.rstrip() for text in used)}." if used else ""


def _comes_from_project(ctx: click.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is ParameterSource.DEFAULT_MAP and ctx.params.get(name) not in (None, (), False)


def _show(value: Any, folder: Path) -> str:
    if value is True:
        return ""
    if isinstance(value, tuple):
        return " and ".join(_show(item, folder) for item in value)
    return str(value).removeprefix(f"{folder}{os.sep}")
