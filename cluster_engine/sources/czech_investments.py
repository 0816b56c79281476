"""CzechInvest's list of decisions on investment incentives, in Czech."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

COLUMNS = (
    "cislo", "spol", "sektor", "zeme", "inv_eur", "nova_mista", "kraj", "rozh_rok", "zruseno",
)  # fmt: skip
HOME = "CZ"
FLAGS = {"True": "cancelled", "False": "announced"}


@dataclass(frozen=True, slots=True)
class CzechWords:
    """What Czech words of the list stand for.

    Attributes
    ----------
    sectors : DataFrame
        sector, label, industry, weight (float; adds up to 1 within a sector).
    countries : mapping of str to str
        Country word to ISO 3166-1 alpha-2 code.
    areas : mapping of str to str
        Kraj to NUTS 2 area.
    """

    sectors: pd.DataFrame
    countries: Mapping[str, str]
    areas: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CzechInvestments:
    """Projects of foreign firms.

    Attributes
    ----------
    events : DataFrame
        The columns of `firm_schemas.INVESTMENTS`, but `firm_group`.
    industries : DataFrame
        event_id, industry, weight.
    remarks : tuple of str
        What was counted.
    """

    events: pd.DataFrame
    industries: pd.DataFrame
    remarks: tuple[str, ...]


def read_czech_words(curated: Path) -> CzechWords:
    """Read the tables written by hand.

    Raises
    ------
    DataError
        A file is missing, or a weight is no number.
    """
    sectors = read_delimited(
        curated / "czech_sectors.csv", ("sector", "label", "industry", "weight")
    )
    bad = ~sectors["weight"].str.fullmatch(r"[01](\.\d+)?")
    if bad.any():
        rule = "The weight must be between 0 and 1."
        raise DataError(list_faults(sectors.loc[bad, "weight"], "czech_sectors.csv", rule))
    countries = read_delimited(curated / "czech_countries.csv", ("name", "country"))
    areas = read_delimited(curated / "czech_areas.csv", ("kraj", "area"))
    return CzechWords(
        sectors.assign(weight=pd.to_numeric(sectors["weight"])),
        dict(zip(countries["name"], countries["country"], strict=True)),
        dict(zip(areas["kraj"], areas["area"], strict=True)),
    )


def read_czech_investments(path: Path, words: CzechWords) -> CzechInvestments:
    """Read the decisions for foreign firms.

    The area comes from the kraj, as the list's own NUTS 2 code is blank. A project in several areas
    has none. Of several countries the first foreign one counts; Czech ones alone are left out.

    Parameters
    ----------
    path : Path
        The list as CSV.
    words : CzechWords

    Raises
    ------
    DataError
        A word that is not in the tables, or a cell that is no number.
    """
    rows = strip_cells(read_delimited(path, COLUMNS))
    _check(rows, words, path.name)
    origin = rows["zeme"].map(lambda text: _find_origin(text, words.countries))
    foreign = rows[origin != HOME]
    labels = dict(zip(words.sectors["sector"], words.sectors["label"], strict=True))
    events = pd.DataFrame(
        {
            "event_id": "cz" + foreign["cislo"].str.zfill(4),
            "year": foreign["rozh_rok"].astype("int64"),
            "firm_name": foreign["spol"].str.split().str.join(" "),
            "origin": origin[foreign.index],
            "sector": foreign["sektor"].map(labels),
            "area": foreign["kraj"].map(lambda text: _find_area(text, words.areas)),
            "jobs": pd.to_numeric(foreign["nova_mista"]),
            "capex_eur_m": pd.to_numeric(foreign["inv_eur"]).round(3),
            "status": foreign["zruseno"].map(FLAGS),
        }
    ).reset_index(drop=True)
    weights = words.sectors.rename(columns={"label": "key"})[["key", "industry", "weight"]]
    industries = events[["event_id", "sector"]].merge(weights, left_on="sector", right_on="key")
    chosen = events["area"].notna() & (events["status"] == "announced")
    remarks = (
        f"{len(rows)} decisions, {len(rows) - len(events)} of them of Czech firms and left out.",
        f"{int((events['status'] == 'cancelled').sum())} cancelled; "
        f"{int(events['area'].isna().sum())} in several areas.",
        f"{int(chosen.sum())} of foreign firms went ahead in one area.",
    )
    return CzechInvestments(events, industries[["event_id", "industry", "weight"]], remarks)


def _check(rows: pd.DataFrame, words: CzechWords, file: str) -> None:
    problems: list[Problem] = []
    known = {
        "sektor": set(words.sectors["sector"]),
        "zeme": set(words.countries),
        "kraj": set(words.areas),
        "zruseno": set(FLAGS),
    }
    tables = {"sektor": "czech_sectors.csv", "zeme": "czech_countries.csv"}
    for column, values in known.items():
        for row, text in rows[column].items():
            parts = text.split(", ") if column in ("zeme", "kraj") else [text]
            if not set(parts) <= values:
                table = tables.get(column, "czech_areas.csv")
                rule = f"The word must be one of data/curated/{table}."
                if column == "zruseno":
                    rule = "The cell must be True or False."
                problems.append(Problem(file, int(str(row)), column, f"'{text}'", rule))
    for column, pattern in (
        ("inv_eur", r"\d+(\.\d+)?"), ("nova_mista", r"\d+(\.\d+)?"), ("rozh_rok", r"\d{4}"),
    ):  # fmt: skip
        bad = ~rows[column].str.fullmatch(pattern)
        problems += list_faults(rows.loc[bad, column], file, "The cell must be a plain number.")
    again = rows["cislo"].duplicated()
    problems += list_faults(rows.loc[again, "cislo"], file, "List it once.", note=" again")
    if problems:
        raise DataError(problems, hint="Add the missing words to the tables in data/curated.")


def _find_origin(text: str, countries: Mapping[str, str]) -> str:
    codes = [countries[part] for part in text.split(", ")]
    return next((code for code in codes if code != HOME), HOME)


def _find_area(text: str, areas: Mapping[str, str]) -> str | None:
    found = {areas[part] for part in text.split(", ")}
    return found.pop() if len(found) == 1 else None
