"""Fixtures that the whole chain shares with the tests of single rooms, and its invented packs."""

from __future__ import annotations

from tests.functional.panel_pack import panel_pack
from tests.unit.sources.fetch.conftest import fake_time, server, transport

__all__ = ["fake_time", "panel_pack", "server", "transport"]
