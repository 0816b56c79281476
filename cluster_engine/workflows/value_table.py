"""What a sector would bring to a region: value added per job, multiplier, gaps; who trades with it.

Added to the sector table of a model after the niches are known.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.measures.input_output import calc_A
from cluster_engine.measures.multipliers import calc_multipliers
from cluster_engine.measures.regionalisation import DELTA_BAND, calc_flq, calc_regional_A
from cluster_engine.results import Model
from cluster_engine.settings import Settings
from cluster_engine.workflows.analyse import Analysis
from cluster_engine.workflows.niche_table import PLAUSIBLE_VALUE
from cluster_engine.workflows.region_gaps import build_region_gaps
from cluster_engine.workflows.rounding import round_numbers
from cluster_engine.workflows.value_added import Productivity

Floats = NDArray[np.float64]

N_PARTNERS = 3
"""Buyers and sellers named per sector."""

SMALLEST_TRADE = 1.0
"""£m a year, or per cent of purchases, below which a partner is not named."""


def add_value_columns(
    model: Model,
    analysis: Analysis,
    productivity: Productivity | None,
    firm_industries: pd.DataFrame,
    settings: Settings,
) -> Model:
    """Add to the sector table what the value criteria, the draws and the explanations need.

    Parameters
    ----------
    model : Model
        Finished but for these columns and the yardstick.
    analysis : Analysis
        Where the model comes from.
    productivity : Productivity or None
        Value added per job; None: the pack has none.
    firm_industries : DataFrame
        Of the pack's firms.
    settings : Settings

    Returns
    -------
    Model
        With the columns of docs/model.md.
    """
    table = model.sectors
    columns: dict[str, Any] = {
        **_posterior(analysis, settings),
        "n_firms": table["industry"].map(_count_firms(firm_industries)).fillna(0.0),
        **_value_per_job(len(table), productivity),
        **_multipliers(analysis, settings),
        **_gaps(analysis, model, settings),
        **_partners(analysis, settings),
    }
    return replace(model, sectors=round_numbers(table.assign(**columns)))


def _posterior(analysis: Analysis, settings: Settings) -> dict[str, Floats]:
    """Gamma(shape, rate) of every location quotient, from effective plants."""
    special, rule = analysis.specialisation, settings.concentration
    plants = analysis.economy.plant_size
    size = np.where(np.isfinite(plants), plants, rule.default_plant_size)
    known = special.lq.reasons[0] == ""
    expected = special.national_jobs * special.region_share
    return {
        "plant_size": size,
        "lq_shape": np.where(known, special.jobs / size + rule.prior_strength, np.nan),
        "lq_rate": np.where(known, expected / size + rule.prior_strength, np.nan),
    }


def _count_firms(firm_industries: pd.DataFrame) -> pd.Series:
    return firm_industries.groupby("industry")["weight"].sum()


def _value_per_job(n_sectors: int, productivity: Productivity | None) -> dict[str, object]:
    """£k per job: the region's where it is plausible, else the nation's; the nation's scores."""
    if productivity is None:
        nothing = np.full(n_sectors, np.nan)
        return {"value_per_job": nothing, "value_per_job_national": nothing, "value_basis": "",
                "value_group": "", "added_value": nothing}  # fmt: skip
    region, nation = productivity.region.values, productivity.nation.values
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = region / nation
        logs = np.log2(np.where(nation > 0, nation, np.nan))
    own = (ratio >= PLAUSIBLE_VALUE[0]) & (ratio <= PLAUSIBLE_VALUE[1])
    basis = np.where(own, "region", np.where(np.isnan(nation), "", "nation"))
    return {
        "value_per_job": np.where(own, region, nation),
        "value_per_job_national": nation,
        "value_basis": basis.astype(object),
        "value_group": np.array(productivity.labels, dtype=object),
        "added_value": logs,
    }


def _regional_coefficients(analysis: Analysis, delta: float) -> Floats:
    io = analysis.economy.io
    share = analysis.specialisation.region_share
    A = calc_A(io.flows, io.output)
    flq = calc_flq(analysis.io_lq, region_share=share, delta=delta)
    coefficients: Floats = np.nan_to_num(calc_regional_A(A, flq))
    return coefficients


def _multipliers(analysis: Analysis, settings: Settings) -> dict[str, Floats]:
    """Type I multiplier of value added in the region, at the model's delta and at the band's."""
    io = analysis.economy.io
    direct = np.divide(io.value_added, io.output, out=np.zeros_like(io.output), where=io.output > 0)
    found = {}
    # The more leaks (a higher delta), the smaller the multiplier.
    for name, delta in (
        ("multiplier", settings.regional.delta),
        ("multiplier_low", DELTA_BAND[1]),
        ("multiplier_high", DELTA_BAND[0]),
    ):
        ratios = calc_multipliers(_regional_coefficients(analysis, delta), direct).ratios[0]
        found[name] = _spread(analysis, ratios)
    return found


def _spread(analysis: Analysis, values: Floats) -> Floats:
    """Figures of industries for the sectors in them; NaN outside the table."""
    shares = analysis.economy.io_shares
    known = shares * ~np.isnan(values)
    total = known.sum(axis=1)
    sums = known @ np.nan_to_num(values)
    found: Floats = np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0)
    return found


def _gaps(analysis: Analysis, model: Model, settings: Settings) -> dict[str, object]:
    rows = build_region_gaps(analysis.economy, model, settings.regional.delta)
    main = analysis.economy.io_shares.argmax(axis=1)
    outside = analysis.economy.io_shares.sum(axis=1) == 0
    columns = {
        name: np.where(outside, np.nan, rows[column].to_numpy(dtype=np.float64)[main])
        for name, column in {
            "gap_value": "gap", "gap_low": "gap_low", "gap_high": "gap_high",
            "gap_leaked": "leaked", "gap_relatedness": "relatedness",
        }.items()
    }  # fmt: skip
    reasons = rows["relatedness_reason"].to_numpy(dtype=object)[main]
    return {
        **columns,
        "gap": np.log10(1.0 + columns["gap_value"]),
        "gap_reason": np.where(outside, "outside the input-output table", reasons),
    }


def _partners(analysis: Analysis, settings: Settings) -> dict[str, object]:
    """Industries of the region that buy most of a sector's products, and that make its inputs."""
    economy, io = analysis.economy, analysis.economy.io
    held = analysis.specialisation.jobs @ economy.io_shares
    nation = analysis.specialisation.national_jobs @ economy.io_shares
    share = np.divide(held, nation, out=np.zeros_like(held), where=nation > 0)
    purchases = (io.flows + io.imports) * share
    local = _regional_coefficients(analysis, settings.regional.delta) * 100.0
    buyers = [_name_largest(io.names, row, "£{:,.0f}m") for row in purchases]
    sellers = [_name_largest(io.names, column, "{:.0f} % of its output") for column in local.T]
    main = economy.io_shares.argmax(axis=1)
    outside = economy.io_shares.sum(axis=1) == 0
    return {
        name: np.where(outside, "", np.array(words, dtype=object)[main])
        for name, words in (("buyers", buyers), ("sellers", sellers))
    }


def _name_largest(names: tuple[str, ...], values: Floats, form: str) -> str:
    order = np.argsort(-values, kind="stable")[:N_PARTNERS]
    return "; ".join(
        f"{names[place]} ({form.format(values[place])})"
        for place in order
        if values[place] >= SMALLEST_TRADE
    )
