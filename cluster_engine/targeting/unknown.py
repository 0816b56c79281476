"""What stands in for an unknown figure of a firm, never zero, and how far off that may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring
from cluster_engine.targeting.criteria import PARTS
from cluster_engine.targeting.features import RD_OFFSET, FirmFeatures

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reference = Mapping[str, Any]

BY_SIZE = ("patents_abroad", "trademarks_abroad")
"""Parts whose typical value follows from the number of employees."""

FIRST = ("employees", "rd_intensity")
"""Parts that others are guessed from."""

FILL_ORDER = (*FIRST, *(part for part in PARTS if part not in FIRST))

MINIMUM_FOR_LINE = 20
"""Firms needed to fit a line or a spread; with fewer the mean, or the prior, is used."""

SALES_PER_EMPLOYEE: Mapping[str, float] = {"median": -0.6, "sd": 0.35}
"""log10 of €m, where too few firms tell: a quarter of a million; that of the default pack."""

ROUNDING = 10
"""Digits kept, so that the manifest is the same on every machine."""


def fit_typical(features: FirmFeatures, scoring: Scoring) -> dict[str, Any]:
    """Learn what stands in for unknown figures, over all firms.

    Returns
    -------
    dict
        'employees', 'sales_per_employee', 'rd_intensity', 'lines', 'rd_ceiling' and 'mean';
        JSON-ready.
    """
    means = {part: _mean(features.parts[part]) for part in PARTS}
    return {
        "employees": dict(scoring.typical_employees),
        "sales_per_employee": _fit_sales_per_employee(features),
        "rd_intensity": _fit_intensity(features, scoring.rd_intensity_quantile),
        "lines": {part: _fit_line(features, part) for part in BY_SIZE},
        "rd_ceiling": _fit_ceiling(features),
        "mean": means | {part: scoring.prior_mean[part] for part in list_absent(features, scoring)},
    }


def list_absent(features: FirmFeatures, scoring: Scoring) -> list[str]:
    """Parts that no firm has and that have a prior yardstick."""
    return [part for part in scoring.prior_sd if np.isnan(features.parts[part]).all()]


def fit_residuals(
    features: FirmFeatures, reference: Reference, scoring: Scoring, *, size_sd: float
) -> dict[str, float]:
    """Spread of known values around what would stand in for them.

    Parameters
    ----------
    features : FirmFeatures
    reference : mapping
        'typical' is used.
    scoring : Scoring
    size_sd : float
        Of log10 employees within a size class, where too few firms tell.

    Returns
    -------
    dict of str to float
        Standard deviation of every part, in its own unit.
    """
    blank = {
        part: np.where(np.isnan(values), np.nan, np.nan) for part, values in features.parts.items()
    }
    # The line by size is judged at the employees that are known.
    blank["employees"] = features.parts["employees"]
    guessed, _ = fill_unknown(FirmFeatures(features.firms, blank), reference)
    residuals = {}
    for part in PARTS:
        known = features.parts[part][~np.isnan(features.parts[part])]
        gap = (features.parts[part] - guessed[part])[~np.isnan(features.parts[part])]
        if part in scoring.prior_sd and not len(known):
            residuals[part] = scoring.prior_sd[part]
        elif part == "employees":
            residuals[part] = size_sd
        else:
            residuals[part] = rounded(float(gap.std())) if len(gap) else 0.0
    return residuals


def fill_unknown(
    features: FirmFeatures, reference: Reference
) -> tuple[dict[str, Floats], dict[str, Flags]]:
    """Replace unknown parts by typical values.

    Returns
    -------
    filled : dict of str to ndarray of float, each of shape (n_firms,)
    unknown : dict of str to ndarray of bool, each of shape (n_firms,)
        Where a value was replaced.
    """
    typical = reference["typical"]
    unknown = {part: np.isnan(features.parts[part]) for part in PARTS}
    filled = dict(features.parts)
    sizes = _guess_employees(features, typical)
    by_class = features.firms["knowledge_class"].map(typical["rd_intensity"]["classes"])
    guesses: dict[str, Floats] = {
        "employees": sizes,
        "rd_intensity": by_class.fillna(typical["rd_intensity"]["all"]).to_numpy(np.float64),
    }
    for part in FILL_ORDER:
        guess = guesses.get(part, np.full(len(sizes), typical["mean"][part]))
        if part in BY_SIZE:
            guess = guess_by_size(part, filled["employees"], typical)
        if part == "rd":
            turnover = expect_sales(features, filled["employees"], typical)
            guess = guess_rd(turnover, filled["rd_intensity"], typical)
        filled[part] = np.where(unknown[part], guess, features.parts[part])
    return filled, unknown


def _guess_employees(features: FirmFeatures, typical: Mapping[str, Any]) -> Floats:
    """Read log10 employees off the sales where these are known, else off the size class."""
    classes = features.firms["size_class"].fillna("unknown").map(typical["employees"])
    guess: Floats = np.log10(classes.to_numpy(dtype=np.float64))
    sales = log_sales(features)
    return np.where(np.isnan(sales), guess, sales - typical["sales_per_employee"]["median"])


def log_sales(features: FirmFeatures) -> Floats:
    """Sales, log10 of €m; NaN where not known or not above 0."""
    if "sales" not in features.firms:
        return np.full(len(features.firms), np.nan)
    sales = features.firms["sales"].to_numpy(dtype=np.float64)
    logs: Floats = np.log10(sales, out=np.full(len(sales), np.nan), where=sales > 0)
    return logs


def _fit_sales_per_employee(features: FirmFeatures) -> dict[str, float]:
    """Median and spread of log10 of sales per employee, €m."""
    ratio = log_sales(features) - features.parts["employees"]
    known = ratio[~np.isnan(ratio)]
    if len(known) < MINIMUM_FOR_LINE:
        return dict(SALES_PER_EMPLOYEE)
    middle = float(np.median(known))
    return {"median": rounded(middle), "sd": rounded(float((known - middle).std()))}


def guess_by_size(part: str, employees: Floats, typical: Mapping[str, Any]) -> Floats:
    """Read a part off the line by log10 employees."""
    line = typical["lines"][part]
    guess: Floats = line["intercept"] + line["slope"] * employees
    return guess


def expect_sales(features: FirmFeatures, employees: Floats, typical: Mapping[str, Any]) -> Floats:
    """Sales, log10 of €m: as published, else as many employees usually sell."""
    known = log_sales(features)
    return np.where(np.isnan(known), employees + typical["sales_per_employee"]["median"], known)


def guess_rd(turnover: Floats, root_intensity: Floats, typical: Mapping[str, Any]) -> Floats:
    """R&D as scored from log10 sales and its share in them; no more than the panel's smallest."""
    spent = 10.0**turnover * np.maximum(root_intensity, 0.0) ** 2
    guess: Floats = np.minimum(np.log10(spent + RD_OFFSET), typical["rd_ceiling"])
    return guess


def rounded(value: float) -> float:
    """Round to the digits that are the same on every machine."""
    return float(round(float(value), ROUNDING))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return rounded(float(known.mean())) if len(known) else 0.0


def _fit_line(features: FirmFeatures, part: str) -> dict[str, float]:
    x, y = features.parts["employees"], features.parts[part]
    known = ~np.isnan(x) & ~np.isnan(y)
    if known.sum() < MINIMUM_FOR_LINE or np.ptp(x[known]) == 0:
        return {"intercept": _mean(y), "slope": 0.0}
    slope, intercept = (float(term) for term in np.polyfit(x[known], y[known], 1))
    return {"intercept": rounded(intercept), "slope": rounded(slope)}


def _fit_ceiling(features: FirmFeatures) -> float:
    """Smallest R&D that put a firm on the panel: a firm that is not on it spends less."""
    known = features.parts["rd"][~np.isnan(features.parts["rd"])]
    return rounded(float(np.quantile(known, 0.05))) if len(known) else 0.0


def _fit_intensity(features: FirmFeatures, quantile: float) -> dict[str, Any]:
    values = pd.Series(features.parts["rd_intensity"])
    classes = features.firms["knowledge_class"].to_numpy()
    by_class = values.groupby(classes).quantile(quantile).dropna()
    overall = values.quantile(quantile)
    return {
        "classes": {str(name): rounded(value) for name, value in by_class.items()},
        "all": 0.0 if np.isnan(overall) else rounded(float(overall)),
    }
