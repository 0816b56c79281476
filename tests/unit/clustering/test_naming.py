"""Names of clusters and niches."""

from __future__ import annotations

import pandas as pd
import pytest

from cluster_engine.clustering.naming import join_names, name_clusters, name_niches

NAMES = {
    "24": "Basic metals", "241": "Iron and steel", "245": "Casting", "29": "Motor vehicles",
    "291": "Car making", "293": "Car parts", "46": "Wholesale", "463": "Food wholesale",
    "25": "Metal products", "255": "Forging", "257": "Tools", "256": "Machining",
}  # fmt: skip


def _sectors(rows: list[tuple[str, int, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["industry", "cluster", "jobs"])


def _niche(rows: list[tuple[str, str, int, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["industry", "name", "niche", "excess_jobs"])


@pytest.mark.parametrize(
    ("names", "joined"),
    [
        (["Motor vehicles"], "Motor vehicles"),
        (["Motor vehicles", "Metal forming"], "Motor vehicles & metal forming"),
        (["Locks & hinges", "Fasteners"], "Locks & hinges, fasteners"),
        (["Tools", "IT services"], "Tools & IT services"),
        (["Tools", "Casting", "Forging"], "Tools, casting, forging"),
    ],
)
def test_names_are_joined_into_one_phrase(names: list[str], joined: str) -> None:
    assert join_names(names) == joined


def test_a_cluster_with_most_of_a_division_is_called_after_the_division() -> None:
    assert name_clusters(_sectors([("2910", 0, 100), ("2932", 0, 80)]), NAMES) == {
        0: "Motor vehicles"
    }


def test_a_cluster_with_a_part_of_a_division_is_called_after_its_groups() -> None:
    rows = [("2550", 0, 40), ("2573", 0, 30), ("2562", 1, 100)]
    assert name_clusters(_sectors(rows), NAMES)[0] == "Forging & tools"


def test_wholesale_does_not_name_a_cluster_it_does_not_rule() -> None:
    rows = [("4630", 0, 300), ("2910", 0, 100), ("2932", 0, 100)]
    assert name_clusters(_sectors(rows), NAMES) == {0: "Motor vehicles"}


def test_wholesale_names_a_cluster_it_is_alone_in() -> None:
    assert name_clusters(_sectors([("4630", 0, 300)]), NAMES) == {0: "Wholesale"}


def test_two_clusters_never_have_the_same_name() -> None:
    rows = [("2550", 0, 40), ("2551", 1, 40), ("2552", 2, 40)]
    named = name_clusters(_sectors(rows), NAMES)
    assert len(set(named.values())) == 3


def test_a_cluster_without_jobs_still_has_a_name() -> None:
    assert name_clusters(_sectors([("2410", 0, 0.0), ("2451", 0, 0.0)]), NAMES)[0]


def test_a_niche_is_called_after_the_sector_with_most_excess_jobs() -> None:
    sectors = _niche([("2451", "Casting of iron", 0, 10), ("2550", "Forging", 0, 90)])
    assert name_niches(sectors) == {0: "Forging"}


def test_a_niche_without_a_leading_sector_is_called_after_two() -> None:
    sectors = _niche(
        [("2451", "Casting of iron", 0, 40), ("2550", "Forging", 0, 50), ("2573", "Tools", 0, 10)]
    )
    assert name_niches(sectors) == {0: "Forging & casting of iron"}


def test_sectors_of_equal_weight_name_a_niche_in_order_of_code() -> None:
    sectors = _niche([("2573", "Tools", 0, 50), ("2550", "Forging", 0, 50)])
    assert name_niches(sectors) == {0: "Forging & tools"}


def test_two_niches_never_have_the_same_name() -> None:
    sectors = _niche([("2451", "Casting", 0, 10), ("2452", "Casting", 1, 10)])
    named = name_niches(sectors)
    assert named[0] == "Casting"
    assert named[1] != "Casting"
    assert named[1].startswith("Casting")


def test_without_niches_there_are_no_names() -> None:
    assert name_niches(_niche([]).astype({"industry": "str"})) == {}
