"""Fixtures that the whole chain shares with the tests of single rooms."""

from __future__ import annotations

from tests.unit.sources.fetch.conftest import fake_time, server, transport

__all__ = ["fake_time", "server", "transport"]
