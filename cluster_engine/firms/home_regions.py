"""The home region of a firm, by its city or postcode, and the industry it is compared in."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.firms.places import list_readings

CLEARLY_LARGER = 4
"""How many times more people the largest place of a name must have than the next region's
(a judgement): 'Frankfurt' is on the Main, 'Neustadt' may be anywhere."""

NO_REGIONS = "country without regional statistics"
NOT_TOLD = "city not told"
NOT_FOUND = "city not found"
SEVERAL = "several places of this name"

_MARK = re.compile(r"^[A-Z]{0,3}-")
"""What stands before a postcode: 'D-06108', 'F-75016'."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What tells the region of a place.

    Attributes
    ----------
    places : DataFrame
        country, key, region, people; as `firms.places.index_places`.
    postcodes : DataFrame
        country, prefix, region.
    whole : Mapping of str to str
        Region of the countries that are one region.
    """

    places: pd.DataFrame
    postcodes: pd.DataFrame
    whole: dict[str, str]


def find_home_regions(firms: pd.DataFrame, gazetteer: Gazetteer) -> pd.DataFrame:
    """Find the region of each firm.

    The city decides; the postcode where the city is not found, or lies in several regions; the
    country where it is one region. Of several places of a name the clearly largest is taken.

    Parameters
    ----------
    firms : DataFrame
        Text columns country, city and postcode, '' where unknown.
    gazetteer : Gazetteer

    Returns
    -------
    DataFrame
        region, basis ('city', 'postcode', 'country'; both '' where unknown), reason ('' where
        known); index of the firms.
    """
    near = gazetteer.places["country"].isin(set(firms["country"]))
    places, prefixes = _list_places(gazetteer.places[near]), _list_prefixes(gazetteer.postcodes)
    covered = {*gazetteer.places["country"], *gazetteer.whole}
    towns: dict[tuple[str, str], list[tuple[int, str]]] = {}
    found = {}
    told = firms[["country", "city", "postcode"]].drop_duplicates()
    for country, city, postcode in told.itertuples(index=False, name=None):
        if country in gazetteer.whole:
            answer = (gazetteer.whole[country], "country", "")
        elif country not in covered:
            answer = ("", "", NO_REGIONS)
        else:
            if (country, city) not in towns:
                towns[(country, city)] = _find_place(country, city, places)
            by_post = _find_prefix(country, postcode, prefixes)
            answer = _choose(towns[(country, city)], by_post, told=bool(city))
        found[(country, city, postcode)] = answer
    keys = zip(firms["country"], firms["city"], firms["postcode"], strict=True)
    rows = [found[key] for key in keys]
    return pd.DataFrame(rows, columns=["region", "basis", "reason"], index=firms.index, dtype="str")


def _list_places(places: pd.DataFrame) -> dict[tuple[str, str], list[tuple[int, str]]]:
    index: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for country, key, region, people in places[["country", "key", "region", "people"]].itertuples(
        index=False, name=None
    ):
        index.setdefault((country, key), []).append((people, region))
    return {key: sorted(where, reverse=True) for key, where in index.items()}


def _list_prefixes(postcodes: pd.DataFrame) -> dict[tuple[str, str], str]:
    keys = zip(postcodes["country"], postcodes["prefix"], strict=True)
    return dict(zip(keys, postcodes["region"], strict=True))


def _find_place(
    country: str, city: str, places: dict[tuple[str, str], list[tuple[int, str]]]
) -> list[tuple[int, str]]:
    for key in list_readings(city):
        if (country, key) in places:
            return places[(country, key)]
    return []


def _find_prefix(country: str, postcode: str, prefixes: dict[tuple[str, str], str]) -> str:
    """Return the region of the longest prefix of a postcode that is known; '' none."""
    digits = _MARK.sub("", postcode.upper().replace(" ", "").removeprefix(country))
    for length in range(len(digits), 0, -1):
        if (country, digits[:length]) in prefixes:
            return prefixes[(country, digits[:length])]
    return ""


def _choose(where: list[tuple[int, str]], by_post: str, *, told: bool) -> tuple[str, str, str]:
    """Choose among the regions in which the name of a city lies, the largest place first."""
    if len(where) == 1:
        return where[0][1], "city", ""
    if by_post and (not where or by_post in {region for _, region in where}):
        return by_post, "postcode", ""
    if not where:
        return "", "", NOT_FOUND if told else NOT_TOLD
    if where[0][0] >= CLEARLY_LARGER * where[1][0]:
        return where[0][1], "city", ""
    return "", "", SEVERAL


def weigh_main_industry(industries: pd.DataFrame, published: frozenset[str]) -> pd.Series[str]:
    """Find the industry in which a firm is compared with its home region.

    Parameters
    ----------
    industries : DataFrame
        firm_id, industry (four digits), weight.
    published : frozenset of str
        Industries of two or three digits with figures for regions.

    Returns
    -------
    Series
        By firm_id: the division with the largest weight; its group where groups are published.
    """
    division = _find_heaviest(industries.assign(part=industries["industry"].str.slice(0, 2)))
    groups = industries.assign(part=industries["industry"].str.slice(0, 3))
    inside = groups["part"].str.slice(0, 2) == groups["firm_id"].map(division)
    group = _find_heaviest(groups[inside & groups["part"].isin(published)])
    finer: pd.Series[str] = group.reindex(division.index)
    return finer.where(finer.notna(), division)


def _find_heaviest(parts: pd.DataFrame) -> pd.Series[str]:
    sums = parts.groupby(["firm_id", "part"], as_index=False)["weight"].sum()
    # Sums of thirds differ in the last digit with the order of adding.
    ordered = sums.assign(weight=np.round(sums["weight"], 9)).sort_values(
        ["firm_id", "weight", "part"], ascending=[True, False, True]
    )
    heaviest: pd.Series[str] = ordered.drop_duplicates("firm_id").set_index("firm_id")["part"]
    return heaviest
