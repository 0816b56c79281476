"""The universe of listed companies: one row per operating company, with its head office.

Source: FinanceDatabase (MIT). A row of the source is a *listing*; a company stands there several
times, by share class, place of trading and depositary receipt. Some rows carry facts of another
company, joined by part of a name; their website gives them away.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.firms.former_names import find_former_keys
from cluster_engine.firms.headquarters import find_country_of_form, find_head_office
from cluster_engine.firms.listed_filters import find_drop_reason
from cluster_engine.firms.listed_merge import merge_listings
from cluster_engine.firms.names import calc_match_key

BORROWED_FACTS = ("website", "city", "sector", "industry", "market_cap", "country", "site")
MANY_NAMES = 4
"""So many different names on one website are no group but a fault of the source."""

_SUBJECT = re.compile(
    r"^(?P<subject>[^;:]{2,70}?),?\s(?:(?:together|along|through|engages?|operates?|provides?|is|was|"
    r"manufactures?|develops?|designs?|produces?|offers?|an?|the|sells?|owns?|explores?|researches|"
    r"focuses|specializes|supplies|distributes?|invests?|acts|acquires?|processes|constructs|"
    r"creates|markets|delivers|serves|primarily|functions|headquartered|transmits|discovers|mainly|"
    r"builds|brews|makes|trades|retails|publishes|imports|exports|plans|and\sits|formerly|with|in|"
    r"functioned|conducts|performs|generates|mines|grows|assembles|extracts|refines|cultivates|"
    r"principally|previously|offered|based|established|founded|incorporated|publicly)[,\s]"
    r"|which\s|by\s)"
)
_RENAMED = re.compile(
    r",?\s\(?(?:now|formerly|previously|also)\s(?:known|part|called)\b|\slikely\b"
)
_NO_SUBJECT = re.compile(
    r"(?i)(?:this|it|an?|as\sof|in|established|founded|incorporated|headquartered|based|since|with|"
    r"the\s(?:company|group|fund))\b"
)


@dataclass(frozen=True, slots=True)
class ListedUniverse:
    """Operating companies of the listed universe.

    Attributes
    ----------
    firms : DataFrame
        Text columns symbol, name, key, aliases (match keys, '|' between them), country (ISO 3166-1
        alpha-2), city, website, size_class, gics, summary, and boolean delisted; one row per
        company; '' where not known; sorted by symbol.
    counts : Mapping of str to int
        Listings read, listings dropped by reason, listings merged, companies left.
    """

    firms: pd.DataFrame
    counts: Mapping[str, int]


def calc_companies(
    listings: pd.DataFrame,
    *,
    countries: Mapping[str, str],
    renamed: Mapping[tuple[str, str], str] | None = None,
    excluded: frozenset[tuple[str, str]] = frozenset(),
) -> ListedUniverse:
    """Reduce listings to operating companies, each once, with head office.

    Companies that are no longer listed stay in, marked: they may be known from another source.

    Parameters
    ----------
    listings : DataFrame
        Text columns name, country, city, sector, industry, market_cap, website, symbol, delisted,
        summary; empty where not known.
    countries : Mapping of str to str
        ISO 3166-1 alpha-2 code by name of country or state.
    renamed : mapping of (str, str) to str, optional
        Former match key by country and match key, where descriptions do not tell.
    excluded : frozenset of (str, str), optional
        Country and match key of what is no operating company, though no rule finds it.

    Raises
    ------
    DataError
        A country name that `countries` does not hold.
    """
    _require_known_countries(listings, countries)
    frame = _locate(_clear_borrowed_facts(_add_keys(listings)), countries)
    reason = find_drop_reason(frame).mask(frame["country"] == "", "home country not told")
    named = pd.Series(
        [pair in excluded for pair in zip(frame["country"], frame["key"], strict=True)],
        index=frame.index,
        dtype=bool,
    )
    reason = reason.mask(named, "named as no operating company")
    frame = frame.assign(former=find_former_keys(frame, renamed or {}))
    kept = frame[reason == ""].reset_index(drop=True)
    firms = merge_listings(kept)
    counts = {"listings read": len(frame), "listings merged: same company": len(kept) - len(firms)}
    for why, n in reason[reason != ""].value_counts().items():
        counts[f"listings dropped: {why}"] = int(n)
    counts["companies left"] = len(firms)
    return ListedUniverse(firms, counts)


def _require_known_countries(listings: pd.DataFrame, countries: Mapping[str, str]) -> None:
    unknown = sorted(set(listings["country"]) - set(countries) - {""})
    if unknown:
        rule = "The country must be named in countries.csv."
        problems = [Problem("listings", None, "country", f"'{name}'", rule) for name in unknown]
        raise DataError(problems, hint="Add a line 'name,iso2,country' to countries.csv.")


def _add_keys(listings: pd.DataFrame) -> pd.DataFrame:
    site = listings["website"].str.lower().str.replace(r"^https?://(?:www\d?\.)?", "", regex=True)
    subjects = [find_subject(text) for text in listings["summary"]]
    return listings.assign(
        key=[calc_match_key(name) for name in listings["name"]],
        subject_name=subjects,
        subject=[calc_match_key(name) if name else "" for name in subjects],
        site=site.str.replace(r"/.*$", "", regex=True),
    )


def find_subject(summary: str) -> str:
    """Return the firm's name with which a description begins; '' if it names none.

    Examples
    --------
    >>> find_subject("Ulmer Pumpen AG, together with its subsidiaries, makes pumps.")
    'Ulmer Pumpen AG'
    """
    match = _SUBJECT.match(summary)
    if match is None or _NO_SUBJECT.match(match["subject"]):
        return ""
    return _RENAMED.split(match["subject"])[0].strip(" ,")


def _clear_borrowed_facts(frame: pd.DataFrame) -> pd.DataFrame:
    """Blank the facts of rows whose website belongs to a firm of another name."""
    told = frame[frame["site"] != ""]
    label = told["site"].str.split(".").str[0].str.replace("-", "")
    first = told["key"].str.split().str[0]
    squeezed = told["key"].str.replace(" ", "")
    owner = pd.Series(
        [
            site == word or (len(site) > 3 and key.startswith(site)) or site.startswith(word[:12])
            for site, word, key in zip(label, first, squeezed, strict=True)
        ],
        index=told.index,
        dtype=bool,
    ) & (squeezed.str.len() > 1)  # fmt: skip
    owned = owner.groupby(told["site"]).transform("any")
    n_names = first.groupby(told["site"]).transform("nunique")
    borrowed = ~owner & (((n_names > 1) & owned) | (n_names >= MANY_NAMES))
    marked = frame.assign(borrowed=borrowed.reindex(frame.index, fill_value=False))
    named = pd.Series(
        [
            key.split()[0][:5] in text
            for key, text in zip(frame["key"], frame["subject"], strict=True)
        ],
        index=frame.index,
        dtype=bool,
    )
    facts = {name: marked[name].mask(marked["borrowed"], "") for name in BORROWED_FACTS}
    texts = {
        name: marked[name].mask(marked["borrowed"] & ~named, "")
        for name in ("summary", "subject", "subject_name")
    }
    return marked.assign(**facts, **texts)


def _locate(frame: pd.DataFrame, countries: Mapping[str, str]) -> pd.DataFrame:
    """Replace country and city by the head office that the description states."""
    offices = [find_head_office(text, countries) for text in frame["summary"]]
    told = pd.Series([office.country for office in offices], index=frame.index, dtype="str")
    town = pd.Series([office.city for office in offices], index=frame.index, dtype="str")
    form = pd.Series([find_country_of_form(name) for name in frame["name"]], index=frame.index)
    given = frame["country"].map(dict(countries)).fillna("")
    given = given.mask(given == "", form)
    moved = (told != "") & (told != given)
    return frame.assign(
        country=given.mask(moved, told),
        city=frame["city"].mask(moved | (frame["city"] == ""), town),
    )
