"""What every reader of a format is given and gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cluster_engine.sources.lists.cells import OpenedList, Progress, read_grid
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.guess import guess_mapping
from cluster_engine.sources.lists.mapping import ListMapping
from cluster_engine.sources.lists.profiles import Profile, load_profile
from cluster_engine.sources.lists.read_report import ReadLog
from cluster_engine.sources.lists.records import RecordRule, make_records
from cluster_engine.sources.lists.years import collapse_years


@dataclass(frozen=True, slots=True)
class Companions:
    """What some formats need beside the list itself.

    Attributes
    ----------
    relations : Path or None
        GLEIF level 2 (who owns whom), CSV.
    people : Path or None
        Companies House, persons with significant control, JSON lines.
    postcode_areas : frozenset of str
        Letters that open the postcodes of the host region ('B', 'CV'); empty: everywhere.
    countries : frozenset of str
        Alpha-2 codes of seats to keep, for lists of the whole world; empty: all.
    """

    relations: Path | None = None
    people: Path | None = None
    postcode_areas: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Request:
    """One list to read.

    Attributes
    ----------
    opened : OpenedList
        The file, with its header.
    log : ReadLog
        Notes what happens.
    list_name : str
        Short name of the list, the first half of its record ids.
    format_name : str
        Format to read it as.
    mapping : ListMapping or None
        What the user says about the columns; None: guess.
    decimal : str
        'point', 'comma' or ''.
    symbols_of : str
        Office whose signs stand in the columns of figures; '' if none is named.
    companions : Companions
        Files and choices that some formats need.
    on_progress : callable or None
        Told the number of rows read so far.
    """

    opened: OpenedList
    log: ReadLog
    list_name: str
    format_name: str
    mapping: ListMapping | None = None
    decimal: str = ""
    symbols_of: str = ""
    companions: Companions = field(default_factory=Companions)
    on_progress: Progress | None = None

    @property
    def profile(self) -> Profile:
        """Column names of the format."""
        return load_profile(self.format_name)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader gives back.

    Attributes
    ----------
    records : DataFrame
        Firm records.
    events : DataFrame or None
        Investment events, where the format has them.
    """

    records: pd.DataFrame
    events: pd.DataFrame | None = None


Reader = Callable[[Request], Reading]


def require_columns(found: Mapping[str, str], needed: Sequence[str], request: Request) -> None:
    """Reject a list that lacks columns its format cannot do without.

    Raises
    ------
    DataError
        With one problem for each.
    """
    for target in needed:
        if target not in found:
            names = " or ".join(f"'{alias}'" for alias in request.profile.columns[target][:3])
            rule = f"A list in the format '{request.format_name}' must have a column {names}."
            request.log.add_problem(1, None, "none", rule, hint="Export it with that column.")
    request.log.raise_problems()


def choose_mapping(grid: Grid, request: Request) -> ListMapping:
    """Return the user's mapping, or a guess whose every column is noted."""
    missing = request.profile.missing
    if request.mapping is not None:
        chosen = request.mapping
        if not chosen.missing:
            chosen = replace(chosen, missing=tuple(sorted(missing)))
    else:
        chosen = guess_mapping(collapse_years(grid, missing).grid, request.profile)
        if request.format_name == "plain":
            for target, choice in chosen.columns.items():
                unit = f", in {choice.unit}" if choice.unit else ""
                request.log.add_guess(f"{target}: {choice.reason} ({choice.confidence:.2f}){unit}")
            if chosen.code_system:
                request.log.add_guess(f"codes are {chosen.code_system}")
    if request.symbols_of:
        chosen = replace(chosen, symbols_of=request.symbols_of)
    return replace(chosen, decimal=request.decimal) if request.decimal else chosen


def read_by_profile(
    request: Request, grid: Grid | None = None, *, role: str = "firm"
) -> pd.DataFrame:
    """Read a list by the names its profile gives its columns.

    Parameters
    ----------
    request : Request
        What to read.
    grid : Grid, optional
        Its cells, if a reader has already changed them; None: read them.
    role : str
        Of the records.
    """
    cells = (
        read_grid(request.opened, request.log, on_progress=request.on_progress)
        if grid is None
        else grid
    )
    rule = RecordRule(
        list_name=request.list_name,
        format_name=request.format_name,
        mapping=choose_mapping(cells, request),
        role=role,
        code_level=request.profile.code_level if request.mapping is None else 0,
        day_first=request.profile.day_first,
    )
    return make_records(cells, rule, request.log)
