"""How strong the regions of Europe are in each industry, from Eurostat's regional statistics."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.sources.eurostat_sbs import SECTIONS

MINIMUM_COVERED = 2 / 3
"""Share of the base's jobs whose countries must publish an industry for it to have LQs (a
judgement): pharmaceuticals are secret in six countries, France and the UK among them."""

CONFIDENTIAL = "not published for the region"
NO_BASE = "not published by enough countries"
NO_TOTAL = "no total of the region"

_CODE = re.compile(r"[A-Z](\d{2,3})")


def calc_region_strengths(persons: pd.DataFrame, regions: pd.Series[str]) -> pd.DataFrame:
    """Location quotients of NUTS 2 regions against all countries of the table.

    The base of an industry are the countries that publish it, their totals over the same
    countries. A section that a region does not publish takes its share of what the country's
    figure leaves, by the region's other jobs, so that the region's total is whole.

    Parameters
    ----------
    persons : DataFrame
        Persons employed; index geo, columns NACE codes, NaN unknown; from `read_persons`.
    regions : Series
        Codes of the NUTS 2 regions wanted.

    Returns
    -------
    DataFrame
        region, industry (digits of the NACE division or group), persons, lq (ratio; NaN unknown),
        reason ('' where lq is known). Sorted.
    """
    countries = persons[persons.index.str.len() == 2]
    national = countries[list(SECTIONS)].sum(axis=1)
    total = _complete_totals(persons)
    tables = []
    for code in persons.columns:
        match = _CODE.fullmatch(code)
        if match is None:
            continue
        own = countries[code].dropna()
        covered = national[own.index].sum()
        base = np.array([own.sum(), covered - own.sum()])
        known = persons[code].reindex(regions)
        table = pd.DataFrame({"region": regions.to_numpy(), "industry": match.group(1),
                              "persons": known.to_numpy()})  # fmt: skip
        lq, reason = _calc_quotients(known, total.reindex(regions), base)
        if covered < MINIMUM_COVERED * national.sum():
            lq, reason = np.full(len(table), np.nan), np.full(len(table), NO_BASE)
        tables.append(table.assign(lq=np.round(lq, 4), reason=reason))
    every = pd.concat(tables, ignore_index=True)
    return every.sort_values(["region", "industry"], ignore_index=True)


def _calc_quotients(
    persons: pd.Series[float], total: pd.Series[float], base: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """LQ of one industry in each region: shape (n_regions,), with the reason where unknown."""
    has_total = (total > 0).to_numpy()
    good = persons.notna().to_numpy() & has_total
    jobs = np.column_stack([persons, np.maximum(total - persons, 0.0)])[good]
    lq = np.full(len(persons), np.nan)
    lq[good] = calc_lq(jobs, base).values[:, 0]
    reason = np.where(good, "", np.where(has_total, CONFIDENTIAL, NO_TOTAL))
    return lq, reason


def _complete_totals(persons: pd.DataFrame) -> pd.Series[float]:
    """Persons of each NUTS 2 region in all sections, unpublished ones estimated."""
    told = persons.loc[persons.index.str.len() == 4, list(SECTIONS)].dropna(how="all")
    country = told.index.str.slice(0, 2)
    known = told.sum(axis=1)
    whole = told.copy()
    for section in SECTIONS:
        missing = told[section].isna()
        inside = told[section].groupby(country).sum()
        left = (persons[section].reindex(inside.index) - inside).clip(lower=0).fillna(0.0)
        weight = known.where(missing, 0.0)
        sums = weight.groupby(country).transform("sum")
        share = (weight / sums.where(sums > 0)).fillna(0.0)
        filled = share * pd.Series(country, index=told.index).map(left)
        whole[section] = told[section].fillna(filled)
    return whole.sum(axis=1)
