"""The server on this machine, a clock that does not wait, and a transport that uses both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cluster_engine.sources.fetch.manners import FetchLimits
from cluster_engine.sources.fetch.transport import Transport
from tests.unit.sources.fetch.server import READ_TIMEOUT, FakeTime, StatisticsServer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StatisticsServer]:
    # A proxy of the machine must not come between the test and its own server.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = StatisticsServer()
    yield made
    made.close()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def transport(fake_time: FakeTime) -> Iterator[Transport]:
    limits = FetchLimits(timeout=READ_TIMEOUT, attempts=3, file_bytes=10_000_000)
    made = Transport(limits, fake_time.clock, fake_time.sleep)
    yield made
    made.close()
