"""What to train, and everything the result depends on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from cluster_engine import __version__
from cluster_engine.clustering.naming import NameRule
from cluster_engine.packs.pack import Pack
from cluster_engine.registry.audit import PROTOCOL
from cluster_engine.registry.locate import make_key
from cluster_engine.registry.versions import make_version
from cluster_engine.results import Region
from cluster_engine.settings import Settings
from cluster_engine.workflows.inputs import hash_tables
from cluster_engine.workflows.mover import Movers
from cluster_engine.workflows.national import NationalTask, hash_frame
from cluster_engine.workflows.national_place import PlaceTask

INPUT_TABLES = (
    "areas", "regions", "industries", "employment", "enterprises", "establishments", "occupations",
    "labour_flows", "io_industries", "io_flows", "io_imports", "io_concordance", "value_added",
    "firms", "firm_industries", "firm_homes", "firm_facts",
)  # fmt: skip
"""Tables that a model depends on."""


@dataclass(frozen=True, slots=True)
class Training:
    """What to train, and from what.

    Attributes
    ----------
    pack : Pack
    region : Region
    settings : Settings
    year : int
        Latest year of employment used.
    seed : int
        Seed of the clustering.
    own : DataFrame or None
        The user's own similarity matrix of sectors.
    names : tuple of NameRule
        Names that the user gives to clusters and niches.
    movers : Movers or None
        A list whose events name firms, to learn the weights of the mover criteria from.
    """

    pack: Pack
    region: Region
    settings: Settings
    year: int
    seed: int = 0
    own: pd.DataFrame | None = None
    names: tuple[NameRule, ...] = ()
    movers: Movers | None = None

    @property
    def national_task(self) -> NationalTask:
        """What the clusters of the nation are made from."""
        return NationalTask(
            self.pack, self.settings, self.year, seed=self.seed, own=self.own, names=self.names
        )

    @property
    def place_task(self) -> PlaceTask:
        """What the curves of where sectors grow are learned from."""
        return PlaceTask(self.pack, self.settings, self.year)

    def list_inputs(self) -> dict[str, Any]:
        """Everything the result depends on, JSON-ready; the version is named after it."""
        return {
            "engine": __version__,
            "protocol": PROTOCOL,
            "pack": self.pack.manifest.name,
            "tables": hash_tables(self.pack, INPUT_TABLES),
            "region": self.region.slug,
            "year": self.year,
            "seed": self.seed,
            "settings": self.settings.as_values(),
            "own_matrix": None if self.own is None else hash_frame(self.own),
            "names": [asdict(rule) for rule in self.names],
            "movers": None if self.movers is None else self.movers.digest,
        }

    @property
    def key(self) -> str:
        """Folder of the region's models."""
        return make_key(self.pack.manifest.name, self.region.slug)

    @property
    def version(self) -> str:
        """Name of the version these inputs give."""
        return make_version(self.list_inputs(), self.year)
