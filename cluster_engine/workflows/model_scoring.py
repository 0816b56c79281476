"""How a trained model scores: its settings, and the weights it has learned."""

from __future__ import annotations

from cluster_engine.parameters import Scoring
from cluster_engine.results import Model
from cluster_engine.settings import read_scoring
from cluster_engine.targeting.mover_weights import MoverWeights, apply_mover, read_mover


def read_model_scoring(model: Model) -> tuple[Scoring, MoverWeights]:
    """Read the scoring of a model, learned weights in their places, and what is known of these."""
    mover = read_mover(model.facts.get("mover"))
    scoring = read_scoring(model.facts["inputs"]["settings"]["scoring"])
    return apply_mover(scoring, mover), mover
