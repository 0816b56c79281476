"""Draws are made once for all who ask, kept within bounds, and never waited for too long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cluster_engine.page import draws
from cluster_engine.page.draws import Draws
from cluster_engine.page.faults import StoppingError
from cluster_engine.targeting.draw_blocks import RankDraws
from cluster_engine.workflows.user_weights import UserWeights
from tests.unit.page.conftest import LIMITS

MARKET: Any = SimpleNamespace(request="r", version="v")
BYTES = 1_200
"""Of the draws that the double below makes: ten firms, ten draws, three numbers of four bytes."""


def weigh(gap: int) -> UserWeights:
    return UserWeights(texts=(f"gap={gap}",))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[UserWeights]:
    """Weights under which draws were made, in their order."""
    found: list[UserWeights] = []

    def draw_market(market: object, weights: UserWeights) -> RankDraws:
        found.append(weights)
        shape = (10, 10)
        return RankDraws(
            np.zeros(shape, np.float32), np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        )

    monkeypatch.setattr(draws, "draw_market", draw_market)
    return found


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch, made: list[UserWeights]) -> threading.Event:
    """Draws end only once this is set."""
    goes_on, draw = threading.Event(), draws.draw_market

    def draw_market(market: Any, weights: UserWeights) -> RankDraws:
        found = draw(market, weights)
        goes_on.wait(30)
        return found

    monkeypatch.setattr(draws, "draw_market", draw_market)
    return goes_on


def make_draws(**changes: object) -> Draws:
    return Draws(replace(LIMITS, **changes), threading.Event())  # type: ignore[arg-type]


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_those_who_ask_for_the_same_draws_wait_for_the_same(
    made: list[UserWeights], held: threading.Event
) -> None:
    kept = make_draws()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(kept.get, MARKET, weigh(1), patient=True) for _ in range(3)]
        wait_until(lambda: bool(made))
        held.set()
        first, *others = [one.result(30) for one in asked]
    assert first is not None
    assert all(one is first for one in [*others, kept.get(MARKET, weigh(1), patient=True)])
    assert made == [weigh(1)]


def test_whoever_waits_too_long_goes_without_and_the_next_has_them(
    made: list[UserWeights], held: threading.Event
) -> None:
    kept = make_draws(draws_wait_seconds=0.05)
    assert kept.get(MARKET, weigh(1), patient=True) is None
    held.set()
    wait_until(lambda: kept.get(MARKET, weigh(1), patient=True) is not None)
    assert made == [weigh(1)]


def test_a_list_does_not_queue_behind_many_and_a_download_does(
    made: list[UserWeights], held: threading.Event
) -> None:
    kept = make_draws(draws_waiting=1, draws_wait_seconds=0.05)
    assert kept.get(MARKET, weigh(1), patient=False) is None
    start = time.monotonic()
    assert kept.get(MARKET, weigh(2), patient=False) is None
    assert time.monotonic() - start < 0.05
    assert kept.get(MARKET, weigh(3), patient=True) is None
    held.set()
    wait_until(lambda: len(made) == 2)
    assert made == [weigh(1), weigh(3)]


def test_nothing_is_asked_for_once_the_time_of_a_download_is_over(made: list[UserWeights]) -> None:
    kept = make_draws()
    over = time.monotonic() - 1
    assert kept.get(MARKET, weigh(1), patient=True, until=over) is None
    assert made == []
    there = kept.get(MARKET, weigh(1), patient=True)
    assert kept.get(MARKET, weigh(1), patient=True, until=over) is there


def test_draws_are_kept_within_their_bytes_those_used_last(made: list[UserWeights]) -> None:
    kept = make_draws(draws_cached_bytes=2 * BYTES)
    for gap in (1, 2, 1, 3, 1, 2):
        kept.get(MARKET, weigh(gap), patient=True)
    assert made == [weigh(1), weigh(2), weigh(3), weigh(2)]


def test_draws_larger_than_all_that_is_kept_are_kept_alone(made: list[UserWeights]) -> None:
    kept = make_draws(draws_cached_bytes=1)
    for gap in (1, 1, 2, 2, 1):
        kept.get(MARKET, weigh(gap), patient=True)
    assert made == [weigh(1), weigh(2), weigh(1)]


def test_a_failure_is_told_to_all_and_tried_again(
    made: list[UserWeights], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = make_draws()
    draw = draws.draw_market

    def fail(*_: object) -> RankDraws:
        raise MemoryError

    monkeypatch.setattr(draws, "draw_market", fail)
    with pytest.raises(MemoryError):
        kept.get(MARKET, weigh(1), patient=True)
    monkeypatch.setattr(draws, "draw_market", draw)
    assert kept.get(MARKET, weigh(1), patient=True) is not None


def test_no_draws_are_begun_once_stopped(made: list[UserWeights]) -> None:
    stopping = threading.Event()
    kept = Draws(LIMITS, stopping)
    stopping.set()
    with pytest.raises(StoppingError):
        kept.get(MARKET, weigh(1), patient=True)
    assert made == []
