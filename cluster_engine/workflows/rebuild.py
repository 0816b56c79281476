"""Make a version again from what its manifest says, and compare every file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import pandas as pd

from cluster_engine import __version__
from cluster_engine.clustering.naming import NameRule
from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.audit import PROTOCOL, read_manifest
from cluster_engine.registry.files import read_json
from cluster_engine.registry.locate import NATION_KEY, PLACE_KEY, ModelStore, make_key
from cluster_engine.registry.promote import promote
from cluster_engine.registry.versions import find_champion, find_version
from cluster_engine.settings import read_settings, rebuild_settings
from cluster_engine.workflows.cluster_files import read_similarity
from cluster_engine.workflows.inputs import PACKAGES, hash_table
from cluster_engine.workflows.mover import read_movers
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank import rank
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rebuilt_files import HARMLESS, Row, compare_folders
from cluster_engine.workflows.train import train
from cluster_engine.workflows.training import Training

COLUMNS = ["version", "file", "bytes", "is_same", "difference"]


@dataclass(frozen=True, slots=True)
class RebuildRequest:
    """Which version to make again.

    Attributes
    ----------
    region : str or None
        None: the pack's default.
    version : str or None
        None: the champion.
    pack : str or None
    market : str or None
        Its shortlist is compared too; None: none.
    similarity : Path or None
        The user's own matrix, if the version was made with one.
    movers : Path or None
        The list it has learned from, if it has.
    """

    region: str | None = None
    version: str | None = None
    pack: str | None = None
    market: str | None = None
    similarity: Path | None = None
    movers: Path | None = None


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came out.

    Attributes
    ----------
    region, version : str
    rows : DataFrame
        One row per file: version, file, bytes, is_same, and difference, one of
        `rebuilt_files.Difference`.
    packages : tuple of str
        Packages that are another version than those it was made with: which instead of which.
    """

    region: str
    version: str
    rows: pd.DataFrame
    packages: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether every byte is the same."""
        return bool(self.rows["is_same"].all())

    @property
    def is_equal(self) -> bool:
        """Whether every figure and every text is the same, in whatever bytes."""
        return bool(self.rows["difference"].isin(HARMLESS).all())


def rebuild_version(
    request: RebuildRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> Rebuilt:
    """Train a version again in a folder of its own and compare it with the one that is kept.

    Raises
    ------
    ModelError
        There is no such version, or it cannot be made again: the pack holds other figures, the
        engine or the protocol is another one, or the clusters it followed are no longer kept.
    """
    pack = open_pack(request.pack)
    region = find_region(pack, request.region)
    key = make_key(pack.manifest.name, region.slug)
    folder = _find_folder(store, key, request.version)
    manifest = read_manifest(folder)
    training = _recall_training(pack, manifest, folder, request)
    packages = _list_others(manifest)
    if packages:
        on_note(f"It was made with other packages: {', '.join(packages)}.")
    with tempfile.TemporaryDirectory(prefix="cluster-engine-") as working:
        home = ModelStore(Path(working), Path(working))
        _bring_predecessor(store, home, pack, str(manifest["facts"]["national"]))
        train(training, home, policy="force", on_progress=on_progress)
        pairs = [(folder, home.home / key / folder.name)]
        for shared, fact in ((NATION_KEY, "national"), (PLACE_KEY, "place")):
            made_with, name = make_key(pack.manifest.name, shared), manifest["facts"].get(fact)
            kept = None if name is None else find_version(store, made_with, str(name))
            if kept is not None:
                pairs.append((kept, home.home / made_with / kept.name))
        rows = [row for first, second in pairs for row in compare_folders(first, second)]
        if request.market is not None:
            rows.append(_compare_lists(request, folder, home))
    return Rebuilt(region.slug, folder.name, pd.DataFrame(rows, columns=COLUMNS), packages)


def _find_folder(store: ModelStore, key: str, version: str | None) -> Path:
    folder = find_champion(store, key) if version is None else find_version(store, key, version)
    if folder is None:
        raise ModelError(
            f"{key} has no {'champion' if version is None else f'sound version {version}'}.",
            hint="`cluster-engine models list` shows what is there.",
        )
    return folder


def _recall_training(
    pack: Pack, manifest: Mapping[str, Any], folder: Path, request: RebuildRequest
) -> Training:
    inputs = manifest["facts"]["inputs"]
    protocol = read_json(folder / "manifest.json")["protocol"]
    if inputs["engine"] != __version__ or protocol != PROTOCOL:
        raise ModelError(
            f"Version {folder.name} was made by engine {inputs['engine']} with protocol "
            f"{protocol}; this is {__version__} with {PROTOCOL}.",
            hint=f"Install cluster-engine=={inputs['engine']} to make it again.",
        )
    changed = [
        name
        for name, checksum in inputs["tables"].items()
        if not pack.has(name) or hash_table(pack, name) != checksum
    ]
    if changed:
        raise ModelError(
            f"Version {folder.name} was made from other tables than the pack holds: "
            f"{', '.join(changed)}.",
            hint="Name the pack of that time: --pack FOLDER.",
        )
    return _make_training(pack, inputs, folder, request)


def _list_others(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        f"{name} {installed_version(name)} instead of {version}"
        for name, version in manifest["facts"]["packages"].items()
        if name in PACKAGES and installed_version(name) != version
    )


def _make_training(
    pack: Pack, inputs: Mapping[str, Any], folder: Path, request: RebuildRequest
) -> Training:
    own = None if request.similarity is None else read_similarity(request.similarity, pack)
    training = Training(
        pack=pack,
        region=find_region(pack, inputs["region"]),
        settings=rebuild_settings(inputs["settings"], read_settings()),
        year=inputs["year"],
        seed=inputs["seed"],
        own=own,
        names=tuple(NameRule(**rule) for rule in inputs["names"]),
        movers=None if request.movers is None else read_movers(request.movers),
    )
    if training.version != folder.name:
        raise ModelError(
            f"Version {folder.name} was made with a matrix or a list of your own, or with other "
            "settings.",
            hint="Name what it was made with: --similarity FILE, --movers FOLDER.",
        )
    return training


def _bring_predecessor(store: ModelStore, home: ModelStore, pack: Pack, national: str) -> None:
    """Put the clusters whose numbers and names were carried on where training looks for them."""
    key = make_key(pack.manifest.name, NATION_KEY)
    there = find_version(store, key, national)
    follows = None if there is None else read_manifest(there)["facts"]["follows"]
    if follows is None:
        return
    folder = find_version(store, key, follows)
    if folder is None:
        raise ModelError(
            f"The clusters {national} carry on the names of {follows}, which is no longer kept.",
            hint="Only the clusters' numbers and names depend on it; train again to make new ones.",
        )
    target = home.folders(key)[0] / follows
    target.parent.mkdir(parents=True)
    shutil.copytree(folder, target)
    promote(home, key, target)


def _compare_lists(request: RebuildRequest, folder: Path, home: ModelStore) -> Row:
    """Rank a market with both versions, each as the champion of a store of its own."""
    with tempfile.TemporaryDirectory(prefix="cluster-engine-") as working:
        kept = ModelStore(Path(working), Path(working))
        target = kept.home / folder.parent.name / folder.name
        target.parent.mkdir()
        shutil.copytree(folder, target)
        promote(kept, folder.parent.name, target)
        ask = RankRequest(str(request.market), request.region, request.pack, may_train=False)
        lists = [
            rank(ask, store).rows.to_csv(index=False, lineterminator="\n").encode()
            for store in (kept, home)
        ]
    is_same = lists[0] == lists[1]
    name = f"shortlist of {request.market}"
    return folder.name, name, len(lists[0]), is_same, "" if is_same else "content"
