"""Overseas markets: members from the curated lists, distance and language from CEPII GeoDist.

Mayer, T. & Zignago, S. (2011), Notes on CEPII's distances measures: the GeoDist database, CEPII
Working Paper 2011-25: `distw` is the mean distance between the largest cities of two countries,
weighted by their shares of population; `dist` the distance between the most important cities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.firm_schemas import MARKETS
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

CEPII_DELIMITER = ";"
CEPII_ENCODING = "latin-1"
CEPII_MISSING = "."
LANGUAGE_COLUMNS = ("langoff_1", "langoff_2", "langoff_3")
COUNTRY_COLUMNS = ("country", "country_iso3", "country_name", "cepii_code", "languages")
LIST_MARK = "; "


@dataclass(frozen=True, slots=True)
class MarketFiles:
    """Where the facts about markets stand.

    Attributes
    ----------
    markets : Path
        Curated: market, market_name, countries (ISO2 codes, '; ' between them).
    countries : Path
        Curated: ISO codes, name, CEPII code where it differs, official languages where CEPII's
        list is incomplete or out of date.
    distances : Path
        CEPII dist_cepii as ';'-separated text.
    geography : Path
        CEPII geo_cepii as ';'-separated text.
    """

    markets: Path
    countries: Path
    distances: Path
    geography: Path


@dataclass(frozen=True, slots=True)
class MarketTable:
    """The pack table `markets`, and what should be known about it."""

    table: pd.DataFrame
    remarks: tuple[str, ...]


def read_markets(files: MarketFiles, *, host: str) -> MarketTable:
    """Build the table of markets seen from a host country.

    Parameters
    ----------
    files : MarketFiles
    host : str
        ISO 3166-1 alpha-3 code of the host country.

    Returns
    -------
    MarketTable
        One row per market and country; distance in km.

    Raises
    ------
    DataError
        A member without country row, a country CEPII does not know, a distance that is no number,
        or the host country in a market.
    """
    countries = _read_countries(files.countries)
    official = _read_languages(files.geography)
    distances = _read_distances(files.distances, host)
    _require_known(countries, official, distances, files.countries.name)
    facts, remarks = _facts(countries, official, distances, host)
    members = _read_members(files.markets, set(facts["country"]))
    table = members.merge(facts, on="country", how="left", validate="many_to_one")
    ordered = table[list(MARKETS.column_names)].sort_values(
        ["market", "country"], ignore_index=True
    )
    groups = int((ordered.groupby("market").size() > 1).sum())
    count = (
        f"{ordered['market'].nunique()} markets, {groups} of them groups of countries; "
        f"{len(facts)} countries."
    )
    return MarketTable(ordered, (count, *remarks))


def _read_countries(path: Path) -> pd.DataFrame:
    rows = strip_cells(read_delimited(path, COUNTRY_COLUMNS))
    again = rows.loc[rows["country"].duplicated(), "country"]
    problems = list_faults(again, path.name, "List each country once.", note=" again")
    if problems:
        raise DataError(problems, hint="Mend the list of countries.")
    own_code = rows["cepii_code"] != ""
    return rows.assign(cepii=rows["cepii_code"].where(own_code, rows["country_iso3"]))


def _read_members(path: Path, known: set[str]) -> pd.DataFrame:
    rows = strip_cells(read_delimited(path, ("market", "market_name", "countries")))
    again = rows.loc[rows["market"].duplicated(), "market"]
    problems = list_faults(again, path.name, "List each market once.", note=" again")
    long = rows.assign(country=rows["countries"].str.split(LIST_MARK.strip())).explode("country")
    long = long.assign(country=long["country"].str.strip())
    rule = "Every code must stand in the list of countries."
    problems += list_faults(long.loc[~long["country"].isin(known), "country"], path.name, rule)
    if problems:
        raise DataError(problems, hint="Mend the list of markets.")
    members: pd.DataFrame = long[["market", "market_name", "country"]].drop_duplicates()
    return members


def _read_languages(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the official languages of each CEPII country; it has one row per city."""
    rows = read_delimited(
        path, ("iso3", *LANGUAGE_COLUMNS), encoding=CEPII_ENCODING, delimiter=CEPII_DELIMITER
    ).drop_duplicates("iso3")
    return {
        code: tuple(name for name in names if name not in ("", CEPII_MISSING))
        for code, *names in rows[["iso3", *LANGUAGE_COLUMNS]].itertuples(index=False)
    }


def _read_distances(path: Path, host: str) -> pd.DataFrame:
    rows = read_delimited(
        path,
        ("iso_o", "iso_d", "comlang_off", "dist", "distw"),
        encoding=CEPII_ENCODING,
        delimiter=CEPII_DELIMITER,
    )
    rows = rows[(rows["iso_d"] == host) & (rows["iso_o"] != host)]
    problems = []
    for column in ("dist", "distw"):
        numbers = pd.to_numeric(rows[column].mask(rows[column] == CEPII_MISSING), errors="coerce")
        bad = numbers.isna() & (rows[column] != CEPII_MISSING)
        problems += list_faults(rows.loc[bad, column], path.name, "Expected a distance in km.")
        rows = rows.assign(**{column: numbers})
    if rows.empty:
        rule = "The file must hold distances to the host country."
        problems.append(Problem(path.name, None, "iso_d", f"no row for '{host}'", rule))
    if problems:
        raise DataError(problems, hint="Use dist_cepii of CEPII GeoDist as ';'-separated text.")
    return rows.set_index("iso_o")


def _require_known(
    countries: pd.DataFrame,
    official: Mapping[str, tuple[str, ...]],
    distances: pd.DataFrame,
    file: str,
) -> None:
    rule = "CEPII must know the country, and it must not be the host; 'cepii_code' may name it."
    unknown = [code not in official or code not in distances.index for code in countries["cepii"]]
    problems = list_faults(countries.loc[unknown, "cepii"].rename("country_iso3"), file, rule)
    if problems:
        raise DataError(problems)


def _facts(
    countries: pd.DataFrame,
    official: Mapping[str, tuple[str, ...]],
    distances: pd.DataFrame,
    host: str,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    there = distances.loc[countries["cepii"]].set_axis(countries.index, axis=0)
    authored = countries["languages"] != ""
    languages = [
        own or LIST_MARK.join(official[code])
        for own, code in zip(countries["languages"], countries["cepii"], strict=True)
    ]
    host_languages = set(official.get(host, ()))
    shared = [bool(host_languages & set(text.split(LIST_MARK))) for text in languages]
    facts = countries[["country", "country_iso3", "country_name"]].assign(
        distance_km=there["distw"].fillna(there["dist"]),
        languages=languages,
        shares_language=shared,
    )
    by_city = countries.loc[there["distw"].isna(), "country"]
    differs = countries.loc[(there["comlang_off"] == "1") != pd.Series(shared, countries.index)]
    fallback = f"dist (main cities) for {', '.join(by_city)}" if len(by_city) else "none is missing"
    completed = ", ".join(countries.loc[authored, "country"])
    remarks = (
        f"distance_km is CEPII distw (weighted by population); {fallback}.",
        f"Official languages are CEPII's, completed by hand for {completed or 'no country'}.",
        f"shares_language differs from CEPII comlang_off for "
        f"{', '.join(differs['country']) or 'no country'}.",
    )
    return facts, remarks
