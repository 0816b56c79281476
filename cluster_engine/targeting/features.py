"""What is known about each firm, as numbers that criteria can use; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

SECTOR_PARTS = (
    "specialisation", "affinity", "pull", "supplier", "customer", "class_level",
    "added_value", "gap",
)  # fmt: skip
"""Parts that come from the firm's sectors, weighted by its shares in them."""


OPTIONAL_PARTS = ("home_lq", "host_presence", "rival_presence", "recent_projects")
"""Parts from tables that a pack, or a market, may do without."""

RD_OFFSET = 0.1
"""€m added before the logarithm: R&D that is known to be nothing is low, not unknown."""

GROWTH_RANGE = MARGIN_RANGE = (-0.3, 0.3)
"""What growth of sales, and profit as a share of them, are cut at: beyond, figures tell of mergers
and of years without sales."""

HOME_LQ_RANGE = (0.25, 8.0)
"""What quotients of home regions are cut at, as the region's own are."""


@dataclass(frozen=True, slots=True)
class FirmTables:
    """Tables about firms; contracts of the same names.

    Attributes
    ----------
    firms, firm_industries : DataFrame
    firm_homes, firm_facts : DataFrame or None
        None: the pack, or the list, has none.
    """

    firms: pd.DataFrame
    firm_industries: pd.DataFrame
    firm_homes: pd.DataFrame | None = None
    firm_facts: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of firms in sectors, in order of firm.

    Attributes
    ----------
    firm, sector : ndarray of int, shape (n_shares,)
        Position of the firm among the features, and of the sector in the model's sector table.
    weight : ndarray of float, shape (n_shares,)
        The shares of a firm add up to 1.
    """

    firm: Integers
    sector: Integers
    weight: Floats


def _no_shares() -> Shares:
    return Shares(np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))


@dataclass(frozen=True, slots=True)
class FirmFeatures:
    """Firms with a usable industry code, in order of firm_id.

    Attributes
    ----------
    firms : DataFrame
        Columns of the pack's firms, and main_industry with its knowledge_class, confidence
        and basis, n_industries, home_region, home_lq, in_host, rival_sites, recent_projects.
    parts : mapping of str to ndarray of float, each of shape (n_firms,)
        Raw value of every part of a criterion; NaN where not known.
    shares : Shares
        The firms' sectors.
    """

    firms: pd.DataFrame
    parts: Mapping[str, Floats]
    shares: Shares = field(default_factory=_no_shares)

    @property
    def trust(self) -> Floats:
        """Probability that the industry code is right; 1 for an official code."""
        trust: Floats = self.firms["confidence"].fillna(1.0).to_numpy(dtype=np.float64)
        return trust

    def take(self, positions: Integers) -> FirmFeatures:
        """Keep the firms at these positions, which must rise."""
        place = np.full(len(self.firms), -1, np.intp)
        place[positions] = np.arange(len(positions))
        kept = place[self.shares.firm] >= 0
        return FirmFeatures(
            self.firms.iloc[positions].reset_index(drop=True),
            {part: values[positions] for part, values in self.parts.items()},
            Shares(
                place[self.shares.firm[kept]], self.shares.sector[kept], self.shares.weight[kept]
            ),
        )


def build_features(
    tables: FirmTables, sectors: pd.DataFrame, *, largest_sales_per_employee: float = np.inf
) -> FirmFeatures:
    """Join firms with the region's sectors.

    Parameters
    ----------
    tables : FirmTables
        Firms, their industries, and what else is known.
    sectors : DataFrame
        Sector table of a model, with a column for each of ``SECTOR_PARTS``.
    largest_sales_per_employee : float
        €m; above it the employees are those of a holding, and count as unknown.

    Returns
    -------
    FirmFeatures
        Only rankable firms with at least one code that the model knows.
    """
    firms, codes = tables.firms, tables.firm_industries
    known = codes[codes["industry"].isin(sectors["industry"])]
    known = known.sort_values(
        ["firm_id", "weight", "industry"], ascending=[True, False, True], kind="stable"
    )
    main = known.drop_duplicates("firm_id").set_index("firm_id")
    counts = known.groupby("firm_id").size()
    has_code = pd.Index(main.index).get_indexer(pd.Index(firms["firm_id"])) >= 0
    rankable = firms[(firms["status"] == "rankable").to_numpy(dtype=bool) & has_code]
    rankable = rankable.sort_values("firm_id", kind="stable").reset_index(drop=True)
    ids = rankable["firm_id"]
    own = main["industry"].reindex(ids)
    classes = sectors.set_index("industry")["knowledge_class"]
    rankable = rankable.assign(
        main_industry=own.to_numpy(),
        knowledge_class=classes.reindex(own).to_numpy(),
        confidence=main["confidence"].reindex(ids).to_numpy(dtype=np.float64),
        basis=main["basis"].reindex(ids).to_numpy(),
        n_industries=counts.reindex(ids).to_numpy(),
    )
    rankable = rankable.assign(**_extra_facts(ids, tables))
    shares = _list_shares(ids, known, sectors)
    return FirmFeatures(
        rankable,
        _sector_parts(len(ids), shares, sectors)
        | _own_parts(rankable, largest_sales_per_employee)
        | _extra_parts(rankable),
        shares,
    )


def _list_shares(ids: pd.Series, known: pd.DataFrame, sectors: pd.DataFrame) -> Shares:
    firm = pd.Index(ids).get_indexer(pd.Index(known["firm_id"]))
    rows, firm = known[firm >= 0], firm[firm >= 0]
    weight = rows["weight"].to_numpy(dtype=np.float64)
    total = np.bincount(firm, weight, minlength=len(ids))
    return Shares(
        firm,
        pd.Index(sectors["industry"]).get_indexer(pd.Index(rows["industry"])),
        np.divide(weight, total[firm], out=np.zeros_like(weight), where=total[firm] > 0),
    )


def _sector_parts(n_firms: int, shares: Shares, sectors: pd.DataFrame) -> dict[str, Floats]:
    """Mean of every part over a firm's sectors; one without a value has no say, not even as 0."""
    parts = {}
    for part in SECTOR_PARTS:
        values = sectors[part].to_numpy(dtype=np.float64)[shares.sector]
        has = ~np.isnan(values)
        weight = np.where(has, shares.weight, 0.0)
        total = np.bincount(shares.firm, weight, minlength=n_firms)
        sums = np.bincount(shares.firm, np.where(has, values, 0.0) * weight, minlength=n_firms)
        parts[part] = np.divide(sums, total, out=np.full(n_firms, np.nan), where=total > 0)
    return parts


def _own_parts(firms: pd.DataFrame, largest_sales_per_employee: float) -> dict[str, Floats]:
    rd = firms["rd"].to_numpy(dtype=np.float64)
    sales = firms["sales"].to_numpy(dtype=np.float64)
    intensity = np.divide(rd, sales, out=np.full(len(rd), np.nan), where=sales > 0)
    profit = firms["operating_profit"].to_numpy(dtype=np.float64)
    margin = np.divide(profit, sales, out=np.full(len(rd), np.nan), where=sales > 0)
    return {
        "employees": _log10(
            firms["employees"].mask(
                firms["sales"] > largest_sales_per_employee * firms["employees"]
            )
        ),
        "rd": _log10(firms["rd"], RD_OFFSET),
        "growth": np.clip(firms["sales_growth"].to_numpy(dtype=np.float64), *GROWTH_RANGE),
        "profitability": np.clip(margin, *MARGIN_RANGE),
        "rd_intensity": np.sqrt(np.clip(intensity, 0.0, 1.0)),
        "patents_abroad": _log10(firms["patents_abroad"], 1.0),
        "trademarks_abroad": _log10(firms["trademarks_abroad"], 1.0),
    }


def _extra_parts(firms: pd.DataFrame) -> dict[str, Floats]:
    # A home region without such jobs is weak, not unknown.
    home = np.log2(np.clip(firms["home_lq"].to_numpy(dtype=np.float64), *HOME_LQ_RANGE))
    return {
        "home_lq": home,
        "host_presence": firms["in_host"].to_numpy(dtype=np.float64),
        "rival_presence": _log10(firms["rival_sites"], 1.0),
        "recent_projects": _log10(firms["recent_projects"], 1.0),
    }


def _extra_facts(ids: pd.Series, tables: FirmTables) -> dict[str, NDArray[Any]]:
    homes = _find_rows(tables.firm_homes, ids, ("region_name", "lq"))
    facts = _find_rows(tables.firm_facts, ids, ("in_host", "rival_sites", "recent_projects"))
    numbers = {"home_lq": homes["lq"]} | {str(name): facts[name] for name in facts}
    return {"home_region": homes["region_name"].to_numpy(dtype=object)} | {
        name: column.to_numpy(dtype=np.float64, na_value=np.nan) for name, column in numbers.items()
    }


def _find_rows(
    table: pd.DataFrame | None, ids: pd.Series, columns: tuple[str, ...]
) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame(np.nan, index=range(len(ids)), columns=list(columns))
    # A firm that the table does not know stays unknown.
    return table.drop_duplicates("firm_id").set_index("firm_id")[list(columns)].reindex(ids)


def _log10(column: pd.Series, add: float = 0.0) -> Floats:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan) + add
    return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)
