"""A list of investment projects in CSV: the user's own, or the events of `data import firms`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited, read_parquet
from cluster_engine.sources.faults import list_faults, strip_cells

COLUMNS = ("year", "firm_name", "origin", "area", "industries")
OPTIONAL = ("event_id", "firm_group", "sector", "jobs", "capex_eur_m", "status")
IMPORTED = {
    "investor": "firm_name",
    "parent": "firm_group",
    "source_country": "origin",
    "region": "area",
    "capex": "capex_eur_m",
}
"""Columns of imported events (fDi Markets and others) and the names they have here."""

NUMBER = r"\d+(\.\d+)?"
WEIGHTED = r"\d{2,5}(:(0?\.\d+|1(\.0+)?))?(; ?\d{2,5}(:(0?\.\d+|1(\.0+)?))?)*"
"""'29' or '29:0.9; 30:0.1'."""


@dataclass(frozen=True, slots=True)
class InvestmentList:
    """Projects and their industries: `firm_schemas.INVESTMENTS` and `INVESTMENT_INDUSTRIES`."""

    events: pd.DataFrame
    industries: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Known:
    """Codes a list may use.

    Attributes
    ----------
    areas : mapping of str to str
        Code, short or full name of an area, in lower case, to its code.
    industries : collection of str
        Codes of the classification.
    """

    areas: Mapping[str, str]
    industries: Collection[str]


def read_investment_list(path: Path, known: Known) -> InvestmentList:
    """Read a list.

    Parameters
    ----------
    path : Path
        CSV with year, firm_name, origin (two letters), area (code or name; empty: several),
        industries ('29' or '29:0.9; 30:0.1'), and at will event_id, firm_group, sector, jobs,
        capex_eur_m, status; or the 'events.parquet' of an imported list, with a column
        'industries' or codes in 'sector'.
    known : Known

    Raises
    ------
    DataError
        A column is missing; a cell is no number, or names an unknown area or industry. All at once.
    """
    rows = _read_rows(path)
    file = path.name
    areas = rows["area"].str.lower().map(lambda name: known.areas.get(name, ""))
    _check(rows, areas, known, file)
    group = rows["firm_group"].where(rows["firm_group"] != "", rows["firm_name"])
    events = pd.DataFrame(
        {
            "event_id": rows["event_id"],
            "year": rows["year"].astype("float64").astype("int64"),
            "firm_name": rows["firm_name"],
            "firm_group": group.str.lower(),
            "origin": rows["origin"],
            "sector": rows["sector"].where(rows["sector"] != "", rows["industries"]),
            "area": areas.mask(areas == ""),
            "jobs": pd.to_numeric(rows["jobs"].mask(rows["jobs"] == "")),
            "capex_eur_m": pd.to_numeric(rows["capex_eur_m"].mask(rows["capex_eur_m"] == "")),
            "status": rows["status"].where(rows["status"] != "", "announced"),
        }
    ).reset_index(drop=True)
    weights = [
        (event, code, weight)
        for event, text in zip(rows["event_id"], rows["industries"], strict=True)
        for code, weight in parse_weights(text).items()
    ]
    return InvestmentList(events, pd.DataFrame(weights, columns=["event_id", "industry", "weight"]))


def parse_weights(text: str) -> dict[str, float]:
    """Weights of '29:0.9; 30:0.1', brought to a sum of 1; codes without a weight count alike.

    Examples
    --------
    >>> parse_weights("29; 30")
    {'29': 0.5, '30': 0.5}
    """
    weights: dict[str, float] = {}
    for part in text.split(";"):
        code, _, weight = part.strip().partition(":")
        weights[code] = weights.get(code, 0.0) + float(weight or 1.0)
    total = sum(weights.values())
    return {code: weight / total for code, weight in weights.items()}


def _read_rows(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        rows = read_parquet(path)
        numbers = rows.select_dtypes("number").columns
        whole = {name: rows[name].map(lambda x: "" if pd.isna(x) else f"{x:g}") for name in numbers}
        rows = rows.assign(**whole).fillna("").astype("str")
        rows = rows.set_axis(range(2, 2 + len(rows)), axis=0)
    else:
        rows = strip_cells(read_delimited(path, ()))
    rows = rows.rename(columns={old: new for old, new in IMPORTED.items() if new not in rows})
    if "industries" not in rows and "sector" in rows:
        rows = rows.assign(industries=rows["sector"])
    missing = [name for name in COLUMNS if name not in rows]
    if missing:
        found = ", ".join(str(name) for name in rows.columns)
        raise DataError(
            [Problem(path.name, 1, name, found, "The column must be there.") for name in missing],
            hint=f"Needed: {', '.join(COLUMNS)}. At will: {', '.join(OPTIONAL)}.",
        )
    numbered = pd.Series([f"row-{row}" for row in rows.index], rows.index)
    blank = {name: "" for name in OPTIONAL if name not in rows and name != "event_id"}
    return rows.assign(**({} if "event_id" in rows else {"event_id": numbered}), **blank)


def _check(rows: pd.DataFrame, areas: pd.Series, known: Known, file: str) -> None:
    rules = (
        ("year", r"(19|20)\d\d(\.0)?", "The year must have four digits."),
        ("origin", "[A-Z]{2}", "The country must be two capital letters (ISO 3166-1)."),
        ("firm_name", ".+", "The investor must have a name."),
        ("industries", WEIGHTED, "Write codes such as 29, or 29:0.9; 30:0.1."),
        ("jobs", f"({NUMBER})?", "The cell must be a plain number, or empty."),
        ("capex_eur_m", f"({NUMBER})?", "The cell must be a plain number, or empty."),
        ("status", "(announced|cancelled)?", "The status must be announced or cancelled."),
    )
    problems: list[Problem] = []
    for column, pattern, rule in rules:
        bad = ~rows[column].str.fullmatch(pattern)
        problems += list_faults(rows.loc[bad, column], file, rule)
    problems += list_faults(
        rows.loc[(areas == "") & (rows["area"] != ""), "area"], file,
        "The area must be one of the pack's.",
    )  # fmt: skip
    problems += list_faults(
        rows.loc[rows["event_id"].duplicated(), "event_id"], file, "List it once.", note=" again"
    )
    for row, text in rows.loc[rows["industries"].str.fullmatch(WEIGHTED), "industries"].items():
        unknown = [code for code in parse_weights(text) if code not in known.industries]
        rule = "The industry must be a code of the pack's classification."
        problems += [
            Problem(file, int(str(row)), "industries", f"'{code}'", rule) for code in unknown
        ]
    if problems:
        raise DataError(problems, hint="Mend the list; `data list` names the pack's areas.")
