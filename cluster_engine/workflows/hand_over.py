"""Rank a market and gather all that an export of the list should carry."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firm_schemas import FIRM_INDUSTRIES, FIRM_NOTES
from cluster_engine.firms.identifiers import find_host, is_lei
from cluster_engine.registry.locate import ModelStore
from cluster_engine.reports.handover import Handover
from cluster_engine.results import Model, Ranking
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.part_words import PART_WORDS
from cluster_engine.targeting.pitch import choose_driver
from cluster_engine.targeting.rank import RankPlan
from cluster_engine.workflows.chosen_firms import ChosenFirms, TakeMatches
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank import rank_scene
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Scene, set_scene, set_stage

MOST_NAMED = 5
"""Firms named beside a gap they could fill."""

OWN_NOTES = ("home region",)
"""Data notes that say something else of every firm, and so are not counted."""

_WEB_ADDRESS = re.compile(r"(?:https?://)?[^\s:/@?#]+\.[^\s:/@?#]+(?:[:/?#]\S*)?", re.IGNORECASE)

Floats = NDArray[np.float64]
Finding = tuple[str, int | None, int | None, str]


def rank_to_hand_over(
    request: RankRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
    on_matches: TakeMatches = be_silent,
) -> Handover:
    """Rank one market and gather what goes with the list; as :func:`workflows.rank.rank`."""
    place = request.lists.find_dataset()
    if place is not None:
        return _rank_dataset(place, request, store, on_note, on_progress)
    request.engine.refuse_without_dataset()
    scene = set_scene(
        request, store, on_note=on_note, on_progress=on_progress, on_matches=on_matches
    )
    return gather(scene, rank_scene(scene, on_note=on_note))


def _rank_dataset(
    place: str, request: RankRequest, store: ModelStore, on_note: Note, on_progress: Progress
) -> Handover:
    """Rank a converted list: of its firms only those listed are at hand."""
    from cluster_engine.workflows.big_firms import rank_dataset_at

    stage = set_stage(request, store, on_note=on_note, on_progress=on_progress)
    found = rank_dataset_at(place, stage, request.engine, on_note=on_note, on_progress=on_progress)
    codes = pd.DataFrame(columns=list(FIRM_INDUSTRIES.column_names))
    notes = pd.DataFrame(columns=list(FIRM_NOTES.column_names))
    chosen = ChosenFirms(FirmTables(found.firms, codes), lambda: notes, "Your list has")
    scene = Scene(stage.pack, stage.market, stage.model, stage.plan, chosen)
    return gather(scene, found.ranking)


def gather(scene: Scene, ranking: Ranking) -> Handover:
    """Gather what goes with a ranking of a scene; nothing is read again and nothing fitted.

    Parameters
    ----------
    scene : Scene
        What was ranked, and with what.
    ranking : Ranking
        Of this scene; may be cut to some of its firms.
    """
    manifest, trained = scene.pack.manifest, scene.model.facts["inputs"]
    return Handover(
        ranking=ranking,
        firms=_list_firms(scene, ranking),
        criteria=_list_criteria(scene.plan),
        niches=_count_niches(scene.model, ranking),
        gaps=_list_gaps(scene.model, ranking),
        sources=pd.DataFrame(
            [(s.id, s.title, s.publisher, s.vintage, s.licence, s.url) for s in manifest.sources],
            columns=["id", "title", "publisher", "vintage", "licence", "url"],
        ),
        quality=pd.DataFrame(
            _list_findings(scene, ranking), columns=["what", "count", "of", "remark"]
        ).astype({"count": "Int64", "of": "Int64"}),
        facts={
            "pack": manifest.name, "pack_title": manifest.title, "currency": manifest.currency,
            "classification": manifest.classification, "host_country": manifest.host_country,
            "model_made_from": trained["tables"],
            "model_settings_sha256": hash_settings(trained["settings"]),
        },
    )  # fmt: skip


def _list_firms(scene: Scene, ranking: Ranking) -> pd.DataFrame:
    rows = ranking.rows
    own = scene.chosen.tables.firms.drop_duplicates("firm_id").set_index("firm_id")
    own = own.reindex(rows["firm_id"]).reset_index()
    website = read_websites(own["website"])
    leis = [scene.chosen.leis.get(str(firm), "") for firm in rows["firm_id"]]
    weights = scene.plan.scoring.weights
    return pd.DataFrame(
        {
            "firm_id": rows["firm_id"].to_numpy(),
            "website": website.to_numpy(),
            "domain": [find_host(site) for site in website],
            "employees": _read_employees(own, scene.plan.scoring.largest_sales_per_employee),
            "lei": [lei if is_lei(lei) else "" for lei in leis],
            "strategic_driver": [_choose_driver(row, weights) for row in rows.to_dict("records")],
        }
    )


def read_websites(websites: pd.Series) -> pd.Series:
    """Addresses of web pages; '' for all else: a list may hold `javascript:` where CRMs link."""
    texts = websites.fillna("").astype(str)
    return texts.where(texts.str.fullmatch(_WEB_ADDRESS), "")


def _read_employees(firms: pd.DataFrame, most_sales: float) -> Floats:
    """Employees, persons; unknown where the score does not believe the figure either."""
    employees = firms["employees"].astype("float64")
    doubted = firms["sales"].astype("float64") > most_sales * employees
    return np.asarray(employees.mask(doubted), dtype=np.float64)


def _choose_driver(row: Mapping[Any, Any], weights: Mapping[str, float]) -> str:
    """Strategic driver as in `explain`: from the points in standard deviations."""
    values = {
        criterion.name: float(row[f"points_{criterion.name}"]) / weights[criterion.weight_name]
        for criterion in CRITERIA
        if weights[criterion.weight_name]
    }
    return choose_driver(values, str(row["industry_code"]))[0]


def _list_criteria(plan: RankPlan) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "criterion": criterion.name,
            "label": criterion.label,
            "question": criterion.question,
            "meaning": criterion.meaning,
            "weight": plan.scoring.weights[criterion.weight_name],
            "nature": "user" if criterion.weight_name in plan.user_weights else "prior",
        }
        for criterion in CRITERIA
    )


def _count_niches(model: Model, ranking: Ranking) -> pd.DataFrame:
    listed = Counter(ranking.rows["niche_cluster"])
    return model.niches.assign(n_listed=[listed[name] for name in model.niches["name"]])


def _list_gaps(model: Model, ranking: Ranking) -> pd.DataFrame:
    """One row per input-output industry; the largest gap first, unknown ones last."""
    sectors = model.sectors.dropna(subset=["io_name"])
    makes = sectors.set_index("industry")["io_name"]
    maker = ranking.rows["industry_code"].map(makes)
    names = ranking.rows.groupby(maker.to_numpy(dtype=object), sort=False)["firm_name"].agg(list)
    rows = sectors.drop_duplicates("io_name").sort_values(
        ["gap_value", "io_name"], ascending=[False, True], na_position="last", kind="stable"
    )
    who = [names.get(name, []) for name in rows["io_name"]]
    return pd.DataFrame(
        {
            "industry": rows["io_name"].to_numpy(),
            "leaked": rows["gap_leaked"].to_numpy(),
            "relatedness": rows["gap_relatedness"].to_numpy(),
            "gap": rows["gap_value"].to_numpy(),
            "gap_low": rows["gap_low"].to_numpy(),
            "gap_high": rows["gap_high"].to_numpy(),
            "reason": rows["gap_reason"].fillna("").to_numpy(),
            "n_listed": [len(firms) for firms in who],
            "listed": ["; ".join(firms[:MOST_NAMED]) + (" …" if len(firms) > MOST_NAMED else "")
                       for firms in who],
        }
    )  # fmt: skip


def hash_settings(settings: Any) -> str:
    """SHA-256 of settings, whatever their order."""
    text = json.dumps(settings, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _list_findings(scene: Scene, ranking: Ranking) -> Iterator[Finding]:
    """What a reader must know of the data behind the list, counted over its firms."""
    rows, listed = ranking.rows, len(ranking.rows)
    total = ranking.n_ranked + ranking.n_unranked
    yield "firms of the market ranked", ranking.n_ranked, total, ""
    yield ("firms left out", ranking.n_unranked, total,
           "no industry code, or only that of a holding")  # fmt: skip
    yield "firms of this list", listed, ranking.n_ranked, ""
    notes = Counter(note for text in rows["data_notes"] for note in str(text).split("; ") if note)
    for note, count in sorted(notes.items(), key=lambda item: (-item[1], item[0])):
        if count > 1 and not note.startswith(OWN_NOTES):
            yield note, count, listed, "data note"
    for part in ranking.missing:
        yield (f"{PART_WORDS[part].label}: known of no firm", None, None,
               "adds nothing to any score")  # fmt: skip
    for remark in scene.pack.manifest.remarks:
        yield remark, None, None, f"pack {scene.pack.manifest.name}"
