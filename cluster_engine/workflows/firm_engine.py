"""What answers questions about very many firms, whichever it is."""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa

from cluster_engine.engines.screen import Query
from cluster_engine.targeting.uncertainty import Spread


class Engine(Protocol):
    """Answers questions about all firms of a market."""

    @property
    def spread(self) -> Spread | None:
        """Where blocks of draws are made; None: in this process."""

    def ask(self, query: Query, stage: str = ...) -> pa.Table:
        """Answer one."""
