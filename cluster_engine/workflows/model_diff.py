"""Compare two versions of a region: the firms that moved, why, and what became of the clusters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import find_market
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.locate import NATION_KEY, PLACE_KEY, ModelStore
from cluster_engine.registry.versions import load_version
from cluster_engine.results import Market, Model, NationalModel
from cluster_engine.targeting.swaps import YARDSTICK, Bench, list_differences
from cluster_engine.workflows.cluster_moves import list_cluster_moves, list_national_moves
from cluster_engine.workflows.economy import SECTOR_DIGITS, read_employment
from cluster_engine.workflows.firm_moves import COLUMNS, Contest, list_moves
from cluster_engine.workflows.firm_tables import read_firm_tables
from cluster_engine.workflows.model_causes import (
    FIRMS,
    UNSEPARATED,
    Changes,
    Swap,
    compare_inputs,
    plan_swaps,
)
from cluster_engine.workflows.model_versions import choose_pair
from cluster_engine.workflows.models import find_key
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.version_sides import find_firms, make_side


@dataclass(frozen=True, slots=True)
class DiffRequest:
    """What to compare, as the user wrote it.

    Attributes
    ----------
    old, new : str or None
        Version, beginning of one, or alias.
    region, pack : str or None
    pack_before : str or None
        Pack of the old version's time, where it is kept.
    market : str or None
        None: all that have firms.
    top : int
        Length of a list.
    """

    old: str | None = None
    new: str | None = None
    region: str | None = None
    pack: str | None = None
    pack_before: str | None = None
    market: str | None = None
    top: int = 100


@dataclass(frozen=True, slots=True)
class ModelDiff:
    """What changed between two versions.

    Attributes
    ----------
    key, name : str
        Folder of the models; the region as shown.
    old, new : str
        Versions.
    firms : DataFrame
        `firm_moves.COLUMNS`; also those that stayed.
    clusters : DataFrame
        `cluster_moves.COLUMNS`.
    changes : mapping of str to str
        Cause to what changed in the inputs.
    notes : tuple of str
        What a reader must know.
    top : int
    """

    key: str
    name: str
    old: str
    new: str
    firms: pd.DataFrame
    clusters: pd.DataFrame
    changes: Mapping[str, str]
    notes: tuple[str, ...]
    top: int

    @property
    def moved(self) -> pd.DataFrame:
        """Firms that did not stay where they were."""
        return self.firms[self.firms["status"] != "stayed"].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """What versions are compared on.

    Attributes
    ----------
    packs : tuple of Pack
        That of today last.
    markets : tuple of Market
    top : int
    """

    packs: tuple[Pack, ...]
    markets: tuple[Market, ...]
    top: int


def diff_versions(
    request: DiffRequest, store: ModelStore, *, on_progress: Progress = be_silent
) -> ModelDiff:
    """Compare two versions of a region, or of the clusters of the nation.

    ``on_progress`` is called with (stage, done, total).

    Raises
    ------
    ModelError
        A version is not there, is damaged, or scored by other criteria.
    SettingsError
        An unknown market; a name that fits several versions, or twice the same.
    DataError
        A pack is faulty.
    """
    key = find_key(store, request.region, request.pack)
    if PLACE_KEY in key:
        raise ModelError(
            f"{key} holds curves, and no firms or clusters to compare.",
            hint="Compare a region: --region NAME.",
        )
    old, new = choose_pair(store, key, request.old, request.new)
    if NATION_KEY in key:
        return _compare_nations(key, old.folder, new.folder, request)
    on_progress("Comparing the versions", 0, 1)
    first, second = (load_version(one.folder, Model) for one in (old, new))
    diff = compare_models(key, first, second, set_scene(request))
    on_progress("Comparing the versions", 1, 1)
    return diff


def _compare_nations(key: str, old: Path, new: Path, request: DiffRequest) -> ModelDiff:
    """Compare the clusters of the nation alone: they hold no firms."""
    pack = open_pack(request.pack)
    table = read_employment(pack, level=SECTOR_DIGITS, years=(pack.manifest.default_year,))
    sums = table.groupby("industry")["jobs"].sum()
    jobs = dict(zip(sums.index.astype(str), sums, strict=True))
    first, second = (load_version(folder, NationalModel) for folder in (old, new))
    return ModelDiff(
        key,
        "Clusters of the nation",
        old.name,
        new.name,
        pd.DataFrame(columns=list(COLUMNS)),
        list_national_moves(first, second, jobs),
        compare_inputs(first.facts, second.facts).describe(),
        (),
        request.top,
    )


def set_scene(request: DiffRequest) -> Scene:
    """Open the packs and find the markets."""
    pack = open_pack(request.pack)
    before = () if request.pack_before is None else (open_pack(request.pack_before),)
    markets = list_markets(pack) if request.market is None else (find_market(pack, request.market),)
    return Scene((*before, pack), markets, request.top)


def list_markets(pack: Pack) -> tuple[Market, ...]:
    """Markets of a pack that have firms, by short name."""
    countries = set(pack.read("firms", columns=("country",))["country"])
    table = pack.read("markets", columns=("market", "market_name", "country", "country_name"))
    markets = [
        Market(
            str(slug),
            str(rows["market_name"].iloc[0]),
            dict(zip(rows["country"], rows["country_name"], strict=True)),
        )
        for slug, rows in table.groupby("market", sort=True)
    ]
    return tuple(market for market in markets if countries & set(market.countries))


def compare_models(key: str, old: Model, new: Model, scene: Scene) -> ModelDiff:
    """Compare two versions of a region.

    Raises
    ------
    ModelError
        One scored by other criteria.
    """
    changes = compare_inputs(old.facts, new.facts)
    found = [find_firms(scene.packs, model) for model in (old, new)]
    both_known = all(pack is not None for pack in found)
    tables = [read_firm_tables(pack or scene.packs[-1]) for pack in found]
    # Lists that are not both at hand cannot be swapped: both versions score those of today.
    if not both_known:
        tables = [tables[1]] * 2
    has_other_firms = both_known and bool(changes.firm_tables)
    bench = Bench(make_side(old, tables[0]), make_side(new, tables[1]))
    differences = list_differences(bench.old, bench.new, same_firms=not has_other_firms)
    if YARDSTICK in differences and bench.can_refit(differences):
        bench = bench.refitting(differences)
        differences = tuple(thing for thing in differences if thing != YARDSTICK)
    swaps = plan_swaps(differences, changes)
    contest = Contest(bench, swaps, scene.markets, scene.top)
    return ModelDiff(
        key,
        new.region.name,
        str(old.facts["version"]),
        str(new.facts["version"]),
        list_moves(contest),
        list_cluster_moves(old, new),
        changes.describe(),
        (*_note_firms(found, changes), *_note_unseparated(swaps)),
        scene.top,
    )


def _note_firms(found: Sequence[Pack | None], changes: Changes) -> tuple[str, ...]:
    if all(pack is not None for pack in found):
        return ()
    which = [name for name, pack in zip(("old", "new"), found, strict=True) if pack is None]
    note = (
        f"The firms that the {' and the '.join(which)} version was made with are not at hand. Both "
        "versions score the firms that are: no entry or exit is put down to the list of firms"
    )
    if changes.firm_tables:
        note += f", though {FIRMS} changed ({', '.join(sorted(changes.firm_tables))})"
    return (f"{note}. Name the pack of then: --pack-before FOLDER.",)


def _note_unseparated(swaps: Sequence[Swap]) -> tuple[str, ...]:
    return tuple(
        f"{swap.way} ({', '.join(swap.things)}): {' and '.join(swap.suspects)} changed together "
        "and cannot be separated from what the versions keep."
        for swap in swaps
        if swap.cause == UNSEPARATED
    )
