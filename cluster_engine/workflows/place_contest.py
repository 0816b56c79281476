"""A contest of scores on the same judged cells: baselines, earlier models, model, challenger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.targeting.evaluation.baselines import BASELINES, Panel
from cluster_engine.targeting.evaluation.intervals import Interval, bootstrap
from cluster_engine.targeting.evaluation.metrics import METRICS, put_in_order
from cluster_engine.targeting.place.challenger import fit_challenger
from cluster_engine.targeting.place.data import measure_lq
from cluster_engine.targeting.place.learning import Penalty, learn
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import EARLIER_ELEVEN, list_terms
from cluster_engine.workflows.place_samples import PlacePanel

Floats = NDArray[np.float64]

MODEL = "additive model"
CHALLENGER = "boosted challenger"
ELEVEN = "eleven features of one year"


@dataclass(frozen=True, slots=True)
class Contest:
    """Scores of every entrant on the judged cells, and how they did.

    Attributes
    ----------
    judged : Sample
    scores : mapping of str to ndarray of float, shape (n_cells,)
    figures : mapping of str to Interval
        '<entrant>|<metric>', and '<entrant>|<metric>|gain' for the model's gain over it.
    """

    judged: Sample
    scores: Mapping[str, Floats]
    figures: Mapping[str, Interval]

    def tabulate(self) -> pd.DataFrame:
        """One row per entrant: each metric with its interval, and the model's gain over it."""
        rows = []
        for name in self.scores:
            row: dict[str, object] = {"score": name}
            for metric in METRICS:
                found = self.figures[f"{name}|{metric}"]
                row |= {
                    metric: found.value,
                    f"{metric} low": found.low,
                    f"{metric} high": found.high,
                }
            rows.append(row)
        return pd.DataFrame(rows)

    def summarise(self, over: Sequence[str]) -> list[dict[str, object]]:
        """JSON-ready rows of the terminal's table: the model's figures and gains over some."""
        rows = []
        for name in over:
            for metric in METRICS:
                own = self.figures[f"{MODEL}|{metric}"]
                gain = self.figures[f"{name}|{metric}|gain"]
                rows.append(lay_out_summary(metric, own, name, gain))
        return rows

    def tabulate_gains(self) -> pd.DataFrame:
        """One row per other entrant and metric: paired gain of the model, by way of clustering."""
        rows = []
        for name in self.scores:
            for metric in METRICS if name != MODEL else ():
                gain = self.figures[f"{name}|{metric}|gain"]
                row: dict[str, object] = {"over": name, "metric": metric, "gain": gain.value}
                for way, (low, high) in gain.by.items():
                    row |= {f"low by {way}": low, f"high by {way}": high}
                rows.append(row)
        return pd.DataFrame(rows)


def lay_out_summary(measure: str, own: Interval, against: str, gain: Interval) -> dict[str, object]:
    """One row of the summary that the terminal shows."""
    return {
        "measure": measure,
        "value": own.value,
        "low": own.low,
        "high": own.high,
        "against": against,
        "gain": gain.value,
        "gain_low": gain.low,
        "gain_high": gain.high,
    }


def gather_scores(
    panel: PlacePanel, learned: Sample, judged: Sample, penalty: Penalty, *, random_state: int
) -> dict[str, Floats]:
    """Scores of all entrants on the judged cells."""
    fit = learn(learned, penalty)
    longest = learned.take(learned.window == 0)
    eleven = [term for term in list_terms(learned.outcome) if term.name in EARLIER_ELEVEN]
    quick = learn(longest, penalty, terms=eleven)
    challenger = fit_challenger(learned, random_state=random_state)
    year = judged.windows[0].start
    now = panel.at(year)
    shown = Panel(now, measure_lq(now, now.sum(axis=0)), random_state)
    cells = (judged.areas, judged.sectors)
    simple = {name: calculate(shown)[cells] for name, calculate in BASELINES.items()}
    return {
        MODEL: fit.weigh(judged.values),
        CHALLENGER: challenger(judged),
        "additive model, longest window only": learn(longest, penalty).weigh(judged.values),
        ELEVEN: quick.weigh(judged.values),
        "past LQ alone": np.nan_to_num(judged.values["past_lq"]),
        "past LQ over LQ": np.nan_to_num(judged.values["past_lq"] - judged.values["lq"]),
        **simple,
    }


def hold_contest(
    judged: Sample, scores: Mapping[str, Floats], *, n_draws: int, random_state: int
) -> Contest:
    """Measure every score, and the model's gain over it, with intervals by sector and by area."""
    orders = {name: put_in_order(judged.response.values, score) for name, score in scores.items()}

    def measure(weight: Floats) -> dict[str, float]:
        figures = {}
        for metric, calculate in METRICS.items():
            own = calculate(orders[MODEL], weight)
            for name, ordered in orders.items():
                value = own if name == MODEL else calculate(ordered, weight)
                figures[f"{name}|{metric}"] = value
                figures[f"{name}|{metric}|gain"] = own - value
        return figures

    clusters = {"sector": judged.sectors, "area": judged.areas}
    return Contest(
        judged, scores,
        bootstrap(measure, clusters, n_draws=n_draws, random_state=random_state),
    )  # fmt: skip
