"""Which engine, and what it will take: decided from the manifest before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cluster_engine.engines.resources import Resources, find_free_memory, show_size
from cluster_engine.errors import LimitError

EngineName = Literal["auto", "local", "duckdb", "dask"]

MOST_IN_MEMORY = 50_000
"""Firms up to which all are read into memory. Above, DuckDB is faster, and needs less: 0.4 s
against 0.8 s for 50,000 firms, 0.6 s against 2.1 s for 200,000 (benchmarks/scale.py)."""

BYTES_PER_FIRM = 2_500
"""Memory of a firm in the in-memory path, at its peak; measured by benchmarks/scale.py."""

FIXED_SECONDS = 0.5
SECONDS_PER_MILLION = {"local": 14.0, "duckdb": 0.05, "dask": 0.08}
"""Without draws, by benchmarks/scale.py on two processors with nothing else to do, an order of
magnitude: tables and reasons, whatever the number of firms, and firms (of DuckDB and of two of
Dask's workers at a hundred million). Starting workers here takes some seconds more."""


@dataclass(frozen=True, slots=True)
class EnginePlan:
    """What is going to happen.

    Attributes
    ----------
    engine : {"local", "duckdb", "dask"}
    firms, files, bytes : int
        Of the market.
    seconds : float
        Estimate.
    resources : Resources
    scheduler : str
        '' for none.
    """

    engine: EngineName
    firms: int
    files: int
    bytes: int
    seconds: float
    resources: Resources
    scheduler: str = ""

    def tell(self) -> list[tuple[str, str]]:
        """The plan as pairs of words."""
        where = self.scheduler or "this machine"
        if self.engine == "local":
            memory = f"about {show_size(self.firms * BYTES_PER_FIRM)} for all firms"
        else:
            memory = f"up to {show_size(self.resources.memory)} for the engine"
        return [
            ("engine", f"{self.engine} on {where}"),
            ("firms of the market", f"{self.firms:,}"),
            ("files", f"{self.files:,} with {show_size(self.bytes)}"),
            ("memory", memory),
            ("threads", "1" if self.engine == "local" else str(self.resources.threads)),
            ("spill folder", self.resources.spill),
            ("estimate", f"{self.seconds:.1f} s without intervals of ranks"),
        ]


def choose_engine(
    asked: EngineName,
    resources: Resources,
    *,
    firms: int,
    files: int,
    n_bytes: int,
    scheduler: str | None = None,
) -> EnginePlan:
    """Choose the engine for so many firms.

    Raises
    ------
    LimitError
        The in-memory path was asked for and the firms do not fit: the machine would swap.
    """
    engine = asked
    if engine == "auto":
        engine = "dask" if scheduler else "local" if firms <= MOST_IN_MEMORY else "duckdb"
    free = find_free_memory()
    if engine == "local" and firms * BYTES_PER_FIRM > free:
        if asked == "auto":
            engine = "duckdb"
        else:
            raise LimitError(
                f"{firms:,} firms need about {show_size(firms * BYTES_PER_FIRM)} in memory; "
                f"{show_size(free)} are free.",
                hint="Use --engine duckdb.",
            )
    return EnginePlan(
        engine,
        firms,
        files,
        n_bytes,
        FIXED_SECONDS + firms / 1e6 * SECONDS_PER_MILLION[engine],
        resources,
        scheduler or "",
    )
