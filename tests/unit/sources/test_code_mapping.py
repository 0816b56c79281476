"""Figures of a newer geography or classification under the codes of a pack."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.code_mapping import carry_figures
from cluster_engine.sources.code_maps import (
    CodeMap,
    fill_shares,
    go_finer,
    join_maps,
    read_code_map,
    read_code_path,
)
from cluster_engine.sources.nomis import Carry, read_employment

AREAS = "data/curated/area_codes.csv"
CODES = "data/curated/code_concordances.csv"


def make_map(*links: tuple[str, str, float | None]) -> CodeMap:
    frame = pd.DataFrame(links, columns=["code", "target", "share"]).astype({"share": "float64"})
    return CodeMap("new", "old", frame, {})


def make_table(**jobs: float) -> pd.DataFrame:
    return pd.DataFrame({"year": 2025, "area": list(jobs), "jobs": list(jobs.values())})


def read_jobs(carried: pd.DataFrame) -> dict[str, float]:
    return dict(zip(carried["area"], carried["jobs"], strict=True))


def test_whole_and_shared_codes_add_up_and_nothing_is_lost() -> None:
    links = make_map(("A", "X", 1.0), ("B", "X", 0.25), ("B", "Y", 0.75))

    carried = carry_figures(make_table(A=100.0, B=40.0), "area", "jobs", links)

    assert read_jobs(carried.table) == {"X": 110.0, "Y": 30.0}
    assert carried.unknown == carried.incomplete == ()


def test_a_target_with_a_part_not_known_has_no_figure() -> None:
    links = make_map(("A", "X", 1.0), ("B", "X", None), ("B", "Y", None), ("C", "Z", 1.0))

    carried = carry_figures(make_table(A=100.0, B=40.0, C=7.0), "area", "jobs", links)

    jobs = read_jobs(carried.table)
    assert jobs["Z"] == 7.0
    assert np.isnan(jobs["X"])
    assert np.isnan(jobs["Y"])
    assert carried.incomplete == ("X", "Y")
    assert "Not known" in " ".join(carried.remarks)


def test_nothing_to_share_out_needs_no_share() -> None:
    links = make_map(("A", "X", 1.0), ("B", "X", None), ("B", "Y", None))

    carried = carry_figures(make_table(A=100.0, B=0.0), "area", "jobs", links)

    assert read_jobs(carried.table) == {"X": 100.0, "Y": 0.0}


def test_a_figure_not_published_makes_its_target_not_known() -> None:
    links = make_map(("A", "X", 1.0), ("B", "X", 1.0))

    carried = carry_figures(make_table(A=100.0, B=np.nan), "area", "jobs", links)

    assert carried.table["jobs"].isna().all()


def test_codes_that_the_map_lacks_are_named_with_what_is_lost() -> None:
    carried = carry_figures(make_table(A=100.0, Q=9.0), "area", "jobs", make_map(("A", "X", 1.0)))

    assert carried.unknown == ("Q",)
    assert "Q (jobs 9)" in " ".join(carried.remarks)


def test_reference_figures_fill_open_shares_and_are_told() -> None:
    links = make_map(("A", "X", 1.0), ("B", "X", None), ("B", "Y", None))
    filled = fill_shares(links, pd.Series({"X": 30.0, "Y": 10.0}))

    carried = carry_figures(make_table(A=100.0, B=40.0), "area", "jobs", filled)

    assert read_jobs(carried.table) == {"X": 130.0, "Y": 10.0}
    assert filled.guessed == ("B",)
    assert "prior" in " ".join(carried.remarks)


def test_maps_in_a_row_multiply_their_shares() -> None:
    first = make_map(("A", "M", 0.5), ("A", "N", 0.5))
    second = CodeMap(
        "old", "older",
        pd.DataFrame({"code": ["M", "N"], "target": ["X", "X"], "share": [1.0, 1.0]}), {},
    )  # fmt: skip

    assert join_maps(first, second).links.to_numpy().tolist() == [["A", "X", 1.0]]


def test_a_class_with_one_class_below_is_that_class() -> None:
    finer = go_finer(
        make_map(("N1", "2932", 1.0), ("N2", "0149", 1.0)), ["29320", "01490", "01491"], "sic5"
    )

    shares = {(code, target): share for code, target, share in finer.links.to_numpy()}
    assert shares["N1", "29320"] == 1.0
    assert np.isnan(shares["N2", "01490"])


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("a,A,b,X,2\n", "from 0 to 1"),
        ("a,A,b,X,0.5\na,A,b,Y,0.3\n", "add up to 1"),
        ("a,A,b,X,1\na,A,b,X,1\n", "stand once"),
        ("c,A,b,X,1\n", "must link a to b"),
    ],
)
def test_a_faulty_correspondence_is_told(tmp_path: Path, rows: str, found: str) -> None:
    path = tmp_path / "map.csv"
    path.write_text("system,code,target_system,target,share\n" + rows)

    with pytest.raises(DataError, match=found):
        read_code_map(path, "a", "b")


def test_the_area_codes_that_ship_go_from_new_to_old(checkout: Path) -> None:
    path = checkout / AREAS
    to_2021 = read_code_map(path, "itl2025", "itl2021")
    to_nuts = join_maps(to_2021, read_code_map(path, "itl2021", "nuts2016"))

    assert to_2021.links["code"].nunique() == 46
    assert set(to_nuts.links["target"]) == set(
        read_code_map(path, "nuts2016", "itl2021").links["code"]
    )
    shares = {(code, target): share for code, target, share in to_nuts.links.to_numpy()}
    for number in "123":
        assert shares[f"TLG{number}", f"UKG{number}"] == 1.0
    assert shares["TLH5", "UKH1"] == 1.0
    assert np.isnan(shares["TLC4", "UKC1"])
    assert to_nuts.names["UKG3"] == "West Midlands"


def test_the_classes_of_nace_2_1_go_into_nace_2(checkout: Path) -> None:
    classes = read_code_map(checkout / CODES, "nace2.1", "nace2")

    assert classes.links["code"].nunique() > 600
    alone = classes.links[classes.links["share"] == 1.0]
    assert 0.5 < len(alone) / classes.links["code"].nunique() < 1
    assert read_code_map(checkout / CODES, "nace2", "nace2.1").links["share"].max() == 1.0


def test_the_reader_carries_a_newer_file_to_the_areas_of_the_pack(
    checkout: Path, tmp_path: Path
) -> None:
    path = tmp_path / "jobs.csv"
    rows = "".join(
        f"2025,{area},{area},29320 : Parts,29320,{jobs}\n"
        for area, jobs in (("TLG3", 50), ("TLH4", 10), ("TLH5", 5), ("TLH6", 1), ("TLC4", 8))
    )
    header = "DATE,GEOGRAPHY_NAME,GEOGRAPHY_CODE,INDUSTRY_NAME,INDUSTRY_CODE,COUNT\n"
    path.write_text(header + rows)
    table = checkout / AREAS
    areas = read_code_path(table, ("itl2025", "itl2021", "nuts2016"))

    read = read_employment(path, areas={"UKG3"}, carry=Carry(areas=areas))

    jobs = dict(zip(read.employment["area"], read.employment["jobs"], strict=True))
    assert jobs["UKG3"] == 50
    assert jobs["UKH1"] == 16
    assert np.isnan(jobs["UKC1"])
    assert read.areas.set_index("area")["area_name"]["UKH1"] == "East Anglia"
    assert any("UKC1, UKC2" in remark for remark in read.remarks)
