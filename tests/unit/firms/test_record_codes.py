"""Codes of other classifications become shares of the pack's classes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.firms.activity_codes import guess_system, normalise_code
from cluster_engine.firms.concordance import CHAINS, CodeTables, calc_concordance, list_classes
from cluster_engine.firms.record_codes import code_records
from cluster_engine.packs.tables import read_parquet
from cluster_engine.sources.code_tables import read_code_pairs, read_gics_codes
from cluster_engine.sources.sic_index import read_gics_table

CHECKOUT = Path(__file__).resolve().parents[3]
CURATED = CHECKOUT / "data" / "curated"
WEIGHT_TOLERANCE = 1e-9
"""Shares are sums of a few dozen floats."""


@pytest.fixture(scope="module")
def tables() -> CodeTables:
    industries = read_parquet(CHECKOUT / "data/packs/great-britain/industries.parquet")
    classes = tuple(industries.loc[industries["level"] == 4, "industry"].tolist())
    return CodeTables(
        read_code_pairs(CURATED / "code_concordances.csv"),
        read_gics_codes(CURATED / "gics_codes.csv"),
        read_gics_table(CURATED / "gics_sic.csv", classes),
        classes,
    )


Row = tuple[str, str, str]
RecordMaker = Callable[..., pd.DataFrame]


@pytest.fixture
def records(make_records: RecordMaker) -> Callable[..., pd.DataFrame]:
    """Records of (list, code_system, codes)."""

    def make(*rows: Row) -> pd.DataFrame:
        return make_records(*(dict(zip(("list", "code_system", "codes"), row, strict=True))
                              for row in rows))  # fmt: skip

    return make


def _industries(tables: CodeTables, rows: pd.DataFrame) -> dict[str, float]:
    coded = code_records(rows, tables).industries
    return dict(zip(coded["industry"], coded["weight"].round(4), strict=True))


@pytest.mark.parametrize(
    ("code", "system", "digits"),
    [
        ("C26.20", "nace2", "2620"), ("26.2", "nace2", "262"), ("26200", "uksic2007", "2620"),
        ("2620.0", "nace2", "2620"), ("C 26.20", "nace2", "2620"), ("1.11", "nace2", "0111"),
        ("45102010", "gics", "451020"), ("336111", "naics2017", "336111"), ("n.a.", "nace2", ""),
        ("1234567890", "nace2", ""),
    ],
)  # fmt: skip
def test_spellings_of_a_code_are_one(code: str, system: str, digits: str) -> None:
    assert normalise_code(code, system) == digits


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        # Computers and peripherals: one class in every revision.
        ("nace2", "26.20", {"2620"}), ("isic4", "2620", {"2620"}), ("nace1.1", "30.02", {"2620"}),
        # Eurostat: NACE 2.1 29.10 keeps its class.
        ("nace2.1", "29.10", {"2910"}),
        # Census Bureau: automobile manufacturing -> ISIC 2910.
        ("naics2017", "336111", {"2910"}), ("naics2022", "336110", {"2910"}),
        ("naics2012", "336111", {"2910"}),
        # Pharmaceutical preparations, semiconductors.
        ("naics2017", "325412", {"2120"}), ("ussic1987", "3674", {"2611"}),
    ],
)  # fmt: skip
def test_code_arrives_where_the_published_tables_say(
    tables: CodeTables, records: RecordMaker, system: str, code: str, expected: set[str]
) -> None:
    assert expected <= set(_industries(tables, records(("a", system, code))))


@pytest.mark.parametrize("system", [*CHAINS, "gics"])
def test_shares_of_every_class_add_up_to_one(tables: CodeTables, system: str) -> None:
    shares = calc_concordance(system, tables)
    total = shares.groupby("code")["weight"].sum()
    assert ((total - 1).abs() < WEIGHT_TOLERANCE).all()
    assert set(shares["industry"]) <= set(tables.classes)


@pytest.mark.parametrize(
    ("system", "without"),
    [("nace1.1", 0), ("isic4", 0), ("naics2017", 0), ("naics2012", 0), ("naics2022", 0),
     ("nace2.1", 0), ("ussic1987", 0)],
)  # fmt: skip
def test_every_class_of_a_table_reaches_the_pack(
    tables: CodeTables, system: str, without: int
) -> None:
    reached = set(calc_concordance(system, tables)["code"])
    assert len(set(list_classes(tables)[system]) - reached) == without


def test_split_by_jobs_follows_the_jobs(tables: CodeTables) -> None:
    even = calc_concordance("isic4", tables)
    many = even[even["code"].duplicated(keep=False)].iloc[0]
    jobs = {many["industry"]: 1e9}
    told = calc_concordance("isic4", tables, jobs=jobs)
    row = told[(told["code"] == many["code"]) & (told["industry"] == many["industry"])]
    assert many["weight"] <= 0.5
    assert row["weight"].item() > 0.99


def test_main_code_weighs_more_than_secondary_ones(
    tables: CodeTables, records: RecordMaker
) -> None:
    weights = _industries(tables, records(("a", "nace2", "26.20; 28.13; 28.14")))
    assert weights == {"2620": 0.6667, "2813": 0.1667, "2814": 0.1667}


def test_holding_code_gives_way_to_what_the_group_makes(
    tables: CodeTables, records: RecordMaker
) -> None:
    assert _industries(tables, records(("a", "nace2", "70.10; 28.13"))) == {"2813": 1.0}
    only = code_records(records(("a", "nace2", "64.20")), tables)
    assert only.holding == ("a:2",)


def test_group_code_is_spread_over_its_classes(tables: CodeTables, records: RecordMaker) -> None:
    assert set(_industries(tables, records(("a", "nace2", "26.1")))) == {"2611", "2612"}


def test_doubt_of_a_wide_code_lowers_confidence(tables: CodeTables, records: RecordMaker) -> None:
    rows = records(("a", "gics", "Industrial Conglomerates"), ("b", "nace2", "26.20"))
    sure = code_records(rows, tables).industries.groupby("firm_id")["confidence"].first()
    assert sure["b:3"] == 1.0
    assert sure["a:2"] < 0.5


def test_unknown_code_is_told_with_the_nearest_three(
    tables: CodeTables, records: RecordMaker
) -> None:
    rows = [("a", "nace2", "26.20"), ("a", "nace2", "28.13"), ("a", "nace2", "28.14"),
            ("a", "nace2", "29.10"), ("a", "nace2", "26.29")]  # fmt: skip
    coded = code_records(records(*rows), tables)
    assert coded.industries["firm_id"].nunique() == 4
    (problem,) = coded.problems
    assert (problem.row, problem.found) == (6, "'26.29'")
    assert problem.rule.count(",") == 2
    assert "2620" in problem.rule


def test_codes_of_another_system_are_refused(tables: CodeTables, records: RecordMaker) -> None:
    rows = [("crm", "nace2", code) for code in ("336111", "334413", "325412", "511210", "333611")]
    with pytest.raises(DataError, match="naics2017") as raised:
        code_records(records(*rows), tables)
    assert "'nace2', which knows 0%" in raised.value.message
    assert "mapping" in raised.value.hint


def test_likeliest_system_is_the_stated_one_on_a_tie(tables: CodeTables) -> None:
    guess = guess_system(["26.20", "28.13"], "isic4", list_classes(tables))
    assert guess.likeliest in {"isic4", "nace2"}
    assert not guess.wrong


def test_system_without_a_table_is_refused(tables: CodeTables, records: RecordMaker) -> None:
    with pytest.raises(DataError, match="must be one of"):
        calc_concordance("anzsic", tables)
    with pytest.raises(DataError, match="must be one of"):
        code_records(records(("a", "anzsic", "26.20")), tables)


def test_missing_table_names_the_script(tables: CodeTables) -> None:
    pairs = tables.pairs[tables.pairs["target_system"] != "isic4"]
    bare = CodeTables(pairs, tables.gics_codes, tables.gics, tables.classes)
    bare_classes = list_classes(bare)
    assert "naics2012" in bare_classes
    with pytest.raises(DataError) as raised:
        calc_concordance("naics2012", bare)
    assert "build_concordances" in raised.value.hint
