"""Names a person accepts: clusters and niches are called after what they mostly are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

DOMINANT = 0.75
"""Share of the weight from which the leading name stands alone."""

MOST_OF_DIVISION = 0.6
"""Share of a division's jobs from which the division, not its groups, gives the name."""

TRADE_PREFIXES = ("46", "77", "82")
TRADE_WEIGHT = 0.1
"""Wholesale, rental and office support serve everyone: they name a cluster only if they rule it."""


def join_names(names: Sequence[str]) -> str:
    """Join short names into one phrase: 'Motor vehicles & metal forming'.

    Examples
    --------
    >>> join_names(["Motor vehicles", "Metal forming"])
    'Motor vehicles & metal forming'
    >>> join_names(["Locks & hinges", "Fasteners"])
    'Locks & hinges, fasteners'
    """
    parts = [names[0], *(_lower_first(name) for name in names[1:])]
    if len(parts) == 2 and not any("&" in part or "," in part for part in parts):
        return " & ".join(parts)
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class NameRule:
    """A name that the user gives: to the cluster or niche that holds a sector.

    Attributes
    ----------
    scope : {"cluster", "niche"}
    industry : str
        Four-digit code of a sector that is sure to stay in it.
    name : str
    """

    scope: str
    industry: str
    name: str


def name_clusters(
    sectors: pd.DataFrame,
    names: Mapping[str, str],
    *,
    rules: Sequence[NameRule] = (),
    kept: Mapping[int, str] | None = None,
) -> dict[int, str]:
    """Name the clusters of the nation after their leading groups or divisions.

    Parameters
    ----------
    sectors : DataFrame
        Columns industry (four digits), cluster and jobs (national).
    names : mapping of str to str
        Short name of every two- and three-digit code.
    rules : sequence of NameRule
        Names given by the user go before all others.
    kept : mapping of int to str
        Names that clusters had before and keep.

    Returns
    -------
    dict of int to str
        A different name for every cluster.
    """
    weighed = _weigh(sectors.assign(weight=sectors["jobs"]))
    division_jobs = sectors.groupby(sectors["industry"].str[:2])["jobs"].sum()
    chosen = _apply_rules(rules, sectors["industry"], sectors["cluster"])
    for cluster, name in (kept or {}).items():
        if cluster not in chosen and name not in chosen.values():
            chosen[cluster] = name
    for cluster in sorted(int(label) for label in weighed["cluster"].unique()):
        if cluster not in chosen:
            ranked = _rank_codes(weighed[weighed["cluster"] == cluster], division_jobs)
            chosen[cluster] = _first_free(ranked, names, set(chosen.values()))
    return chosen


def name_niches(sectors: pd.DataFrame, *, rules: Sequence[NameRule] = ()) -> dict[int, str]:
    """Name the niches of a region after the sectors with most jobs above the expected.

    Parameters
    ----------
    sectors : DataFrame
        Columns industry, name, niche and excess_jobs; rows without a niche left out.
    rules : sequence of NameRule
        Names given by the user go before all others.

    Returns
    -------
    dict of int to str
        A different name for every niche.
    """
    weighed = _weigh(sectors.rename(columns={"excess_jobs": "weight"}))
    names = dict(zip(sectors["industry"], sectors["name"], strict=True))
    chosen = _apply_rules(rules, sectors["industry"], sectors["niche"])
    for niche in sorted(int(label) for label in weighed["niche"].unique()):
        if niche in chosen:
            continue
        ranked = weighed[weighed["niche"] == niche].groupby("industry")["weight"].sum()
        ranked = ranked.sort_values(ascending=False, kind="stable")
        chosen[niche] = _first_free(ranked, names, set(chosen.values()))
    return chosen


def _apply_rules(
    rules: Sequence[NameRule], industries: pd.Series, labels: pd.Series
) -> dict[int, str]:
    """Names by label; the first rule for a label holds, and a name is given once."""
    label_of = dict(zip(industries, labels.astype(int), strict=True))
    chosen: dict[int, str] = {}
    for rule in rules:
        label = label_of.get(rule.industry)
        if label is not None and label not in chosen and rule.name not in chosen.values():
            chosen[label] = rule.name
    return chosen


def _weigh(sectors: pd.DataFrame) -> pd.DataFrame:
    trade = sectors["industry"].str.startswith(TRADE_PREFIXES)
    weight = sectors["weight"].clip(lower=0.0) + 1e-6
    return sectors.assign(weight=weight.where(~trade, weight * TRADE_WEIGHT))


def _rank_codes(members: pd.DataFrame, division_jobs: pd.Series) -> pd.Series:
    division = members["industry"].str[:2]
    inside = members.groupby(division)["jobs"].sum()
    is_whole = inside >= MOST_OF_DIVISION * division_jobs.reindex(inside.index)
    whole = list(inside.index[is_whole])
    code = division.where(division.isin(whole), members["industry"].str[:3])
    return members.groupby(code)["weight"].sum().sort_values(ascending=False, kind="stable")


def _first_free(ranked: pd.Series, names: Mapping[str, str], taken: set[str]) -> str:
    total = float(ranked.sum())
    wanted = 1 if ranked.iloc[0] >= DOMINANT * total else 2
    for count in range(wanted, len(ranked) + 1):
        name = join_names([names[code] for code in ranked.index[:count]])
        if name not in taken:
            return name
    return f"{join_names([names[code] for code in ranked.index])} ({len(taken) + 1})"


def _lower_first(name: str) -> str:
    keep = len(name) > 1 and name[1].isupper()
    return name if keep else name[:1].lower() + name[1:]
