"""Learn who invests abroad from a list of firms and the events that name them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.targeting.mover import MoverModel, assume_mover, learn_mover

Floats = NDArray[np.float64]


def make_mover_parts(
    firms: pd.DataFrame, *, recent_projects: Mapping[str, float] | None = None
) -> dict[str, Floats]:
    """What the mover model asks of firms; NaN where unknown.

    Parameters
    ----------
    firms : DataFrame
        The columns of `schemas.FIRMS`.
    recent_projects : mapping of str to float, optional
        Projects abroad by firm_id, before the time that is asked about; a firm that is missing has
        none that is known.

    Returns
    -------
    dict of str to ndarray of float, each of shape (n_firms,)
        Logarithms (base 10) of sizes and counts; growth and margin as shares.
    """

    def log10(column: str, add: float = 0.0) -> Floats:
        values = firms[column].to_numpy(dtype=np.float64) + add
        return np.log10(values, out=np.full(len(values), np.nan), where=values > 0)

    sales = firms["sales"].to_numpy(dtype=np.float64)
    profit = firms["operating_profit"].to_numpy(dtype=np.float64)
    margin = np.divide(profit, sales, out=np.full(len(sales), np.nan), where=sales > 0)
    recent = firms["firm_id"].map(dict(recent_projects or {})).to_numpy(dtype=np.float64)
    return {
        "employees": log10("employees"),
        "growth": np.clip(firms["sales_growth"].to_numpy(dtype=np.float64), -0.3, 0.3),
        "profitability": np.clip(margin, -0.3, 0.3),
        # Something added, so that none of what is counted is low, not unknown.
        "rd": log10("rd", 0.1),
        "patents": log10("patents", 1.0),
        "patents_abroad": log10("patents_abroad", 1.0),
        "trademarks_abroad": log10("trademarks_abroad", 1.0),
        "recent_projects": np.log10(recent + 1.0),
    }


def learn_from_events(
    firms: pd.DataFrame, events: pd.DataFrame | None, *, label_rate: float | None
) -> MoverModel:
    """Learn from events later than the firms' figures, or fall back on the priors and say why.

    Parameters
    ----------
    firms : DataFrame
        The columns of `schemas.FIRMS`; ``year`` is that of the figures.
    events : DataFrame or None
        firm_id ('' where no firm of the list) and year, as `data import firms` writes them.
    label_rate : float or None
        Share of the firms that moved whom the events name; None: not known.

    Returns
    -------
    MoverModel
        An event up to the year of a firm's own figures counts as a recent project, a later one as
        the outcome. Firms without a year of their figures are not learned from.
    """
    if events is None or not events["firm_id"].ne("").any():
        return assume_mover(make_mover_parts(firms))
    known = events[events["firm_id"].ne("") & events["year"].notna()]
    as_of = known["firm_id"].map(firms.set_index("firm_id")["year"]).astype("float64")
    before = known["year"] <= as_of
    recent = known[before].groupby("firm_id").size().astype("float64").to_dict()
    # Of a firm without an event before, none is known: that is none, as the list is the same.
    counts = {str(firm): float(recent.get(firm, 0.0)) for firm in firms["firm_id"]}
    parts = make_mover_parts(firms, recent_projects=counts)
    if label_rate is None:
        return assume_mover(parts, reason="the share of movers that the events name is not known")
    named = firms["firm_id"].isin(set(known.loc[~before, "firm_id"])).to_numpy(dtype=bool)
    usable = firms["year"].notna().to_numpy(dtype=bool)
    kept = {name: values[usable] for name, values in parts.items()}
    return learn_mover(kept, named[usable], label_rate=label_rate)
