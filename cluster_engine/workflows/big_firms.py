"""Which engine ranks a converted list, and the ranking by it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cluster_engine.engines.choose import EngineName, EnginePlan, choose_engine
from cluster_engine.engines.duck import DamagedError, DuckEngine
from cluster_engine.engines.resources import Resources, find_resources
from cluster_engine.errors import SettingsError
from cluster_engine.packs.firm_dataset import (
    FirmDataset,
    is_address,
    open_firm_dataset,
    say_damaged,
    verify_firm_dataset,
)
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Market, Model
from cluster_engine.targeting.rank import RankPlan, rank_firms
from cluster_engine.workflows.dataset_rows import read_firms, read_notes
from cluster_engine.workflows.engine_options import EngineOptions
from cluster_engine.workflows.firm_engine import Engine
from cluster_engine.workflows.progress import Note, Progress, be_silent
from cluster_engine.workflows.rank_dataset import RankedFirms, rank_dataset
from cluster_engine.workflows.rank_notes import add_firm_notes, note_ranking
from cluster_engine.workflows.rank_request import RankRequest
from cluster_engine.workflows.rank_stage import Stage, set_scene, set_stage


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """Which engine, as the user wrote it.

    Attributes
    ----------
    name : {"auto", "local", "duckdb", "dask"}
    resources : Resources
    scheduler : str or None
        Of Dask.
    client : distributed.Client or None
        One that is there already.
    """

    name: EngineName
    resources: Resources
    scheduler: str | None = None
    client: Any = None


def read_options(options: EngineOptions) -> EngineRequest:
    """Check what the user asks for against the machine; see ``find_resources``."""
    resources = find_resources(options.memory, options.threads, options.spill)
    return EngineRequest(options.name, resources, options.scheduler)


def rank_dataset_at(
    place: str, stage: Stage, options: EngineOptions, *, on_note: Note, on_progress: Progress
) -> RankedFirms:
    """Rank the firms of a converted list and say what a reader must know.

    Raises
    ------
    DataError
        The list is damaged.
    LimitError
        Memory does not suffice.
    NetworkError
        A scheduler, or its workers, failed.
    """
    dataset = open_firm_dataset(place)
    here = sum(file.rows for file in dataset.of(stage.market.countries))
    on_note(f"Your list holds {dataset.n_firms:,} firms, {here:,} of them from "
            f"{stage.market.name}.")  # fmt: skip
    found = rank_big(
        place, stage.market, stage.model, stage.plan, read_options(options),
        on_progress=on_progress,
    )  # fmt: skip
    note_ranking(found.ranking, "Your list has", on_note)
    return found


def plan_rank(request: RankRequest, store: ModelStore) -> EnginePlan:
    """Say what a ranking would do, without doing it.

    Raises
    ------
    SettingsError, ModelError, DataError, LimitError
        As the ranking would.
    """
    asked = read_options(request.engine)
    place = request.lists.find_dataset()
    if place is not None:
        stage = set_stage(request, store)
        return plan_engine(open_firm_dataset(place), stage.market, asked)
    request.engine.refuse_without_dataset()
    firms = set_scene(request, store).chosen.tables.firms
    return choose_engine("local", asked.resources, firms=len(firms), files=0, n_bytes=0)


def plan_engine(dataset: FirmDataset, market: Market, request: EngineRequest) -> EnginePlan:
    """Say which engine will rank the firms of a market, and what it will take.

    Raises
    ------
    SettingsError
        The engine cannot be had.
    LimitError
        The firms do not fit into memory and no other engine may be taken.
    """
    files = dataset.of(market.countries)
    if request.scheduler and request.name not in ("auto", "dask"):
        raise SettingsError(
            f"--scheduler goes with --engine dask, not {request.name}.", hint="Leave out one."
        )
    return choose_engine(
        request.name,
        request.resources,
        firms=sum(file.rows for file in files),
        files=len(files),
        n_bytes=sum(file.bytes for file in files),
        scheduler=request.scheduler,
    )


def rank_big(
    place: str,
    market: Market,
    model: Model,
    plan: RankPlan,
    request: EngineRequest,
    *,
    on_progress: Progress = be_silent,
) -> RankedFirms:
    """Rank the firms of a converted list by the engine asked for.

    Raises
    ------
    DataError
        The list is damaged.
    LimitError
        Memory does not suffice.
    """
    dataset = open_firm_dataset(place)
    chosen = plan_engine(dataset, market, request)
    if chosen.engine == "local" or not chosen.files:
        tables = read_firms(dataset, market.countries)
        found = RankedFirms(rank_firms(model, market, tables, plan), tables.firms)
    else:
        request = replace(request, name=chosen.engine)
        try:
            with _start(dataset, market, request, on_progress) as engine:
                found = rank_dataset(dataset, market, model, plan, engine)
        except DamagedError as fault:
            if not is_address(place):
                verify_firm_dataset(dataset)
            raise say_damaged(Path(place).name, str(fault)) from fault
    notes = read_notes(dataset, list(found.ranking.rows["firm_id"]))
    return replace(found, ranking=add_firm_notes(found.ranking, notes))


@contextmanager
def _start(
    dataset: FirmDataset, market: Market, request: EngineRequest, on_progress: Progress
) -> Iterator[Engine]:
    files = {dataset.address(file.path): file.rows for file in dataset.of(market.countries)}
    if request.name == "duckdb":
        with DuckEngine(list(files), request.resources, on_progress) as engine:
            yield engine
        return
    from cluster_engine.engines.distributed import DaskEngine

    with DaskEngine(
        files,
        request.resources,
        scheduler=request.scheduler,
        client=request.client,
        on_progress=on_progress,
    ) as workers:
        yield workers
