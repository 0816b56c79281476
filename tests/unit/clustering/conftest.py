"""What the tests of clusters share: planted blocks and settings small enough for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.parameters import Clusters
from cluster_engine.settings import read_settings

Plant = Callable[..., np.ndarray]


def _plant(
    blocks: np.ndarray,
    *,
    inside: float = 0.8,
    outside: float = 0.2,
    noise: float = 0.1,
    seed: int = 7,
) -> np.ndarray:
    """Similarity of sectors in blocks with symmetric noise, shape (n_sectors, n_sectors)."""
    blocks = np.asarray(blocks)
    drawn = np.random.default_rng(seed).uniform(-noise, noise, (len(blocks), len(blocks)))
    similarity = np.where(blocks[:, None] == blocks[None, :], inside, outside)
    similarity = similarity + np.triu(drawn, 1) + np.triu(drawn, 1).T
    np.fill_diagonal(similarity, 1.0)
    return similarity


@pytest.fixture(scope="session")
def plant() -> Plant:
    """Make a similarity of planted blocks: ``plant([0, 0, 1, 1], inside=0.9)``."""
    return _plant


@pytest.fixture(scope="session")
def quick() -> Clusters:
    """Settings for some twenty sectors, every method voting."""
    return replace(
        read_settings().clusters,
        neighbours=4, resolutions=(1.0,), restarts=2, numbers=(2, 3, 4), maximum_share=0.6,
        smallest=2, outlier_margin=0.05, resamples=4, subsample=0.8, permutations=99,
        split_halves=1,
    )  # fmt: skip
