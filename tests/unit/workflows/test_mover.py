"""From firms and events to weights: what was before is presence, what comes after is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import SettingsError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.firm_list import FirmListTables, write_firm_list
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model
from cluster_engine.settings import read_settings
from cluster_engine.workflows.known_presence import Ground, derive_presence, read_ground
from cluster_engine.workflows.mover import Movers, learn_weights, read_movers

N_FIRMS = 1_500
FIGURES = (
    "rd", "capex", "operating_profit", "sales_growth", "patents", "patents_abroad",
    "trademarks_abroad", "sales",
)  # fmt: skip
IDENTITY = ("city", "website", "lei", "bvd_id", "isin", "registry_number", "pack_firm")


def make_list(moved_year: float = 2020.0, seed: int = 0) -> FirmListTables:
    """A list in which large firms move, and of these those that were abroad before more so."""
    generator = np.random.default_rng(seed)
    size = generator.normal(3.0, 0.7, N_FIRMS)
    before = generator.random(N_FIRMS) < 0.3
    ids = [f"f{n:04d}" for n in range(N_FIRMS)]
    blank = dict.fromkeys(FIGURES, np.nan)
    firms = pd.DataFrame(
        {"firm_id": ids, "firm_name": ids, "country": "DE", "city": None, "website": None,
         "source": "test", "year": pd.array([2018] * N_FIRMS, dtype="Int64"),
         "employees": 10**size, "size_class": None, "status": "rankable", **blank}
    )  # fmt: skip
    odds = -2.0 + 1.2 * (size - 3.0) / 0.7 + 1.5 * before
    moves = generator.random(N_FIRMS) < 1.0 / (1.0 + np.exp(-odds))
    events = pd.concat(
        [make_events(firms[before], 2016.0), make_events(firms[moves], moved_year)],
        ignore_index=True,
    )
    industries = pd.DataFrame(
        {"firm_id": ids, "industry": "2910", "weight": 1.0, "basis": "official code",
         "confidence": np.nan}
    )  # fmt: skip
    identities = pd.DataFrame({"firm_id": ids, "name": ids, "country": "DE"}).assign(
        **dict.fromkeys(IDENTITY)
    )
    notes = pd.DataFrame(columns=["firm_id", "kind", "note"])
    homes = pd.DataFrame(
        columns=["firm_id", "region", "region_name", "basis", "industry_level", "lq", "reason",
                 "year"]
    )  # fmt: skip
    return FirmListTables(firms, industries, notes, identities, homes, events)


def make_events(firms: pd.DataFrame, year: float, **more: str) -> pd.DataFrame:
    table = pd.DataFrame({"firm_id": firms["firm_id"], "year": year})
    told = {"country": "PL", "region": "", "state": "", **more}
    return table.assign(**told, event_id=[f"{firm}-{year}" for firm in table["firm_id"]])


pytestmark = pytest.mark.slow
"""All share a model that is trained for them."""


@pytest.fixture(scope="module")
def toy(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Any]
) -> tuple[Pack, Model]:
    pack = open_pack(str(checkout / "tests/data/toy-pack"))
    home = tmp_path_factory.mktemp("models")
    assert run("train", "--pack", pack.folder, "--models", home).code == 0
    model = load_champion(ModelStore(home, home / "none"), "toyland.north", Model)
    assert model is not None
    return pack, model


def test_large_firms_and_those_abroad_before_are_found_to_move(toy: tuple[Pack, Model]) -> None:
    pack, model = toy
    found = learn_weights(Movers(make_list(), ""), model, pack, read_settings())
    assert found.basis == "learned"
    assert found.weights["capacity"] > 4 * found.errors["capacity"]
    assert found.weights["presence"] > 4 * found.errors["presence"]
    assert found.auc > found.prior_auc > 0.5


def test_events_up_to_the_year_of_the_figures_are_no_outcome(toy: tuple[Pack, Model]) -> None:
    pack, model = toy
    found = learn_weights(Movers(make_list(moved_year=2018.0), ""), model, pack, read_settings())
    assert found.basis == "prior"
    assert f"events name 0 of {N_FIRMS} firms" in found.reason


def test_firms_without_dated_figures_teach_nothing(toy: tuple[Pack, Model]) -> None:
    pack, model = toy
    tables = make_list()
    undated = replace(tables, firms=tables.firms.assign(year=pd.array([pd.NA] * N_FIRMS, "Int64")))
    found = learn_weights(Movers(undated, ""), model, pack, read_settings())
    assert (found.basis, "dated figures" in found.reason) == ("prior", True)


def test_without_a_list_the_priors_stand(toy: tuple[Pack, Model]) -> None:
    pack, model = toy
    assert learn_weights(None, model, pack, read_settings()).basis == "prior"
    assert model.facts["mover"]["basis"] == "prior"


def test_a_list_without_events_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    write_firm_list(folder, replace(make_list(), events=None), {})
    with pytest.raises(SettingsError, match="holds no events"):
        read_movers(folder)
    with pytest.raises(SettingsError, match="no imported list"):
        read_movers(tmp_path)


def test_a_kept_list_gives_its_events_back(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    tables = make_list()
    write_firm_list(folder, tables, {})
    assert len(read_movers(folder).tables.events) == len(tables.events)


@pytest.mark.slow
def test_learned_weights_reach_the_list_and_its_words(
    toy: tuple[Pack, Model], tmp_path: Path, run: Callable[..., Any]
) -> None:
    pack, _ = toy
    folder, models = tmp_path / "list", tmp_path / "models"
    write_firm_list(folder, make_list(), {})
    trained = run("train", "--pack", pack.folder, "--models", models, "--movers", folder)
    assert "Mover criteria: learned weights; learned from" in trained.out, trained.err
    ranked = run("rank", "--market", "germany", "--pack", pack.folder, "--models", models)
    assert "Weights learned from events that name firms: capacity" in ranked.err
    assert "learned and prior weights" in ranked.out
    own = run("rank", "--market", "germany", "--pack", pack.folder, "--models", models,
              "--firms", folder, "--top", "3", "--format", "csv")  # fmt: skip
    assert own.code == 0
    assert "recent investment unknown" not in own.out
    firm = run("explain", "t01", "--market", "germany", "--pack", pack.folder, "--models", models)
    assert "(learned)" in firm.out, firm.err


GROUND = Ground(
    "GB", frozenset({"TY1"}), {"north": frozenset({"TY1"}), "south": frozenset({"TY3", "TY4"})}
)


def tell_presence(events: pd.DataFrame) -> pd.DataFrame:
    tables = make_list()
    few = replace(tables, firms=tables.firms.head(3), events=events)
    found = derive_presence(few, GROUND)
    assert found is not None
    return found.set_index("firm_id")


def test_presence_is_counted_by_hand() -> None:
    one = pd.DataFrame({"firm_id": ["f0000"]})
    events = pd.concat(
        [
            make_events(one, 2020.0, country="GB", region="South"),
            make_events(one, 2019.0, country="GB", region="North"),
            make_events(one, 2015.0, country="GB", region="nowhere known"),
            make_events(one, 2014.0, country="PL"),
            # At home, which is no presence abroad.
            make_events(one, 2020.0, country="DE"),
        ]
    )
    found = tell_presence(events)
    # Of 2016 to 2020, two; one of them with a rival; the others are not named.
    assert found.loc["f0000", ["in_host", "rival_sites", "recent_projects"]].tolist() == [1, 1, 2]
    assert np.isnan(found.loc["f0001", "in_host"])
    assert found.loc["f0001", ["rival_sites", "recent_projects"]].tolist() == [0, 0]


def test_a_company_of_the_group_in_the_host_country_is_presence() -> None:
    tables = make_list()
    own = tables.firm_identities.head(1).assign(country="GB", name="Branch Ltd")
    known = replace(tables, events=None, firm_identities=pd.concat([tables.firm_identities, own]))
    found = derive_presence(known, GROUND)
    assert found is not None
    assert found.loc[found["in_host"] == 1.0, "firm_id"].tolist() == ["f0000"]
    assert found["recent_projects"].isna().all()
    assert derive_presence(replace(tables, events=None), GROUND) is None


def test_regions_of_the_pack_are_known_by_name_and_code(toy: tuple[Pack, Model]) -> None:
    pack, _ = toy
    ground = read_ground(pack, find_region(pack, "north"))
    assert ground.places["ashby"] == ground.places["ty1"] == frozenset({"TY1"})
    assert ground.own == ground.places["north"]
