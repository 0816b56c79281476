"""The engines list the same firms as the in-memory path, to the byte."""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cluster_engine import __version__
from cluster_engine.engines.duck import DuckEngine
from cluster_engine.engines.file_groups import group_files
from cluster_engine.engines.questions import ask_best, ask_doubtful
from cluster_engine.engines.resources import Resources
from cluster_engine.engines.screen import UPPER, Query
from cluster_engine.engines.worker_side import Caller, answer_files, forget, merge_answers
from cluster_engine.packs import firm_cells
from cluster_engine.packs.firm_dataset import FirmDataset
from cluster_engine.parameters import Uncertainty
from cluster_engine.registry.locate import open_store
from cluster_engine.registry.versions import load_champion
from cluster_engine.reports.shortlist import report_ranking
from cluster_engine.reports.write import render
from cluster_engine.results import Market, Model, Ranking
from cluster_engine.settings import read_scoring, rebuild
from cluster_engine.targeting import rank as rank_module
from cluster_engine.targeting.features import FirmTables
from cluster_engine.targeting.rank import RankPlan, rank_firms
from cluster_engine.workflows import best_firms, market_sample, rank_dataset
from cluster_engine.workflows.best_firms import DETAIL_COLUMNS, hundredths, score_rows
from cluster_engine.workflows.convert_firms import ConvertRequest, convert_firms
from cluster_engine.workflows.score_screen import narrow, survey

sys.path.insert(0, str(Path(__file__).parents[1] / "functional"))
from made_lists import COUNTRIES, make_facts, make_tables, write_list

MARKET = Market("dach", "Germany, Austria, Switzerland", dict.fromkeys(COUNTRIES, "-"))
RESOURCES = Resources(200_000_000, 2, tempfile.gettempdir() + "/engine-laws")

EXAMPLES = settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""Every example writes files and ranks twice, which takes a third of a second."""


@pytest.fixture(scope="module")
def model() -> Model:
    found = load_champion(open_store(), "west-midlands", Model)
    assert found is not None
    return found


def make_plan(model: Model, **changes: Any) -> RankPlan:
    trained = model.facts["inputs"]["settings"]
    draws = changes.pop("draws", 0)
    weights = changes.pop("weights", {})
    scoring = read_scoring(trained["scoring"])
    uncertainty = rebuild(Uncertainty, trained["uncertainty"] | {"draws": draws})
    scoring = replace(scoring, weights={**scoring.weights, **weights})
    return RankPlan(scoring, uncertainty, **changes)


@contextmanager
def convert(
    n_firms: int, seed: int, rows_per_file: int
) -> Iterator[tuple[FirmDataset, FirmTables]]:
    """A converted list, and the tables that the in-memory path ranks."""
    tables = make_tables(n_firms, seed)
    facts = make_facts(tables, seed)
    with tempfile.TemporaryDirectory() as place:
        known = Path(place) / "facts.csv"
        facts.to_csv(known, index=False)
        request = ConvertRequest(
            (write_list(Path(place) / "list", tables),),
            Path(place) / "converted",
            facts=known if len(facts) else None,
            rows_per_file=rows_per_file,
        )
        dataset = convert_firms(request, RESOURCES)
        yield dataset, FirmTables(tables.firms, tables.firm_industries, tables.firm_homes, facts)


class GroupedEngine:
    """Asks as workers do, without workers: files in any groups, answers merged in any order."""

    spread = None

    def __init__(self, files: Mapping[str, int], n_threads: int, backwards: bool) -> None:
        groups = group_files(files, n_threads)
        self.groups = groups[::-1] if backwards else groups
        self.caller = Caller("laws", __version__, RESOURCES)

    def ask(self, query: Query, stage: str = "") -> pa.Table:
        query = pickle.loads(pickle.dumps(query))
        groups = (query.files,) if query.files else self.groups
        answers = [answer_files(files, query, self.caller) for files in groups]
        half = len(answers) // 2
        if half:
            answers = [merge_answers(answers[:half], query), merge_answers(answers[half:], query)]
        return merge_answers(answers, query)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        forget("laws")


def start(
    dataset: FirmDataset, *, backwards: bool = False, n_threads: int | None = None
) -> DuckEngine | GroupedEngine:
    """DuckDB, or the tasks of so many threads of workers."""
    files = {dataset.place(file.path): file.rows for file in dataset.of(MARKET.countries)}
    if n_threads is not None:
        return GroupedEngine(files, n_threads, backwards)
    return DuckEngine(list(files)[::-1] if backwards else list(files), RESOURCES)


def write(ranking: Ranking) -> tuple[str, str]:
    """A list as CSV and as JSON."""
    report = report_ranking(ranking)
    return render(report, "csv"), render(report, "json")


def shrink_pages(monkeypatch: pytest.MonkeyPatch, pool: int) -> None:
    """Make pages and pool so small that a short list needs several."""
    monkeypatch.setattr(rank_dataset, "SMALLEST_PAGE", 3)
    monkeypatch.setattr(rank_dataset, "LARGEST_PAGE", 6)
    monkeypatch.setattr(best_firms, "FIRST_LOOK", 1)
    monkeypatch.setattr(rank_dataset, "POOL", pool)
    monkeypatch.setattr(rank_module, "POOL", pool)


def guess_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the sample laid aside, and guess from it what the last firm scores."""
    monkeypatch.setattr(market_sample, "MOST_READ", 0)
    monkeypatch.setattr(market_sample, "FEWEST_ABOVE", 1)
    monkeypatch.setattr(market_sample, "SPARE_ERRORS", 0.0)


@pytest.mark.slow
@EXAMPLES
@given(
    n_firms=st.integers(1, 60),
    seed=st.integers(0, 10_000),
    rows_per_file=st.sampled_from([4, 1_000]),
    top=st.sampled_from([1, 5, 100]),
    max_per_cluster=st.sampled_from([None, 1, 3]),
    max_per_parent=st.sampled_from([None, 1]),
    draws=st.sampled_from([0, 20]),
    is_niche=st.booleans(),
    is_small=st.booleans(),
    is_guessed=st.booleans(),
    most_cells=st.sampled_from([(30_000, 50_000), (3, 9), (0, 0)]),
    backwards=st.booleans(),
    n_threads=st.sampled_from([None, 1, 3, 50]),
)
def test_engine_lists_the_firms_of_the_in_memory_path_to_the_byte(
    model: Model,
    n_firms: int,
    seed: int,
    rows_per_file: int,
    top: int,
    max_per_cluster: int | None,
    max_per_parent: int | None,
    draws: int,
    is_niche: bool,
    is_small: bool,
    is_guessed: bool,
    most_cells: tuple[int, int],
    backwards: bool,
    n_threads: int | None,
) -> None:
    plan = make_plan(
        model,
        top=top,
        max_per_cluster=max_per_cluster,
        max_per_parent=max_per_parent,
        draws=draws,
        niches=list(model.niches["name"][:4]) if is_niche else None,
    )
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(firm_cells, "MOST_CELLS", most_cells)
        if is_small:
            shrink_pages(monkeypatch, pool=7)
        if is_guessed:
            guess_scores(monkeypatch)
        with (
            convert(n_firms, seed, rows_per_file) as (dataset, tables),
            start(dataset, backwards=backwards, n_threads=n_threads) as engine,
        ):
            found = rank_dataset.rank_dataset(dataset, MARKET, model, plan, engine)
        assert write(found.ranking) == write(rank_firms(model, MARKET, tables, plan))


@pytest.mark.slow
@EXAMPLES
@given(
    seed=st.integers(0, 10_000),
    weight=st.sampled_from([0.0, 0.335, 3.0, 100.0]),
    most_cells=st.sampled_from([(30_000, 50_000), (3, 9), (0, 0)]),
)
def test_no_firm_scores_more_than_its_bounds(
    model: Model, seed: int, weight: float, most_cells: tuple[int, int]
) -> None:
    weights = {"capacity": weight, "knowledge": weight, "footprint": weight}
    plan = make_plan(model, weights=weights)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(firm_cells, "MOST_CELLS", most_cells)
        with convert(150, seed, 1_000) as (dataset, _), start(dataset) as engine:
            universe = survey(dataset, MARKET, model, plan.scoring, engine)
            page = engine.ask(
                ask_best(universe.screen, ("firm_id", *DETAIL_COLUMNS, "cell"), 1_000)
            ).to_pandas()
            scored = score_rows(page, universe.profiles, model, plan.scoring)
            upper = page.sort_values("firm_id")[UPPER].to_numpy()
            most = dict(
                zip(
                    universe.screen.profiles["profile"].to_pylist(),
                    universe.screen.profiles["most"].to_pylist(),
                    strict=True,
                )
            )
            assert len(page) == universe.n_ranked
            assert (upper >= hundredths(scored, plan.scoring)).all()
            assert (page["profile"].map(most) >= page[UPPER]).all()
            for least in (page[UPPER].median(), page[UPPER].max()):
                pairs = narrow(engine, universe.screen, least).pairs
                assert pairs is not None
                able = set(
                    zip(pairs["profile"].to_pylist(), pairs["cell"].to_pylist(), strict=True)
                )
                good = page[page[UPPER] >= least]
                assert set(zip(good["profile"], good["cell"], strict=True)) <= able


def test_firms_that_could_be_rounded_either_way_stand_where_memory_puts_them(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 0.335 points x 3 standard deviations, the most there can be, is just between 1.00 and 1.01.
    weights = {"capacity": 0.335, "home_match": 0.335, "presence": 0.335}
    niches = list(model.niches["name"])
    plan = make_plan(model, weights=weights, niches=niches, top=40)
    shrink_pages(monkeypatch, pool=7)
    with convert(300, 5, 50) as (dataset, tables), start(dataset) as engine:
        universe = survey(dataset, MARKET, model, plan.scoring, engine)
        doubtful = engine.ask(ask_doubtful(universe.screen, ("firm_id", "profile")))
        found = rank_dataset.rank_dataset(dataset, MARKET, model, plan, engine)
    assert doubtful.num_rows > 0
    assert write(found.ranking) == write(rank_firms(model, MARKET, tables, plan))


def test_the_same_list_gives_the_same_bytes_of_parquet() -> None:
    with convert(40, 1, 9) as (first, _), convert(40, 1, 9) as (second, _tables):
        assert first.files == second.files
        assert len(first.files) > len(COUNTRIES)
