"""Intervals and bands, from draws written by hand."""

from __future__ import annotations

import numpy as np

from cluster_engine.targeting.draw_blocks import RankDraws
from cluster_engine.targeting.intervals import RankIntervals, summarise_draws


def _summarise(scores: list[list[float]], **rules: float) -> RankIntervals:
    drawn = np.array(scores, np.float32)
    best = (drawn[None] > drawn[:, None]).sum(axis=1).astype(np.int32) + 1
    worst = (drawn[None] >= drawn[:, None]).sum(axis=1).astype(np.int32)
    ranks = np.arange(1, len(drawn) + 1)
    settings = {"top": 1, "level": 0.8, "tie_probability": 0.8} | rules
    return summarise_draws(RankDraws(drawn, best, worst), ranks, **settings)  # type: ignore[arg-type]


def test_limits_are_order_statistics_of_the_ranks() -> None:
    # The second firm is first in two draws of ten, which is inside 80 %.
    first = [5.0] * 8 + [1.0] * 2
    second = [3.0] * 10
    found = _summarise([first, second])
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])
    assert found.p_top.tolist() == [0.8, 0.2]


def test_one_draw_of_ten_is_cut_off_on_each_side() -> None:
    found = _summarise([[5.0] * 9 + [1.0], [3.0] * 10])
    assert (found.low.tolist(), found.high.tolist()) == ([1, 2], [1, 2])


def test_the_rank_printed_is_inside_even_if_draws_disagree() -> None:
    found = _summarise([[1.0] * 10, [2.0] * 10])
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])


def test_equal_scores_share_their_places() -> None:
    found = _summarise([[2.0] * 10, [2.0] * 10])
    assert (found.low.tolist(), found.high.tolist()) == ([1, 1], [2, 2])
    assert found.p_top.tolist() == [0.5, 0.5]


def test_a_band_ends_where_its_head_is_surely_better() -> None:
    head, close, far = [5.0] * 10, [4.0] * 7 + [6.0] * 3, [4.0] * 9 + [6.0]
    assert _summarise([head, close, far]).band.tolist() == [1, 1, 2]
    assert _summarise([head, close, far], tie_probability=0.95).band.tolist() == [1, 1, 1]


def test_firms_that_tie_in_every_draw_are_one_band() -> None:
    assert _summarise([[1.0] * 10] * 4).band.tolist() == [1, 1, 1, 1]
