"""Explain one firm's rank: the calculation, the evidence behind it, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.parameters import Value
from cluster_engine.results import Explanation, Market, Model, Ranking
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.draw_blocks import RankDraws
from cluster_engine.targeting.evidence import Exhibit, write_evidence
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.part_words import PART_WORDS
from cluster_engine.targeting.pitch import choose_driver, write_proposition
from cluster_engine.targeting.rank import RankPlan, list_firms
from cluster_engine.targeting.reference import standardise
from cluster_engine.targeting.score import Scored, list_missing, score_market
from cluster_engine.targeting.standing import find_standing
from cluster_engine.targeting.value import Project, estimate_value
from cluster_engine.targeting.what_if import try_changes


@dataclass(frozen=True, slots=True)
class Asked:
    """The firm to explain, and what is known beside the tables.

    Attributes
    ----------
    firm_id : str
        One of the firms that are ranked.
    project : Project
        What is known of its project.
    value : Value
        Priors of what a first project brings.
    notes : sequence of str
        What a person should look at first.
    """

    firm_id: str
    project: Project
    value: Value
    notes: Sequence[str] = ()


def explain_firm(
    model: Model, market: Market, tables: FirmTables, plan: RankPlan, asked: Asked,
    *, scored: Scored | None = None, drawn: RankDraws | None = None,
) -> Explanation:  # fmt: skip
    """Explain the rank of one firm among the firms of its market.

    Parameters
    ----------
    model, market, tables, plan
        As in :func:`cluster_engine.targeting.rank.rank_firms`: the same calculation.
    asked : Asked
    scored : Scored, optional
        The market's firms under this plan, where they have been scored already.
    drawn : RankDraws, optional
        As in :func:`cluster_engine.targeting.rank.list_firms`.

    Raises
    ------
    KeyError
        The firm is not among those that are ranked.
    """
    if scored is None:
        scored = score_market(model, market, tables, plan.scoring)
    hits = np.flatnonzero(scored.features.firms["firm_id"] == asked.firm_id)
    if not len(hits):
        raise KeyError(asked.firm_id)
    position = int(hits[0])
    standing = find_standing(scored, market, tables)
    ranking = list_firms(scored, hits, standing, model, market, plan, drawn=drawn)
    firm = _to_row(scored.features.firms.iloc[position])
    sectors = model.sectors.set_index("industry")
    sector = _to_row(sectors.loc[firm["main_industry"]])
    value = estimate_value(
        sector, model.sectors,
        (float(scored.filled["employees"][position]),
         float(model.reference["parts"]["employees"]["mean"])),
        asked.project, asked.value, plan.uncertainty,
    )  # fmt: skip
    criteria = _list_criteria(scored, position, model, plan, ranking, (firm, sector))
    driver, source = choose_driver(
        dict(zip(criteria["criterion"], criteria["standardised"], strict=True)),
        str(firm["main_industry"]),
    )
    return Explanation(
        ranking=ranking,
        criteria=criteria,
        parts=_list_parts(scored, position, model),
        codes=_list_codes(tables, asked.firm_id, sectors),
        unknown=_list_unknown(scored, position, model),
        changes=try_changes(scored, position, model, plan.scoring),
        value=value,
        proposition=write_proposition(firm, sector, model.region.name, value),
        driver=driver,
        driver_from=source,
        notes=tuple(asked.notes),
    )


def _to_row(row: pd.Series) -> Mapping[str, Any]:
    return {str(name): value for name, value in row.items()}


def _list_criteria(
    scored: Scored,
    position: int,
    model: Model,
    plan: RankPlan,
    ranking: Ranking,
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> pd.DataFrame:
    trained = model.facts["inputs"]["settings"]
    evidence = write_evidence(
        Exhibit(
            rows[0], rows[1], model.region.name, float(trained["regional"]["delta"]),
            float(trained["concentration"]["prior_strength"]),
        )
    )  # fmt: skip
    values = standardise(scored.filled, scored.features.trust, model.reference, plan.scoring)
    table = pd.DataFrame(
        {
            "criterion": criterion.name,
            "label": criterion.label,
            "question": criterion.question,
            "weight": plan.scoring.weights[criterion.weight_name],
            "weight_nature": _name_nature(criterion.weight_name, plan),
            "standardised": float(values[criterion.name][position]),
            "points": float(ranking.rows[f"points_{criterion.name}"].iloc[0]),
            "evidence": evidence.get(criterion.name, ()),
        }
        for criterion in CRITERIA
    )
    return table.sort_values("points", ascending=False, kind="stable").reset_index(drop=True)


def _name_nature(weight: str, plan: RankPlan) -> str:
    if weight in plan.user_weights:
        return "user"
    return "learned" if weight in plan.learned else "prior"


def _list_parts(scored: Scored, position: int, model: Model) -> pd.DataFrame:
    missing = list_missing(scored, model.reference)
    rows = []
    for criterion in CRITERIA:
        for part in criterion.parts:
            words = PART_WORDS[part]
            known = not scored.unknown[part][position]
            rows.append(
                {
                    "criterion": criterion.name,
                    "part": part,
                    "label": words.label,
                    "unit": words.unit,
                    "nature": words.nature if known else "prior",
                    "value": words.show(float(scored.filled[part][position])),
                    "average": words.show(float(model.reference["parts"][part]["mean"])),
                    "is_known": known,
                    "is_known_of_any_firm": part not in missing,
                }
            )
    return pd.DataFrame(rows)


def _list_codes(tables: FirmTables, firm_id: str, sectors: pd.DataFrame) -> pd.DataFrame:
    codes = tables.firm_industries
    own = codes[(codes["firm_id"] == firm_id) & codes["industry"].isin(sectors.index)]
    own = own.sort_values(["weight", "industry"], ascending=[False, True], kind="stable")
    return own.assign(name=sectors["name"].reindex(own["industry"]).to_numpy())[
        ["industry", "name", "weight", "basis", "confidence"]
    ].reset_index(drop=True)


def _list_unknown(scored: Scored, position: int, model: Model) -> pd.DataFrame:
    missing = list_missing(scored, model.reference)
    rows = []
    for criterion in CRITERIA:
        for part in criterion.parts:
            if scored.unknown[part][position]:
                words = PART_WORDS[part]
                shown = words.show(float(scored.filled[part][position]))
                is_missing = part in missing
                rows.append(
                    {
                        "label": words.label,
                        "unit": "" if is_missing else words.unit,
                        "stand_in": "nothing: known of no firm" if is_missing else shown,
                    }
                )
    return pd.DataFrame(rows, columns=["label", "unit", "stand_in"])
