"""How often text coding is right: both coders by cross-validation, beside a GICS-only baseline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from cluster_engine.firms.coding_evaluation import CodingScores, calc_baseline, calc_scores
from cluster_engine.firms.coding_text import Descriptions
from cluster_engine.firms.firm_codes import Examples, find_examples
from cluster_engine.firms.industry_coding import IndustryCoder, find_codes, fit_coder
from cluster_engine.firms.text_coder import TextCoder, calc_class_shares, calibrate
from cluster_engine.firms.text_coder_fit import Lessons, fit_text_coder, make_lessons
from cluster_engine.workflows.described_firms import Described
from cluster_engine.workflows.progress import Progress, be_silent

N_FOLDS = 5
BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class CodingCard:
    """Scores and calibration, all of firms left out of the fit.

    Attributes
    ----------
    scores : dict of (str, str) to CodingScores
        By group of firms ('official code', 'coded by hand') and coder.
    n_firms : dict of str to int
        Firms in each group.
    calibration : dict of str to DataFrame
        By coder: low, high, n_firms, said (mean confidence), right (share), of firms with an
        official code.
    """

    scores: dict[tuple[str, str], CodingScores]
    n_firms: dict[str, int]
    calibration: dict[str, pd.DataFrame]


def make_coder(described: Described) -> TextCoder:
    """Fit the small coder on all firms, for shipping."""
    examples = find_examples(described.firms)
    coder = fit_coder(
        described.classes, described.gics_table, known=examples.known, codes=examples.codes,
        others=examples.others,
    )  # fmt: skip
    return fit_text_coder(_teach(described, examples, coder))


def evaluate_coding(described: Described, *, on_progress: Progress = be_silent) -> CodingCard:
    """Code every firm with a known code by coders that never saw it.

    Each company is in one fold alone, and its text in no lesson of that fold's coders.
    """
    examples = find_examples(described.firms)
    industries = described.classes["industry"].to_numpy(dtype="U4")
    shape = (len(examples.codes), len(industries))
    names = ("large coder", "small coder", "GICS only")
    shares = {name: np.zeros(shape, dtype=np.float32) for name in names}
    sure = {name: np.zeros(shape[0]) for name in names[:2]}
    folds = KFold(N_FOLDS, shuffle=True, random_state=0)
    for number, (train, test) in enumerate(folds.split(examples.codes)):
        on_progress("Cross-validation", number, N_FOLDS)
        seen, left = _take(examples, train), examples.known.take(test.tolist())
        large = fit_coder(
            described.classes, described.gics_table, known=seen.known, codes=seen.codes,
            others=seen.others,
        )  # fmt: skip
        coding = large.code(left)
        shares["large coder"][test], sure["large coder"][test] = (
            coding.probability,
            coding.confidence,
        )
        small = fit_text_coder(_teach(described, seen, large))
        found, _ = calc_class_shares(small, _join(left))
        at = np.searchsorted(industries, small.industries)
        shares["small coder"][np.ix_(test, at)] = found
        sure["small coder"][test] = calibrate(small, found).confidence
        shares["GICS only"][test] = calc_baseline(industries, seen.known, seen.codes, left)
    on_progress("Cross-validation", N_FOLDS, N_FOLDS)
    return _score(industries, examples, shares, sure)


def _score(
    industries: NDArray[np.str_],
    examples: Examples,
    shares: dict[str, NDArray[np.float32]],
    sure: dict[str, NDArray[np.float64]],
) -> CodingCard:
    groups = {"official code": examples.official, "coded by hand": ~examples.official}
    scores = {
        (group, name): calc_scores(industries, share[rows], examples.codes[rows])
        for group, rows in groups.items()
        for name, share in shares.items()
        if rows.any()
    }
    divisions, division_of = np.unique(industries.astype("U2"), return_inverse=True)
    curves = {}
    for name, confidence in sure.items():
        total = np.zeros((len(examples.codes), len(divisions)))
        np.add.at(total.T, division_of, shares[name].T)
        right = divisions[total.argmax(axis=1)] == examples.codes.astype("U2")
        rows = examples.official
        curves[name] = _calc_curve(confidence[rows], right[rows])
    return CodingCard(scores, {name: int(rows.sum()) for name, rows in groups.items()}, curves)


def _calc_curve(said: NDArray[np.float64], right: NDArray[np.bool_]) -> pd.DataFrame:
    place = np.clip(np.searchsorted(BINS, said, side="right") - 1, 0, len(BINS) - 2)
    table = pd.DataFrame({"place": place, "said": said, "right": right.astype("float64")})
    found = table.groupby("place").agg(
        n_firms=("said", "size"), said=("said", "mean"), right=("right", "mean")
    )
    low = [BINS[i] for i in found.index]
    high = [BINS[i + 1] for i in found.index]
    return found.reset_index(drop=True).assign(low=low, high=high)


def _take(examples: Examples, rows: NDArray[np.int64]) -> Examples:
    return Examples(
        examples.known.take(rows.tolist()), examples.codes[rows], examples.official[rows],
        examples.others, examples.rows,
    )  # fmt: skip


def _teach(described: Described, examples: Examples, coder: IndustryCoder) -> Lessons:
    codes = find_codes(coder.code(examples.others), coder.reference).drop_duplicates("row")
    return make_lessons(
        _join(examples.known), examples.codes, _join(examples.others), codes, described.classes
    )


def _join(told: Descriptions) -> list[str]:
    return [
        f"{first} {first} {more} {whole}"
        for first, more, whole in zip(told.beginning, told.continuation, told.whole, strict=True)
    ]
