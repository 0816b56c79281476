"""Where firms are at home, and whether their region is strong in what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.firm_schemas import FIRM_HOMES, FIRM_NOTES
from cluster_engine.firms.home_regions import Gazetteer, find_home_regions, weigh_main_industry
from cluster_engine.packs.locate import find_shipped
from cluster_engine.sources.home_tables import HomeTables, read_home_tables

NO_INDUSTRY = "industry of the firm not known"
NOT_COVERED = "industry outside the regional statistics"
NO_FIGURES = "no figures for regions of the country"

NOTED_LQ = 1.25
"""Quotient from which a note tells of the home region: the customary one of a cluster, as
`concentration.specialised_lq` of the settings."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Home regions.

    Attributes
    ----------
    table : DataFrame
        Contract FIRM_HOMES, one row per firm, sorted.
    notes : DataFrame
        Contract FIRM_NOTES: strong home regions.
    """

    table: pd.DataFrame
    notes: pd.DataFrame


def find_firm_homes(
    firms: pd.DataFrame,
    industries: pd.DataFrame,
    labels: pd.Series[str],
    *,
    tables: HomeTables | None = None,
) -> Homes:
    """Find the home region of every firm and compare it in the firm's main industry.

    Parameters
    ----------
    firms : DataFrame
        firm_id, country, city, and postcode where a list has it; missing where unknown.
    industries : DataFrame
        firm_id, industry, weight.
    labels : Series
        Short name of each industry, by code.
    tables : HomeTables, optional
        Gazetteer and quotients; those that ship.

    Raises
    ------
    DataError
        A shipped table is damaged.
    """
    told = read_home_tables(find_shipped("curated")) if tables is None else tables
    asked = firms.reindex(columns=["firm_id", "country", "city", "postcode"]).astype("object")
    asked = asked.where(asked.notna(), "").astype("str").reset_index(drop=True)
    gazetteer = Gazetteer(told.places, told.postcodes, told.whole)
    homes = find_home_regions(asked, gazetteer).assign(firm_id=asked["firm_id"])
    published = frozenset(told.strengths["industry"])
    main = weigh_main_industry(industries, published)
    # Of a list without a single industry all are unknown, and would be numbers.
    homes["industry"] = homes["firm_id"].map(main).astype(told.strengths["industry"].dtype)
    joined = homes.merge(
        told.strengths, how="left", on=["region", "industry"], suffixes=("", "_lq")
    )
    table = joined.assign(
        reason=_tell_reason(joined, told),
        region_name=joined["region"].map(told.names),
        industry_level=joined["industry"],
        year=joined["year"].where(joined["lq"].notna()).astype("Int64"),
    )
    for column in ("region", "basis", "reason"):
        table[column] = table[column].replace("", None)
    shaped = table[list(FIRM_HOMES.column_names)].sort_values("firm_id", ignore_index=True)
    return Homes(shaped, _note_strong(shaped, labels))


def _tell_reason(joined: pd.DataFrame, told: HomeTables) -> np.ndarray:
    """Say why there is no region, or no quotient; '' where both are known."""
    return np.select(
        [
            joined["reason"] != "",
            joined["lq"].notna(),
            joined["industry"].isna(),
            ~joined["industry"].isin(set(told.strengths["industry"])),
            ~joined["region"].isin(set(told.strengths["region"])),
        ],
        [joined["reason"], "", NO_INDUSTRY, NOT_COVERED, NO_FIGURES],
        default=joined["reason_lq"].fillna(""),
    )


def _note_strong(homes: pd.DataFrame, labels: pd.Series[str]) -> pd.DataFrame:
    strong = homes[homes["lq"] >= NOTED_LQ]
    trade = strong["industry_level"].map(labels).fillna("industry " + strong["industry_level"])
    texts = [
        f"home region {region}: LQ {lq:.1f} in {name[:1].lower() + name[1:]} ({year})"
        for region, lq, name, year in zip(
            strong["region_name"], strong["lq"], trade, strong["year"], strict=True
        )
    ]
    notes = pd.DataFrame({"firm_id": strong["firm_id"], "kind": "home region", "note": texts})
    return notes[list(FIRM_NOTES.column_names)].reset_index(drop=True)
