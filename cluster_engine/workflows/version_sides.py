"""What a version of a region scores with, and with whose firms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.packs.pack import Pack
from cluster_engine.parameters import Uncertainty
from cluster_engine.results import Model
from cluster_engine.settings import rebuild
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.swaps import Side
from cluster_engine.workflows.inputs import hash_tables
from cluster_engine.workflows.model_causes import FIRM_TABLES
from cluster_engine.workflows.model_scoring import read_model_scoring


def find_firms(packs: Sequence[Pack], model: Model) -> Pack | None:
    """Find the pack whose firms the version was made with; None where it is not at hand."""
    made_with = {
        name: checksum
        for name, checksum in model.facts["inputs"]["tables"].items()
        if name in FIRM_TABLES
    }
    return next((pack for pack in packs if hash_tables(pack, FIRM_TABLES) == made_with), None)


def make_side(model: Model, tables: FirmTables) -> Side:
    """Put together what a version scores with.

    Raises
    ------
    ModelError
        It was scored by other criteria.
    """
    trained: Mapping[str, Any] = model.facts["inputs"]["settings"]
    scoring, _ = read_model_scoring(model)
    known = model.reference["criteria"]
    lacking = [
        one.name for one in CRITERIA
        if one.name not in known or one.weight_name not in scoring.weights
    ]  # fmt: skip
    if lacking:
        raise ModelError(
            f"Version {model.facts['version']} was scored without {', '.join(lacking)}: its list "
            "cannot be compared firm by firm.",
            hint="Compare versions that one engine can score.",
        )
    uncertainty = rebuild(Uncertainty, trained["uncertainty"])
    return Side(model.sectors, model.reference, scoring, uncertainty, tables)
