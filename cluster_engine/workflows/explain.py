"""Explain why a firm has its rank for a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.packs.choices import make_slug
from cluster_engine.parameters import Value
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Explanation, Market
from cluster_engine.settings import rebuild
from cluster_engine.targeting.draw_blocks import RankDraws
from cluster_engine.targeting.explain import Asked, explain_firm
from cluster_engine.targeting.features import build_features
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.value import Project
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank_notes import join_firm_notes, note_ranking
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Scene, set_scene

LONGEST_NAME = 3
"""Words of a firm's name that are compared with a misspelt one."""

MOST_NAMED = 8
"""Firms named where a name fits several."""


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """Which firm, in which list.

    Attributes
    ----------
    firm : str
        firm_id, or the name or a part of it.
    ranking : RankRequest
        The list it stands in.
    project : Project
        What is known of its project.
    """

    firm: str
    ranking: RankRequest
    project: Project = Project()  # noqa: RUF009 - frozen


def explain(
    request: ExplainRequest,
    store: ModelStore,
    *,
    on_note: Note = be_silent,
    on_progress: Progress = be_silent,
) -> Explanation:
    """Explain one firm's rank; the same calculation as the ranking itself.

    Parameters
    ----------
    request : ExplainRequest
    store : ModelStore
        Where champions lie.
    on_note, on_progress : callable, optional
        As in :func:`cluster_engine.workflows.rank.rank`.

    Raises
    ------
    SettingsError
        The firm is unknown, ambiguous or cannot be ranked; or as in ``rank``.
    ModelError, DataError
        As in ``rank``.
    """
    _check_project(request.project)
    scene = set_scene(request.ranking, store, on_note=on_note, on_progress=on_progress)
    return explain_in_scene(request, scene, on_note=on_note)


def explain_in_scene(
    request: ExplainRequest, scene: Scene, *, on_note: Note = be_silent,
    scored: Scored | None = None, drawn: RankDraws | None = None,
) -> Explanation:  # fmt: skip
    """Explain one firm's rank in a scene that is set; see :func:`explain`.

    Scores and draws of the whole market, made under the scene's plan, need not be made again.
    """
    firm_id = find_firm(scene, request.firm)
    notes = scene.chosen.notes()
    told = join_firm_notes(notes[notes["firm_id"] == firm_id])
    value = rebuild(Value, scene.model.facts["inputs"]["settings"]["value"])
    asked = Asked(firm_id, request.project, value, tuple(told))
    found = explain_firm(
        scene.model, scene.market, scene.chosen.tables, replace(scene.plan, top=None), asked,
        scored=scored, drawn=drawn,
    )  # fmt: skip
    # What is said of the whole list is said of the list; a reader of one firm needs the weights.
    note_ranking(replace(found.ranking, n_unranked=0), scene.chosen.whose, on_note)
    return found


def find_firm(scene: Scene, asked: str) -> str:
    """Find the firm meant among those of the market.

    Raises
    ------
    SettingsError
        None, several, or one that cannot be ranked.
    """
    firms = scene.chosen.tables.firms
    here = firms[firms["country"].isin(scene.market.countries)]
    hits = _match(here, asked)
    if len(hits) > 1:
        named = "; ".join(f"{row.firm_name} ({row.firm_id})" for row in hits.head(MOST_NAMED)
                          .itertuples())  # fmt: skip
        more = f" and {len(hits) - MOST_NAMED} more" if len(hits) > MOST_NAMED else ""
        raise SettingsError(
            f"'{asked}' fits {len(hits)} firms of {scene.market.name}: {named}{more}.",
            hint="Give the firm_id in brackets.",
        )
    if hits.empty:
        raise _refuse(here, asked, scene.market)
    firm_id = str(hits["firm_id"].iloc[0])
    codes = scene.chosen.tables.firm_industries
    own = codes[codes["firm_id"] == firm_id]
    tables = replace(scene.chosen.tables, firms=hits, firm_industries=own)
    if build_features(tables, scene.model.sectors).firms.empty:
        raise SettingsError(
            f"{hits['firm_name'].iloc[0]} ({firm_id}) cannot be ranked: it has no industry code, "
            "or only that of a holding.",
            hint="Give its industry: cluster-engine data import firms … --corrections FILE",
        )
    return firm_id


def _match(firms: pd.DataFrame, asked: str) -> pd.DataFrame:
    """Firms of this id; else of this name; else whose name begins with it; else contains it."""
    by_id = firms[firms["firm_id"] == asked]
    if len(by_id):
        return by_id
    wanted = make_slug(asked)
    slugs = firms["firm_name"].map(make_slug)
    if not wanted:
        return firms.iloc[:0]
    padded = "-" + slugs + "-"
    tests: Mapping[str, pd.Series] = {
        "name": slugs == wanted,
        "first words": slugs.str.startswith(f"{wanted}-"),
        "words inside": padded.str.contains(f"-{wanted}-", regex=False),
        "letters inside": slugs.str.contains(wanted, regex=False),
    }
    for found in tests.values():
        if found.any():
            return firms[found.to_numpy()]
    return firms.iloc[:0]


def _refuse(firms: pd.DataFrame, asked: str, market: Market) -> SettingsError:
    # People leave out hyphens and forms of company: compare letters of the first words.
    names: dict[str, str] = {}
    for name in firms["firm_name"]:
        words = make_slug(name).split("-")
        for length in range(min(len(words), LONGEST_NAME), 0, -1):
            names.setdefault("".join(words[:length]), str(name))
    wanted = make_slug(asked).replace("-", "")
    near = list(dict.fromkeys(names[key] for key in get_close_matches(wanted, list(names), n=3)))
    hint = (
        f"Did you mean {' or '.join(repr(name) for name in near)}?"
        if near
        else f"See the names: cluster-engine rank --market {market.slug} --top 1000"
    )
    return SettingsError(f"There is no firm '{asked}' from {market.name} in the list.", hint=hint)


def _check_project(project: Project) -> None:
    if project.gva_multiplier is not None and project.jobs is None and project.capex is None:
        raise SettingsError(
            "--gva-multiplier needs the project's figures.",
            hint="Add --project-jobs N or --project-capex MILLIONS.",
        )
