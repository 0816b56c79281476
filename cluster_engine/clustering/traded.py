"""Split sectors into traded ones, which cluster, and local ones, which follow the population."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.concentration import calc_locational_gini
from cluster_engine.parameters import Clusters


def find_traded(
    codes: Sequence[str], jobs: NDArray[np.float64], settings: Clusters
) -> NDArray[np.bool_]:
    """Mark the traded sectors: concentrated in some regions, and not local by their nature.

    Parameters
    ----------
    codes : sequence of str, length n_sectors
        Sector codes.
    jobs : ndarray of float, shape (n_regions, n_sectors)
        Jobs by region and sector.
    settings : Clusters
        Gini threshold and the code prefixes that are always local or always traded; of two that
        fit, the longer wins.

    Returns
    -------
    ndarray of bool, shape (n_sectors,)
        False for a sector without jobs.

    Notes
    -----
    Source: Porter (2003), Regional Studies 37(6-7); Delgado, Porter & Stern (2016).
    """
    gini = np.nan_to_num(calc_locational_gini(jobs), nan=0.0)
    traded: NDArray[np.bool_] = gini >= settings.traded_gini
    for place, code in enumerate(codes):
        traded[place] &= jobs[:, place].any()
        local = _longest(code, settings.local_sectors)
        always = _longest(code, settings.traded_sectors)
        if local != always:
            traded[place] = always > local and jobs[:, place].any()
    return traded


def _longest(code: str, prefixes: Sequence[str]) -> int:
    """Digits of the longest prefix of the code; 0 for none."""
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)
