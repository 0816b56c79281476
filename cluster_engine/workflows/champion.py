"""The champion of a region: load it, train it where there is none, find a niche in it."""

from __future__ import annotations

from typing import Any

from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import make_slug, refuse_unknown
from cluster_engine.packs.pack import Pack
from cluster_engine.registry.locate import ModelStore, make_key
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model, Region
from cluster_engine.workflows.progress import Note, Progress


def get_champion(
    pack: Pack,
    region: Region,
    store: ModelStore,
    *,
    may_train: bool,
    on_note: Note,
    on_progress: Progress,
) -> Model:
    """Load the region's champion; train one if there is none and that is allowed.

    Raises
    ------
    ModelError
        There is none and it may not be trained, or it is damaged.
    """
    champion = load_champion(store, make_key(pack.manifest.name, region.slug), Model)
    if champion is not None:
        note_stale(pack, champion, on_note)
        return champion
    if not may_train:
        hint = f"Run: cluster-engine train --region {region.slug}"
        raise ModelError(f"{region.name} has no model yet.", hint=hint)
    on_note(f"{region.name} has no model yet: training it once, it is kept for next time.")
    # Training needs scikit-learn, which takes a second to import; ranking must not pay for it.
    from cluster_engine.settings import read_settings
    from cluster_engine.workflows.train import train
    from cluster_engine.workflows.training import Training

    training = Training(pack, region, read_settings(), pack.manifest.default_year)
    return train(training, store, on_progress=on_progress).model


def find_niches(model: Model, asked: str) -> list[str]:
    """Names of the niche clusters meant: the one of that name, or all that contain the words.

    Raises
    ------
    SettingsError
        None; the known ones are listed.
    """
    names = {make_slug(name): str(name) for name in model.niches["name"]}
    wanted = make_slug(asked)
    if wanted in names:
        return [names[wanted]]
    hits = [name for slug, name in names.items() if wanted and wanted in slug]
    if not hits:
        raise refuse_unknown(f"niche cluster of {model.region.name}", asked, names)
    return hits


def note_stale(pack: Pack, model: Model, on_note: Note) -> None:
    """Say which tables of the pack are no longer those the model was trained on."""
    inputs: dict[str, Any] = model.facts["inputs"]["tables"]
    changed = [
        entry.name
        for entry in pack.manifest.tables
        if entry.sha256 and entry.name in inputs and inputs[entry.name] != entry.sha256
    ]
    if changed:
        on_note(
            f"The model was trained on other figures than the pack holds now ({', '.join(changed)})"
            f". Run: cluster-engine train --region {model.region.slug}"
        )
