"""What a place study found, in plain sentences, also where a simple score wins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cluster_engine.targeting.evaluation.intervals import beats
from cluster_engine.targeting.evaluation.metrics import METRICS
from cluster_engine.targeting.place.terms import OutcomeName
from cluster_engine.workflows.place_contest import CHALLENGER, ELEVEN, MODEL, Contest

FAR_FROM_CHANCE = 4.0
"""Standard errors of a ROC-AUC by chance that a shuffled run must stay within."""


def find_sentences(
    outcome: OutcomeName, contest: Contest, ablation: pd.DataFrame, facts: Mapping[str, Any]
) -> tuple[str, ...]:
    """Findings of a study of whether something happened."""
    said = [_say_own(contest)]
    said += [_say_gain(contest, name) for name in ("LQ alone", ELEVEN)]
    said += _say_winners(contest)
    said.append(_say_challenger(contest, facts))
    said.append(_say_groups(ablation))
    said.append(_say_shuffled(contest, facts["shuffled_roc_auc"]))
    said.append(
        f"Learned again from sectors drawn with replacement, {facts['stable_share']:.0%} of the "
        f"first {facts['stable_top']} stay (rank correlation of all cells "
        f"{facts['stable_rank_correlation']:.2f})."
    )
    if outcome == "entry":
        said.append(
            "Part of what is predicted is the survey: a sector that was there before, and that one "
            "year's sample missed, is likely to be back. The line of cells that were absent in "
            "every year shows what is left without it."
        )
    else:
        said.append(
            "Part of what is predicted is reversion: an LQ that has just risen tends to fall back. "
            "The terms of the group 'own' are therefore free to fall."
        )
    return tuple(said)


def _say_own(contest: Contest) -> str:
    parts = []
    for metric in METRICS:
        found = contest.figures[f"{MODEL}|{metric}"]
        parts.append(f"{metric} {found.value:.3f} ({found.low:.3f} to {found.high:.3f})")
    return f"The additive model reaches {' and '.join(parts)}."


def _say_gain(contest: Contest, name: str) -> str:
    parts, sure = [], True
    for metric in METRICS:
        gain = contest.figures[f"{name}|{metric}|gain"]
        sure &= beats(gain)
        parts.append(f"{metric} {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})")
    verdict = "more than its interval" if sure else "not more than its interval in both"
    return f"Gain over {name}: {', '.join(parts)}; {verdict}."


def _say_winners(contest: Contest) -> list[str]:
    said = []
    for name in contest.scores:
        if name in (MODEL, CHALLENGER):
            continue
        gains = {metric: contest.figures[f"{name}|{metric}|gain"] for metric in METRICS}
        won = [metric for metric, gain in gains.items() if gain.value <= 0]
        level = [metric for metric, gain in gains.items() if gain.value > 0 and not beats(gain)]
        if won:
            said.append(f"The baseline '{name}' wins or ties on {' and '.join(won)}.")
        if level:
            said.append(
                f"The baseline '{name}' is not beaten beyond the interval on {' and '.join(level)}."
            )
    return said or ["Every baseline is beaten beyond the interval, on both measures."]


def _say_challenger(contest: Contest, facts: Mapping[str, Any]) -> str:
    roc = contest.figures[f"{CHALLENGER}|ROC-AUC|gain"]
    verb = "is" if facts["challenger_used"] else "is not"
    return (
        f"The boosted challenger gains {-roc.value:+.3f} in ROC-AUC ({-roc.high:+.3f} to "
        f"{-roc.low:+.3f}) over the additive model, so it {verb} used: it must win on both "
        "measures by more than the interval."
    )


def _say_groups(ablation: pd.DataFrame) -> str:
    missed = [
        f"{row['without']} ({metric} {row[f'{metric} lost']:+.3f})"
        for metric in METRICS
        for row in ablation.to_dict("records")
        if row[f"{metric} low"] > 0
    ]
    if not missed:
        return "No group of features is missed beyond its interval when it alone is left out."
    return f"Missed beyond the interval when left out: {', '.join(missed)}."


def _say_shuffled(contest: Contest, found: Sequence[float]) -> str:
    """Whether shuffled outcomes stay within what chance does to a ROC-AUC (Mann-Whitney)."""
    outcome = contest.judged.response.values
    positive = float(outcome.sum())
    negative = len(outcome) - positive
    error = math.sqrt((len(outcome) + 1) / (12.0 * positive * negative))
    is_clean = max(abs(value - 0.5) for value in found) <= FAR_FROM_CHANCE * error
    verdict = (
        "the evaluation finds nothing where there is nothing"
        if is_clean
        else "the evaluation finds something where there is nothing: do not trust this study"
    )
    return (
        f"With outcomes shuffled the ROC-AUC is {min(found):.3f} to {max(found):.3f} in "
        f"{len(found)} runs: {verdict}."
    )
