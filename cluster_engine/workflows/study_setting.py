"""How thorough a study of places is."""

from __future__ import annotations

from dataclasses import dataclass

from cluster_engine.results import Region


@dataclass(frozen=True, slots=True)
class StudySetting:
    """How thorough a study is.

    Attributes
    ----------
    region : Region
        Host region that gets a line of its own.
    n_draws : int
        Bootstrap draws for each way of clustering.
    seed : int
    """

    region: Region
    n_draws: int
    seed: int
