"""Skill relatedness: sectors between which people change jobs more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.presence import Reals, Texts, as_reals

NO_OUTFLOW = "nobody leaves the sector for another"
NO_INFLOW = "nobody comes to the sector from another"


@dataclass(frozen=True, slots=True)
class SkillRelatedness:
    """Skill relatedness of every pair of sectors.

    Attributes
    ----------
    ratio : ndarray of float, shape (n_sectors, n_sectors)
        SR_ij, flow from i to j over what chance gives; 1 is chance, NaN where undefined.
    scaled : ndarray of float, shape (n_sectors, n_sectors)
        SR~_ij = (SR_ij - 1) / (SR_ij + 1), -1 to 1; 0 is chance.
    symmetric_ratio, symmetric_scaled : ndarray of float, shape (n_sectors, n_sectors)
        Mean of both directions of the above. The scaled mean is not the scaled mean ratio.
    from_reasons, to_reasons : ndarray of str, shape (n_sectors,)
        Why the row (from) or column (to) of a sector is undefined; empty where it is not.
    """

    ratio: Reals
    scaled: Reals
    symmetric_ratio: Reals
    symmetric_scaled: Reals
    from_reasons: Texts
    to_reasons: Texts


def calc_skill_relatedness(flows: ArrayLike, *, include_own: bool = False) -> SkillRelatedness:
    """Skill relatedness SR_ij = F_ij F.. / (F_i. F_.j), SR~_ij = (SR_ij - 1) / (SR_ij + 1).

    Parameters
    ----------
    flows : array_like, shape (n_sectors, n_sectors)
        F, people who changed from sector i (row) to sector j (column).
    include_own : bool, default False
        Whether changes within a sector count. Without them they are taken as 0 in F and its sums,
        and the diagonal of the ratio is 0.

    Returns
    -------
    SkillRelatedness
        float32 for float32 flows; ratios are worked out in float64.

    Raises
    ------
    ValueError
        ``flows`` is not square, is negative or not finite, or nobody changes between sectors.

    Examples
    --------
    >>> calc_skill_relatedness([[0, 6, 2], [3, 0, 3], [1, 1, 0]]).ratio[0].round(4).tolist()
    [0.0, 1.7143, 0.8]

    Notes
    -----
    Source: Neffke & Henning (2013), SMJ 34(3); Neffke, Otto & Weyh (2017), JEBO 142.
    The flow data of the KnowledgeFlows project agree off the diagonal, and set the diagonal to 1
    afterwards.
    """
    given = as_reals(flows, "flows")
    F = given.astype(np.float64)
    if F.shape[0] != F.shape[1]:
        raise ValueError(f"The 'flows' must be square. Got shape {F.shape}.")
    if not (F.min() >= 0 and F.max() < np.inf):
        raise ValueError("The 'flows' must be finite and at least 0.")
    if not include_own:
        np.fill_diagonal(F, 0.0)
    leaving, coming = F.sum(axis=1), F.sum(axis=0)
    if leaving.sum() == 0:
        raise ValueError("The 'flows' must hold at least one change between two sectors.")
    expected = np.multiply.outer(leaving, coming / leaving.sum())
    ratio = np.divide(F, expected, out=np.full_like(F, np.nan), where=expected > 0)
    scaled = (ratio - 1.0) / (ratio + 1.0)
    return SkillRelatedness(
        ratio=ratio.astype(given.dtype, copy=False),
        scaled=scaled.astype(given.dtype, copy=False),
        symmetric_ratio=((ratio + ratio.T) / 2.0).astype(given.dtype, copy=False),
        symmetric_scaled=((scaled + scaled.T) / 2.0).astype(given.dtype, copy=False),
        from_reasons=np.where(leaving > 0, "", NO_OUTFLOW),
        to_reasons=np.where(coming > 0, "", NO_INFLOW),
    )
