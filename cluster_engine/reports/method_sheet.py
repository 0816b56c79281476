"""How a list was made, in rows that a reader of the workbook can take in."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from cluster_engine.reports.handover import Handover

QUESTIONS = {
    "place": "Would such a firm choose this region?",
    "mover": "Is it able and likely to expand abroad?",
    "value": "What would it bring?",
}

READING = (
    ("Score", "Base plus the points of all criteria (sheet Reasons). It orders firms by fit; it is "
     "not a probability that a firm invests."),
    ("Rank, best and worst", "In 90 of 100 draws over what is uncertain (figures, weights, unknown "
     "inputs) the firm's rank lies between these two."),
    ("Band", "Firms of one band cannot be told apart: take them in any order."),
    ("Unknown inputs", "Never counted as zero: a typical value stands in, the interval widens, and "
     "the data notes say so."),
    ("Gap", "What the region buys of an input outside the region, times how close the region is to "
     "making it. Low and high: the range of the method's parameter, not of the data."),
    ("Data notes", "Read them before a firm is called: industries coded by hand, old figures, "
     "holdings, areas of national security."),
)  # fmt: skip

Row = tuple[str, float | None, str]


def list_method(handover: Handover, run_id: str) -> pd.DataFrame:
    """List what the sheet Method says.

    Returns
    -------
    DataFrame
        topic, figure (NaN where there is none), text.
    """
    rows = [*_list_run(handover, run_id), *_list_weights(handover)]
    rows += [(topic, None, text) for topic, text in READING]
    return pd.DataFrame(rows, columns=["topic", "figure", "text"]).astype({"figure": "float64"})


def _list_run(handover: Handover, run_id: str) -> Iterator[Row]:
    ranking, facts = handover.ranking, handover.facts
    yield "Run", None, run_id or "not recorded"
    yield "Region", None, ranking.region.name
    yield "Market", None, ranking.market.name
    yield "Data", None, f"{facts['pack_title']} ({facts['pack']})"
    yield "Industry codes", None, str(facts["classification"])
    yield "Model", None, f"{ranking.version}; weights: {_name_weights(handover)}"
    yield "Jobs of the year", float(ranking.year), "Year of the employment figures."
    yield "Firms ranked", float(ranking.n_ranked), f"of {ranking.market.name}"
    yield "Firms left out", float(ranking.n_unranked), "without an industry, or only a holding's"
    size = "Rank correlation of score and employees: near 1, the list is a sort by size."
    yield "Correlation with size", round(ranking.size_correlation, 2), size
    yield "Draws", float(ranking.draws), f"behind the intervals; seed {ranking.seed}"


def _list_weights(handover: Handover) -> Iterator[Row]:
    yield "Base", handover.ranking.base, "Score of a firm that is average on every criterion."
    for row in handover.criteria.to_dict("records"):
        whose = "your weight" if row["nature"] == "user" else "prior weight"
        asked = QUESTIONS.get(str(row["question"]), "")
        text = f"{row['meaning']} ({asked} {whose}, points per standard deviation)"
        yield f"Weight: {row['label']}", float(row["weight"]), text


def _name_weights(handover: Handover) -> str:
    own = handover.ranking.user_weights
    if not own:
        return "priors, not learned from outcomes"
    told = ", ".join(f"{name} {weight:g}" for name, weight in own.items())
    return f"set by you: {told}; the others are priors"
