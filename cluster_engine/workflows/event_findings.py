"""What a study of projects found, in tables and plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cluster_engine.results import Study
from cluster_engine.targeting.evaluation.intervals import Interval, beats
from cluster_engine.targeting.place.events import Choices
from cluster_engine.workflows.event_lists import NATION, OWN
from cluster_engine.workflows.event_rounds import (
    BASELINES,
    LEAN,
    MODEL,
    NO_STATISTICS,
    PAST_SHARE,
    Round,
)
from cluster_engine.workflows.place_contest import lay_out_summary

MARK_WORDS = {
    "log_loss": "log-loss",
    "hit_1": "hit@1",
    "hit_3": "hit@3",
    "rank": "mean rank",
}


def describe_events(
    choices: Choices, split: int, rounds: Mapping[str, Any], counts: Mapping[str, Any]
) -> Study:
    """Put the rounds of a study into words.

    Parameters
    ----------
    choices : Choices
    split : int
        Last year that was learned from.
    rounds : mapping
        ``split`` and ``rolling`` (:class:`Round`), ``lists`` and ``weights`` (DataFrame),
        ``shuffled`` (float).
    counts : mapping
        listed, usable, cancelled, without_area, investors, statistics_of, first_year, last_year.
    """
    one, rolling = rounds["split"], rounds["rolling"]
    sentences = [
        _count(counts, one),
        *(_compare(one, base, f"After {split}") for base in BASELINES),
        *(_compare(rolling, base, "Year by year") for base in BASELINES),
        _compare(one, PAST_SHARE, "For first entries alone", part="first"),
        _compare(one, PAST_SHARE, "From past projects and nearness alone", model=NO_STATISTICS),
        *_tell_leak(one, counts),
        _tell_lists(rounds["lists"]),
        "With the regions dealt out by lot the model gains "
        f"{rounds['shuffled']:+.3f} in log-loss over past shares: there is nothing to learn then.",
    ]
    return Study(
        "events",
        "Which region a foreign project chose",
        "Given origin, sector and year of a project: which of "
        f"{choices.features.shape[1]} regions? "
        f"Learned on {one.n_learned} projects of {counts['first_year']}-{split}, judged on "
        f"{one.n_judged} of {split + 1}-{counts['last_year']}; and again year by year, each from "
        "all years before. Shares of past projects know earlier years only. Intervals: 90 %, whole "
        "investors drawn.",
        _gather_tables(split, rounds),
        tuple(sentences),
        {
            **counts,
            "split": split,
            "n_learned": one.n_learned,
            "n_judged": one.n_judged,
            "n_first_entries": one.n_first,
            "gains": {name: _plain(found) for name, found in one.gains.items()},
            "gains_rolling": {name: _plain(found) for name, found in rolling.gains.items()},
            "gain_when_shuffled": rounds["shuffled"],
            "summary": _summarise(one),
        },
    )


def _gather_tables(split: int, rounds: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return (
        (f"Learned to {split}, judged after", rounds["split"].figures),
        ("Rolling origin: every year from those before it", rounds["rolling"].figures),
        ("Weights, per standard deviation between regions", rounds["weights"]),
        ("Lists of origin and sector per region: recall of later projects", rounds["lists"]),
    )


def _summarise(found: Round) -> list[dict[str, object]]:
    """Rows of the table on the terminal: the model's marks beside every baseline."""
    own = {
        row["mark"]: Interval(row["value"], row["low"], row["high"], {})
        for row in found.figures.to_dict("records")
        if row["projects"] == "all" and row["model"] == MODEL
    }
    return [
        lay_out_summary(name, own[mark], base, found.gains[f"{MODEL}|{base}|{mark}|all"])
        for mark, name in MARK_WORDS.items()
        for base in BASELINES
    ]


def _count(counts: Mapping[str, Any], one: Round) -> str:
    return (
        f"Of {counts['listed']} foreign projects listed {counts['usable']} went ahead in one "
        "region "
        f"({counts['cancelled']} were cancelled, {counts['without_area']} name several), by "
        f"{counts['investors']} investors. Of those judged {one.n_first} are first entries and "
        f"{one.n_judged - one.n_first} by investors who had come before."
    )


def _compare(found: Round, base: str, lead: str, *, part: str = "all", model: str = MODEL) -> str:
    """Say where the model wins, where the baseline wins, and where nobody can tell."""
    words: dict[str, list[str]] = {"better": [], "worse": [], "open": []}
    for mark, name in MARK_WORDS.items():
        gain = found.gains.get(f"{model}|{base}|{mark}|{part}")
        if gain is None:
            return f"{lead}: no such projects."
        text = f"{name} {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})"
        kind = "better" if beats(gain) else "worse" if gain.high < 0 else "open"
        words[kind].append(text)
    parts = []
    if words["better"]:
        parts.append(f"the model is better than '{base}' by {', '.join(words['better'])}")
    if words["worse"]:
        parts.append(f"'{base}' WINS over the model by {', '.join(words['worse'])}")
    if words["open"]:
        parts.append(f"no difference beyond chance from '{base}' in {', '.join(words['open'])}")
    return f"{lead}, {'; '.join(parts)}. Positive is better for the model."


def _tell_leak(found: Round, counts: Mapping[str, Any]) -> list[str]:
    loss = {
        row["model"]: row["value"]
        for row in found.figures.to_dict("records")
        if row["projects"] == "all" and row["mark"] == "log_loss"
    }
    if counts["statistics_of"] <= counts["first_year"]:
        return []
    return [
        f"LEAK: the statistics are of {counts['statistics_of']}, the projects of "
        f"{counts['first_year']}-{counts['last_year']}: plants that the projects built stand in "
        f"the figures that foretell them. Log-loss is {loss[MODEL]:.3f} with the figures as they "
        f"are, {loss[LEAN]:.3f} with the jobs that all projects announced taken off, and "
        f"{loss[NO_STATISTICS]:.3f} without any statistics. Only the last is free of the leak; "
        "jobs at suppliers who followed are never taken off.",
    ]


def _tell_lists(lists: Any) -> str:
    recall = {(row["list"], row["k"]): row for row in lists.to_dict("records")}
    k = 10

    def show(name: str) -> str:
        row = recall[name, k]
        return f"{row['recall']:.0%} ({row['low']:.0%} to {row['high']:.0%})"

    best = max((NATION, OWN), key=lambda name: recall[name, k]["recall"])
    wins = recall[best, k]["recall"] > recall[MODEL, k]["recall"]
    return (
        f"Of later projects in a region, {show(MODEL)} are of a pair of origin and sector among "
        f"the first {k} of the model's list for it; {show(NATION)} with {NATION}, {show(OWN)} with "
        f"{OWN}." + (f" The simple list of {best} WINS." if wins else "")
    )


def _plain(found: Interval) -> dict[str, float]:
    return {"value": found.value, "low": found.low, "high": found.high}
