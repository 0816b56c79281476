"""Marks of a set of clusters against a similarity matrix: validation scores and modularity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.presence import Flags, Floats, Texts, as_reals

Benchmark = Literal["mean", "p95", "max"]
Integers = NDArray[np.int64]

SINGLETON = "cluster has one sector, so no pair within it"
NO_OTHER = "there is no other cluster"

ROUNDING = 1e-12
"""Means of similarities that differ by no more than this share of the largest are equal: sums of
the same figures in another order, which builds of numpy and BLAS choose, differ by some 1e-15."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Within- and between-cluster relatedness of clusters or of sectors.

    Attributes
    ----------
    within : ndarray of float, shape (n_units,)
        WCR, mean similarity inside the (own) cluster; NaN for a cluster of one sector.
    between : ndarray of float, shape (n_units,)
        BCR, benchmark over the other clusters of the mean similarity to each.
    passed : ndarray of bool, shape (n_units,)
        Whether ``within`` is above ``between``, by more than rounding; a unit without one has
        failed.
    reasons : ndarray of str, shape (n_units,)
        Why ``within`` or ``between`` is undefined; empty where both are defined.
    score : float
        Share passed of all units, undefined ones counted as failed, 0 to 1.
    """

    within: Floats
    between: Floats
    passed: Flags
    reasons: Texts
    score: float


@dataclass(frozen=True, slots=True)
class Validation:
    """Validation scores of a set of clusters on one similarity matrix.

    Attributes
    ----------
    labels : ndarray, shape (n_clusters,)
        Label of each cluster, ascending.
    clusters : Marks
        VS-Cluster, units in the order of ``labels``.
    sectors : Marks
        VS-Industry.
    score : float
        VS, mean of the two scores, 0 to 1.
    singletons : int
        Clusters of one sector: they fail and are counted here.
    """

    labels: NDArray[np.generic]
    clusters: Marks
    sectors: Marks
    score: float
    singletons: int


def calc_validation(
    similarity: ArrayLike, labels: ArrayLike, *, benchmark: Benchmark = "mean"
) -> Validation:
    """Validation scores VS: how often relatedness within clusters exceeds that between them.

    WCR_c = mean of S_ij over i, j in c, i other than j; BCR_c,k = mean of S_ij over i in c, j in k;
    VS-Cluster = share of c with WCR_c > benchmark over k of BCR_c,k; VS-Industry the same with one
    sector in the place of c.

    Parameters
    ----------
    similarity : array_like, shape (n_sectors, n_sectors)
        Symmetric and finite, any unit; the diagonal does not count.
    labels : array_like, shape (n_sectors,)
        Cluster of each sector.
    benchmark : {"mean", "p95", "max"}, default "mean"
        What within-cluster relatedness must exceed: mean, 95th percentile (interpolated) or largest
        of the relatedness to the other clusters, each cluster counting once.

    Returns
    -------
    Validation

    Raises
    ------
    ValueError
        ``similarity`` is not square, finite and symmetric, or there is not one label per sector.

    Notes
    -----
    Source: Delgado, Porter & Stern (2016), J. Econ. Geography 16(1), section 4; no public
    implementation is known. Score clusters on matrices they were not built from, and against the
    scores of the same labels shuffled: a set built on a matrix is marked up on that matrix.
    """
    if benchmark not in ("mean", "p95", "max"):
        raise ValueError(f"The 'benchmark' must be mean, p95 or max. Got {benchmark!r}.")
    S = _check_similarity(similarity)
    np.fill_diagonal(S, 0.0)
    names, cluster, member, size = _count_members(labels, len(S))
    n_others = size[cluster] - 1.0
    to_clusters = S @ member
    own = to_clusters[np.arange(len(S)), cluster]
    per_cluster = member.T @ to_clusters
    cluster_means = per_cluster / np.multiply.outer(size, size)
    rounding = ROUNDING * max(S.max(initial=0.0), -S.min(initial=0.0))
    clusters = _mark(
        _divide(np.diag(per_cluster), size * (size - 1.0)),
        _mask_own(cluster_means, np.arange(len(size))),
        benchmark,
        rounding,
    )
    sectors = _mark(
        _divide(own, n_others), _mask_own(to_clusters / size, cluster), benchmark, rounding
    )
    return Validation(
        labels=names,
        clusters=clusters,
        sectors=sectors,
        score=(clusters.score + sectors.score) / 2.0,
        singletons=int((size == 1).sum()),
    )


def calc_modularity(similarity: ArrayLike, labels: ArrayLike, *, resolution: float = 1.0) -> float:
    """Modularity Q = (1/2m) sum_ij [A_ij - gamma k_i k_j / 2m] delta(c_i, c_j).

    Parameters
    ----------
    similarity : array_like, shape (n_sectors, n_sectors)
        A, weights of the network: symmetric, finite, not negative; the diagonal does not count.
    labels : array_like, shape (n_sectors,)
        Cluster of each sector.
    resolution : float, default 1
        gamma.

    Returns
    -------
    float
        At most 1; NaN for a network without any link.

    Raises
    ------
    ValueError
        ``similarity`` is not square, finite, symmetric and at least 0, or there is not one label
        per sector.

    Notes
    -----
    Source: Newman & Girvan (2004), Phys. Rev. E 69, 026113; Newman (2006), PNAS 103(23).
    A network without any structure reaches 0.24-0.28 at the size of a sector classification:
    never show it without its value on shuffled links.
    """
    A = _check_similarity(similarity)
    if (A < 0).any():
        raise ValueError("The 'similarity' must be at least 0 to be the weights of a network.")
    np.fill_diagonal(A, 0.0)
    member = _count_members(labels, len(A))[2]
    k = A.sum(axis=0)
    if k.sum() == 0:
        return float("nan")
    within = float((member * (A @ member)).sum()) / k.sum()
    shares = (member.T @ k) / k.sum()
    return float(within - resolution * (shares @ shares))


def _check_similarity(similarity: ArrayLike) -> Floats:
    S = as_reals(similarity, "similarity").astype(np.float64)
    if S.shape[0] != S.shape[1] or not np.isfinite(S).all():
        raise ValueError(f"The 'similarity' must be square and finite. Got shape {S.shape}.")
    # Exactly symmetric is the common case, and a tenth of the price of being close to it.
    if not np.array_equal(S, S.T) and not np.allclose(S, S.T, rtol=1e-9, atol=1e-12):
        raise ValueError("The 'similarity' must be symmetric.")
    return S


def _count_members(
    labels: ArrayLike, n_sectors: int
) -> tuple[NDArray[np.generic], Integers, Floats, Floats]:
    """Labels, cluster of each sector, membership (n_sectors, n_clusters), cluster sizes."""
    given = np.asarray(labels)
    if given.shape != (n_sectors,):
        raise ValueError(f"The 'labels' must be one per sector: {n_sectors}. Got {given.shape}.")
    names, cluster = np.unique(given, return_inverse=True)
    member: Floats = (cluster[:, None] == np.arange(len(names))).astype(np.float64)
    return names, cluster, member, member.sum(axis=0)


def _mask_own(means: Floats, cluster: Integers) -> Floats:
    """Means over other clusters only: own cluster taken out of every row."""
    other = np.arange(means.shape[1]) != cluster[:, None]
    others: Floats = means[other].reshape(len(means), -1)
    return others


def _mark(within: Floats, between: Floats, benchmark: Benchmark, rounding: float) -> Marks:
    reasons = np.where(np.isnan(within), SINGLETON, "").astype(f"<U{len(SINGLETON)}")
    if between.shape[1] == 0:
        limit = np.full(len(within), np.nan)
        reasons[reasons == ""] = NO_OTHER
    elif benchmark == "mean":
        limit = between.mean(axis=1)
    elif benchmark == "p95":
        limit = np.percentile(between, 95.0, axis=1)
    else:
        limit = between.max(axis=1)
    # A sector that is related to all others alike is not closer to its own cluster.
    passed = within - limit > rounding
    return Marks(within, limit, passed, reasons, float(passed.mean()))


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    quotient: Floats = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient
