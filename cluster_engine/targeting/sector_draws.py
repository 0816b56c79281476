"""Draw what is unsure about the sectors of a region: location quotients, closeness, links, gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.targeting.features import SECTOR_PARTS

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

BAND = (0.1, 0.4)
"""Exponents of the regional coefficients between which one is drawn; the sector table holds gaps
at both and at the model's own."""

CUT = (-2.0, 3.0)
"""Limits of log2 of the shrunk quotient, as in the sector table."""


@dataclass(frozen=True, slots=True)
class SectorNoise:
    """The sectors of a model as arrays of shape (n_sectors,), ready to be drawn from.

    Attributes
    ----------
    shape, rate : ndarray of float
        Posterior of the location quotient, Gamma(shape, rate).
    affinity, membership : ndarray of float
        Closeness to a niche weighted by its strength; how surely the sector is in its cluster.
    deltas : ndarray of float, shape (3,)
        Exponents at which gaps are known, rising.
    gaps : ndarray of float, shape (3, n_sectors)
        £m.
    pull_error : ndarray of float
        Standard error of the learned pull.
    plain : mapping of str to ndarray of float
        Every part as it stands in the table.
    """

    shape: Floats
    rate: Floats
    affinity: Floats
    membership: Floats
    deltas: Floats
    gaps: Floats
    pull_error: Floats
    plain: Mapping[str, Floats]


def read_noise(sectors: pd.DataFrame, delta: float) -> SectorNoise:
    """Take what is drawn out of a model's sector table.

    Parameters
    ----------
    sectors : DataFrame
        Of the model.
    delta : float
        The model's own exponent of the regional coefficients.
    """

    def column(name: str) -> Floats:
        values: Floats = sectors[name].to_numpy(dtype=np.float64)
        return values

    # In a local sector nothing was clustered, so no membership is unsure: it is close to nothing.
    membership = np.nan_to_num(column("membership"), nan=1.0)
    known = {BAND[0]: "gap_low", BAND[1]: "gap_high", delta: "gap_value"}
    deltas = sorted(known)
    return SectorNoise(
        shape=column("lq_shape"),
        rate=column("lq_rate"),
        affinity=column("affinity"),
        membership=np.clip(membership, 0.0, 1.0),
        deltas=np.array(deltas),
        gaps=np.stack([column(known[value]) for value in deltas]),
        pull_error=np.nan_to_num(column("pull_error")),
        plain={part: column(part) for part in SECTOR_PARTS},
    )


def draw_sectors(
    noise: SectorNoise,
    deltas: Floats,
    reference: Mapping[str, Any],
    scoring: Scoring,
    uncertainty: Uncertainty,
    generator: np.random.Generator,
) -> dict[str, Singles]:
    """Draw every sector part, standardised and cut as in the score.

    Parameters
    ----------
    noise : SectorNoise
    deltas : ndarray of float, shape (n_draws,)
        Exponent of the regional coefficients in each draw.
    reference : mapping
        Yardstick of the model.
    scoring, uncertainty : Scoring, Uncertainty
    generator : Generator

    Returns
    -------
    dict of str to ndarray of float32, each of shape (n_sectors, n_draws)
        The same draw for every firm of a sector, so that firms of one sector move together.
    """
    size = (len(noise.shape), len(deltas))
    link = generator.standard_normal(size) * uncertainty.link_sd
    drawn: dict[str, Floats] = {
        part: np.broadcast_to(values[:, None], size) for part, values in noise.plain.items()
    }
    drawn |= {
        "specialisation": _draw_quotient(noise, size, generator),
        "affinity": _draw_affinity(noise, size, generator),
        "pull": noise.plain["pull"][:, None]
        + generator.standard_normal(size) * noise.pull_error[:, None],
        "gap": np.log10(1.0 + _interpolate(noise, deltas) * 2.0**link),
        "added_value": noise.plain["added_value"][:, None]
        + generator.standard_normal(size) * uncertainty.productivity_sd,
    }
    for part in ("supplier", "customer"):
        # log2(1 + ratio): the noise is on the ratio.
        ratio = 2.0 ** noise.plain[part][:, None] - 1.0
        shock = generator.standard_normal(size) * uncertainty.link_sd
        drawn[part] = np.log2(1.0 + np.maximum(ratio, 0.0) * 2.0**shock)
    return {
        part: _standardise(drawn[part], part, reference, scoring, generator)
        for part in SECTOR_PARTS
    }


def _draw_quotient(
    noise: SectorNoise, size: tuple[int, int], generator: np.random.Generator
) -> Floats:
    known = np.isfinite(noise.shape) & np.isfinite(noise.rate)
    shape, rate = np.where(known, noise.shape, 1.0), np.where(known, noise.rate, 1.0)
    lq = generator.standard_gamma(shape[:, None], size) / rate[:, None]
    with np.errstate(divide="ignore"):
        logs = np.clip(np.log2(lq), *CUT)
    logs[~known] = np.nan
    return logs


def _draw_affinity(
    noise: SectorNoise, size: tuple[int, int], generator: np.random.Generator
) -> Floats:
    """Beta draws of mean a and variance a (1 - a) (1 - m), m being the membership.

    A sector that every clustering run puts in its place keeps its closeness; one that any run puts
    elsewhere is either close or not.
    """
    a = noise.affinity
    sure = noise.membership / np.maximum(1.0 - noise.membership, 1e-9)
    open_ = (a > 0) & (a < 1) & (noise.membership < 1)
    first = np.where(open_, np.maximum(a * sure, 1e-3), 1.0)
    second = np.where(open_, np.maximum((1.0 - a) * sure, 1e-3), 1.0)
    drawn = generator.beta(first[:, None], second[:, None], size)
    return np.where(open_[:, None], drawn, a[:, None])


def _interpolate(noise: SectorNoise, deltas: Floats) -> Floats:
    """Gap at other exponents, on straight lines between those that are known."""
    knots = noise.deltas
    places = np.clip(np.searchsorted(knots, deltas, side="right") - 1, 0, len(knots) - 2)
    part = (deltas - knots[places]) / (knots[places + 1] - knots[places])
    return noise.gaps[places].T * (1.0 - part) + noise.gaps[places + 1].T * part


def _standardise(
    drawn: Floats,
    part: str,
    reference: Mapping[str, Any],
    scoring: Scoring,
    generator: np.random.Generator,
) -> Singles:
    spread = reference["parts"][part]
    if spread["sd"] == 0:
        return np.zeros(drawn.shape, np.float32)
    unknown = np.isnan(drawn[:, 0])
    z = (drawn - spread["mean"]) / spread["sd"]
    # A sector of which this is not known: as far from the average as sectors are.
    noise = generator.standard_normal((int(unknown.sum()), drawn.shape[1]))
    typical = (reference["typical"]["mean"][part] - spread["mean"]) / spread["sd"]
    z[unknown] = typical + noise * reference["residuals"][part] / spread["sd"]
    cut: Singles = np.clip(z, -scoring.limit, scoring.limit).astype(np.float32)
    return cut
