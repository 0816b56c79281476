"""Draw a firm's own figures that are not known: never the typical value alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring
from cluster_engine.targeting.features import RD_OFFSET, SECTOR_PARTS
from cluster_engine.targeting.reference import Reference
from cluster_engine.targeting.score import Scored, list_missing
from cluster_engine.targeting.unknown import BY_SIZE, FILL_ORDER, log_sales

Singles = NDArray[np.float32]

NEVER_BELOW_0 = frozenset({*BY_SIZE, "rd_intensity", "rival_presence", "recent_projects"})
"""Logs of counts and roots of shares; the log of R&D goes down to that of the offset."""


def draw_own_parts(
    scored: Scored,
    reference: Reference,
    scoring: Scoring,
    n_draws: int,
    generator: np.random.Generator,
) -> dict[str, Singles]:
    """Draw every part that is the firm's own, standardised and cut as in the score.

    A known figure is the same in every draw, and of shape (n_firms, 1) where all are known. What
    follows from the size follows from the size drawn. Parts that nobody has are left out.

    Returns
    -------
    dict of str to ndarray of float32, each of shape (n_firms, n_draws) or (n_firms, 1)
    """
    missing = list_missing(scored, reference)
    drawn: dict[str, Singles] = {}
    sizes: Singles | None = None
    for part in FILL_ORDER:
        if part in SECTOR_PARTS or part in missing:
            continue
        values = _draw_part(part, scored, reference, n_draws, generator, sizes)
        if part == "employees":
            sizes = values
        spread = reference["parts"][part]
        if spread["sd"] == 0:
            continue
        z = (values - np.float32(spread["mean"])) / np.float32(spread["sd"])
        drawn[part] = np.clip(z, -scoring.limit, scoring.limit)
    return drawn


def _draw_part(
    part: str,
    scored: Scored,
    reference: Reference,
    n_draws: int,
    generator: np.random.Generator,
    sizes: Singles | None,
) -> Singles:
    filled = scored.filled[part].astype(np.float32)[:, None]
    unknown = np.flatnonzero(scored.unknown[part])
    if not len(unknown):
        return filled
    values = np.repeat(filled, n_draws, axis=1)
    centre = values[unknown]
    if sizes is not None and sizes.shape[1] > 1:
        centre = _follow_size(part, scored, unknown, sizes[unknown], reference["typical"], centre)
    noise = generator.standard_normal(centre.shape, np.float32)
    centre = centre + noise * _residual(part, scored, unknown, reference)
    if part == "rd":
        # A firm that is not on the panel spends less than what just missed it.
        centre = np.clip(
            centre, np.log10(RD_OFFSET), np.float32(reference["typical"]["rd_ceiling"])
        )
    if part == "host_presence":
        centre = (noise > _normal_cut(scored.filled[part][unknown])[:, None]).astype(np.float32)
    values[unknown] = np.maximum(centre, 0.0) if part in NEVER_BELOW_0 else centre
    return values


def _residual(
    part: str, scored: Scored, unknown: NDArray[np.intp], reference: Reference
) -> Singles:
    """Spread around what stands in, shape (n_unknown, 1); employees are surer beside sales."""
    spread = np.full((len(unknown), 1), reference["residuals"][part], np.float32)
    if part == "employees":
        has_sales = ~np.isnan(log_sales(scored.features)[unknown])
        spread[has_sales] = reference["typical"]["sales_per_employee"]["sd"]
    return spread


def _follow_size(
    part: str,
    scored: Scored,
    unknown: NDArray[np.intp],
    sizes: Singles,
    typical: Any,
    centre: Singles,
) -> Singles:
    """Middle of what follows from the employees drawn; the other parts keep theirs."""
    if part in BY_SIZE:
        line = typical["lines"][part]
        return np.float32(line["intercept"]) + np.float32(line["slope"]) * sizes
    if part != "rd":
        return centre
    known = log_sales(scored.features)[unknown].astype(np.float32)[:, None]
    usual = sizes + np.float32(typical["sales_per_employee"]["median"])
    share = scored.filled["rd_intensity"][unknown].astype(np.float32)[:, None] ** 2
    spent = np.float32(10.0) ** np.where(np.isnan(known), usual, known) * share
    expected: Singles = np.log10(spent + np.float32(RD_OFFSET))
    return expected


def _normal_cut(share: NDArray[np.float64]) -> Singles:
    """Value that a standard normal exceeds with these probabilities (logistic approximation)."""
    odds = np.clip(share, 1e-3, 1 - 1e-3)
    cut: Singles = (np.log((1.0 - odds) / odds) / 1.702).astype(np.float32)
    return cut
