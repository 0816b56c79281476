"""How good a version is, as the manifest holds it: the same model has the same figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from cluster_engine.results import Model, NationalModel

DIGITS = 6
VALIDATION = "validation score"


def list_national_metrics(model: NationalModel) -> dict[str, Any]:
    """Stability and validation scores on figures left out, of the clusters of the nation."""
    scores = model.chance[model.chance["measure"] == VALIDATION]
    return {
        "stability": model.facts["stability"],
        "n_clusters": len(model.clusters),
        "validation_scores": {
            str(what): round(float(score), DIGITS)
            for what, score in zip(scores["what"], scores["score"], strict=True)
            if math.isfinite(score)
        },
    }


def list_metrics(
    model: Model, national: NationalModel, studies: Mapping[str, Any]
) -> dict[str, Any]:
    """All that is known about how good a region's model is.

    Parameters
    ----------
    model : Model
    national : NationalModel
        The clusters it was made with.
    studies : mapping
        Facts of the studies by which what it was made with was judged, by name. A study that the
        gates are to look at has a fact ``gate``: value, low, high (an interval of the value) and
        higher_is_better.
    """
    return {
        **list_national_metrics(national),
        "n_niches": len(model.niches),
        "n_firms": model.facts["n_firms"],
        "jobs": model.facts["jobs"],
        "mover": model.facts["mover"]["basis"],
        "studies": dict(studies),
    }


def recall_metrics(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Metrics of a version from its manifest; of the first protocol, what its facts tell."""
    facts = manifest.get("facts", {})
    names = ("stability", "n_clusters", "n_niches", "n_firms", "jobs")
    recalled = {name: facts[name] for name in names if name in facts}
    return {**recalled, **manifest.get("metrics", {})}
