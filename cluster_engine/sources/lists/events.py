"""Investment events: one announcement or project in each row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cluster_engine.sources.lists.countries import parse_countries
from cluster_engine.sources.lists.currencies import Unit, convert_to_eur_m, find_unit
from cluster_engine.sources.lists.dates import parse_date
from cluster_engine.sources.lists.figures import FigureRule, parse_figures
from cluster_engine.sources.lists.grid import Grid
from cluster_engine.sources.lists.mapping import get_decimal
from cluster_engine.sources.lists.profiles import find_columns
from cluster_engine.sources.lists.request import Request
from cluster_engine.sources.lists.texts import clean_texts, make_key, map_texts

EVENT_TEXTS = (
    "event_id", "record_id", "date", "investor", "parent", "source_country", "country", "state",
    "region", "city", "sector", "sub_sector", "cluster", "activity", "project_type", "stage",
    "joint_venture", "estimated", "notes",
)  # fmt: skip
EVENT_NUMBERS = ("row", "year", "capex", "jobs")
EVENT_COLUMNS = (*EVENT_TEXTS, *EVENT_NUMBERS)
"""Text '' and numbers NaN where unknown; `capex` in EUR m, `jobs` in persons."""

_COUNTRIES = ("source_country", "country")
_YES = frozenset({"yes", "y", "true", "1", "e", "est", "estimated", "estimate", "ja", "*"})
_NO_PARTNER = frozenset(
    {"yes", "no", "y", "n", "true", "false", "none", "unknown", "tbc", "1", "0"}
)


def make_events(grid: Grid, request: Request, *, unit: str) -> pd.DataFrame:
    """Read the investment events of a list.

    Parameters
    ----------
    grid : Grid
        Its cells.
    request : Request
        Where they come from.
    unit : str
        Of the investment where its header names none.

    Returns
    -------
    DataFrame
        `EVENT_COLUMNS`, one row per row of the list.
    """
    profile, log, index = request.profile, request.log, grid.cells.index
    found = find_columns([str(name) for name in grid.cells.columns], profile.events)
    columns: dict[str, object] = dict.fromkeys(EVENT_TEXTS, "")
    columns |= dict.fromkeys(EVENT_NUMBERS, np.nan)
    for target, column in found.items():
        if target not in EVENT_TEXTS:
            continue
        cells = grid.cells[column]
        if target in _COUNTRIES:
            columns[target] = parse_countries(cells, profile.missing, log)
        else:
            text = clean_texts(cells)
            columns[target] = text.mask(text.str.lower().isin(profile.missing), "")
    events = pd.DataFrame(columns, index=index)
    raw = events["date"]
    events = events.assign(
        date=map_texts(raw, {text: _parse_event_date(text) for text in raw.unique()})
    )
    year = pd.to_numeric(events["date"].str.slice(0, 4), errors="coerce").astype("float64")
    figures = _read_event_figures(grid, found, request, year, unit)
    ids = request.list_name + ":" + pd.Series(index, index=index).astype("str")
    events = events.assign(
        year=year, row=pd.Series(index, index=index).astype("float64"), record_id=ids,
        event_id=ids, **figures,
    )  # fmt: skip
    events = _flag_joint_ventures(events, request)
    kinds = dict.fromkeys(EVENT_TEXTS, "str") | dict.fromkeys(EVENT_NUMBERS, "float64")
    return events.loc[:, list(EVENT_COLUMNS)].astype(kinds).reset_index(drop=True)


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def _parse_event_date(text: str) -> str:
    """Return an ISO date, month or year: fDi Markets tells 'Jan 2021'."""
    parts = text.replace("-", " ").split()
    if len(parts) in {2, 3} and parts[-2][:3].casefold() in _MONTHS and parts[-1].isdigit():
        year = int(parts[-1]) + (2000 if len(parts[-1]) == 2 else 0)
        month = f"{year:04d}-{_MONTHS.index(parts[-2][:3].casefold()) + 1:02d}"
        return f"{month}-{int(parts[0]):02d}" if len(parts) == 3 and parts[0].isdigit() else month
    return parse_date(text)


def _read_event_figures(
    grid: Grid, found: dict[str, str], request: Request, year: pd.Series[float], unit: str
) -> dict[str, pd.Series[float] | pd.Series[str]]:
    rule = FigureRule(get_decimal(request.decimal), request.profile.missing, 0.0)
    estimated = pd.Series("", index=grid.cells.index, dtype="str")
    result: dict[str, pd.Series[float] | pd.Series[str]] = {}
    for target in ("capex", "jobs"):
        if target not in found:
            continue
        column = found[target]
        figures = parse_figures(grid.cells[column], grid.is_typed(column), rule, request.log)
        flagged = pd.Series(False, index=grid.cells.index)
        if f"{target}_estimated" in found:
            told = clean_texts(grid.cells[found[f"{target}_estimated"]]).str.lower()
            flagged = told.isin(_YES)
        if target == "capex":
            used = find_unit(column) or find_unit(unit) or Unit("EUR", 1e6)
            if find_unit(column) is None:
                request.log.add_guess(f"Column '{column}' is in {used}: the header names no unit.")
            done = convert_to_eur_m(figures, used, year, None)
            figures, flagged = done.values, flagged | done.estimated
        result[target] = figures
        estimated = _join(estimated, flagged & figures.notna(), target)
    request.log.add_doubt(
        "estimated figures of investment or jobs",
        [f"row {row}: {what}" for row, what in estimated[estimated.ne("")].head(50).items()],
        count=int(estimated.ne("").sum()),
    )
    return {**result, "estimated": estimated}


def _join(texts: pd.Series[str], where: pd.Series[bool], word: str) -> pd.Series[str]:
    return texts.mask(where & texts.ne(""), texts + "; " + word).mask(where & texts.eq(""), word)


def _flag_joint_ventures(events: pd.DataFrame, request: Request) -> pd.DataFrame:
    """Note partners of joint ventures that are the investor itself, its parent, or no name."""
    partner = events["joint_venture"].map(make_key)
    itself = partner.ne("") & (
        partner.eq(events["investor"].map(make_key)) | partner.eq(events["parent"].map(make_key))
    )
    no_name = partner.isin(_NO_PARTNER) | partner.str.fullmatch(r"[\d ]+")
    for wrong, why in ((itself, "the investor or its parent"), (no_name & ~itself, "no name")):
        listed = [
            f"row {row}: {text}"
            for row, text in events.loc[wrong, "joint_venture"].head(50).items()
        ]
        request.log.add_doubt(f"joint-venture partner is {why}", listed, count=int(wrong.sum()))
    notes = _join(events["notes"], itself | no_name, "joint-venture field misused")
    return events.assign(notes=notes)
