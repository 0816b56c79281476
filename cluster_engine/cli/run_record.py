"""Record which command runs, with which options and on which files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cluster_engine.reports.run_file import Run

PLACES = frozenset({"output", "graph", "match_report", "models", "force", "quiet"})
"""Options that say where things lie and not what they are: no part of what decides a result."""


def record_run(about: Mapping[str, Any]) -> Run:
    """Record the command that is running.

    Parameters
    ----------
    about : mapping
        What its result is about.
    """
    from cluster_engine.reports.run_file import Run
    from cluster_engine.workflows.run_record import describe_inputs, describe_pack

    context = click.get_current_context()
    given = {name: value for name, value in context.params.items() if name not in PLACES}
    pack = describe_pack(given.pop("pack")) if "pack" in given else None
    options = {name: value for name, value in sorted(given.items()) if value not in (None, ())}
    inputs = [
        path
        for value in options.values()
        for path in (value if isinstance(value, tuple) else (value,))
        if isinstance(path, Path)
    ]
    return Run(context.command_path, options, about, pack, describe_inputs(inputs))
