"""Industries of the firms of a list: official codes first, then the pack's, then the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cluster_engine.errors import Problem
from cluster_engine.firms.concordance import CodeTables
from cluster_engine.firms.lookups import is_among
from cluster_engine.firms.names import calc_match_key
from cluster_engine.firms.record_codes import COLUMNS, code_records
from cluster_engine.firms.text_coder import TextCoder, code_texts

TEXT, CORRECTED = "activity text", "corrected by user"
MATCHED_BY = ("firm_id", "lei", "bvd_id", "registry_number")


@dataclass(frozen=True, slots=True)
class Sources:
    """What industries are found with.

    Attributes
    ----------
    tables : CodeTables
        Published concordances.
    jobs : Mapping of str to float
        National jobs by four-digit class, to split by.
    coder : TextCoder
        For descriptions.
    known : DataFrame
        firm_id, industry, weight, basis, confidence: firms that the pack knows already.
    """

    tables: CodeTables
    jobs: Mapping[str, float]
    coder: TextCoder
    known: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Assigned:
    """Industries of firms.

    Attributes
    ----------
    industries : DataFrame
        firm_id, industry, weight (a firm's add up to 1), basis, confidence.
    problems : tuple of Problem
        Codes that no table knows.
    holding : frozenset of str
        Firms whose own codes are those of a holding only.
    """

    industries: pd.DataFrame
    problems: tuple[Problem, ...]
    holding: frozenset[str]


def assign_industries(firms: pd.DataFrame, sources: Sources) -> Assigned:
    """Find the industries of every firm that anything is told about.

    Parameters
    ----------
    firms : DataFrame
        Firm records, one per firm, with firm_id.
    sources : Sources

    Raises
    ------
    DataError
        A list states a classification that is not that of its codes.
    """
    named = firms.assign(record_id=firms["firm_id"])
    coded = code_records(named, sources.tables, jobs=sources.jobs)
    holding = frozenset(coded.holding)
    official = coded.industries[~is_among(coded.industries["firm_id"], holding)]
    known = sources.known[~is_among(sources.known["firm_id"], official["firm_id"])]
    texts = named.loc[named["description"] != "", ["firm_id", "description"]]
    done = is_among(texts["firm_id"], official["firm_id"])
    done |= is_among(texts["firm_id"], known["firm_id"])
    rest = texts[~done]
    told = _code_texts(rest, sources.coder, sources.tables.classes)
    parts = [part[list(COLUMNS)] for part in (official, known, told) if len(part)]
    every = pd.concat(parts, ignore_index=True) if parts else official[list(COLUMNS)]
    return Assigned(every, coded.problems, holding)


def _code_texts(firms: pd.DataFrame, coder: TextCoder, classes: Sequence[str]) -> pd.DataFrame:
    if firms.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    codes = code_texts(coder, firms["description"].tolist())
    codes = codes[codes["industry"].isin(set(classes))]
    total = codes.groupby("row")["weight"].transform("sum")
    ids = firms["firm_id"].to_numpy()
    result: pd.DataFrame = codes.assign(
        firm_id=ids[codes["row"].to_numpy(dtype="int64")],
        weight=codes["weight"] / total,
        basis=TEXT,
    )
    return result


@dataclass(frozen=True, slots=True)
class Corrected:
    """Industries after a user's corrections.

    Attributes
    ----------
    industries : DataFrame
        As before, those of corrected firms replaced.
    firms : frozenset of str
        Firms corrected.
    missing : tuple of str
        Entries that match no firm.
    """

    industries: pd.DataFrame
    firms: frozenset[str]
    missing: tuple[str, ...]


def apply_corrections(
    industries: pd.DataFrame, identities: pd.DataFrame, corrections: pd.DataFrame
) -> Corrected:
    """Put a user's industries in place of those found; they are taken for certain.

    Parameters
    ----------
    industries : DataFrame
        firm_id, industry, weight, basis, confidence.
    identities : DataFrame
        firm_id, name, country, lei, bvd_id, registry_number of every entity.
    corrections : DataFrame
        Columns firm, industry, weight, country; as `sources.corrections` reads them.
    """
    place = _index(identities)
    ids = [
        place.get((country, firm.upper())) or place.get((country, calc_match_key(firm))) or ""
        for firm, country in zip(corrections["firm"], corrections["country"], strict=True)
    ]
    named = corrections.assign(firm_id=ids)
    missing = tuple(dict.fromkeys(named.loc[named["firm_id"] == "", "firm"]))
    found = (
        named[named["firm_id"] != ""]
        .groupby(["firm_id", "industry"], as_index=False)["weight"]
        .sum()
    )
    total = found.groupby("firm_id")["weight"].transform("sum")
    found = found.assign(weight=found["weight"] / total, basis=CORRECTED, confidence=1.0)
    kept = industries[~industries["firm_id"].isin(set(found["firm_id"]))]
    both = pd.concat([part for part in (kept, found[list(COLUMNS)]) if len(part)] or [kept])
    ordered = both.sort_values(
        ["firm_id", "weight", "industry"], ascending=[True, False, True], ignore_index=True
    )
    return Corrected(ordered, frozenset(found["firm_id"]), missing)


def _index(identities: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Return the firm by country ('' for any) and identifier or match key of its name."""
    place: dict[tuple[str, str], str] = {}
    firms, countries = identities["firm_id"], identities["country"]
    for column in MATCHED_BY:
        for firm, country, value in zip(firms, countries, identities[column], strict=True):
            if value:
                place.setdefault((country, value.upper()), firm)
                place.setdefault(("", value.upper()), firm)
    for firm, country, name in zip(firms, countries, identities["name"], strict=True):
        key = calc_match_key(name)
        if key:
            place.setdefault((country, key), firm)
            place.setdefault(("", key), firm)
    return place
