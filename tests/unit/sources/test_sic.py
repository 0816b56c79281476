from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.curated import classify, read_knowledge_classes, read_names
from cluster_engine.sources.sic import longest_prefix, read_concordance, read_industries

CURATED = Path(__file__).parents[3] / "data/curated"
STRUCTURE = [
    ("Description", "SECTION", "Division", "Group", "Class", "Sub Class"),
    ("AGRICULTURE", " A", "na", "na", "na", "na"),
    ("Crops", " A", "01", "na", "na", "na"),
    ("Annual crops", " A", "01", "011", "na", "na"),
    ("Cereals", " A", "01", "011", "0111", "na"),
    ("MANUFACTURING", " C", "na", "na", "na", "na"),
    ("Food", " C", "10", "na", "na", "na"),
    ("Dairy", " C", "10", 105, "na", "na"),
    ("Milk", " C", "10", 105, 1051, "na"),
    ("Builders’ milk\xa0 ", " C", "10", 105, 1051, 10511),
]
HIERARCHY = (
    "SIC_2DIGIT_CODE,SIC_3DIGIT_CODE,SIC_3DIGIT_NAME,SIC_5DIGIT_CODE,SIC_5DIGIT_NAME,"
    "SIC_SECTION_LETTER,SIC_SECTION_NAME\n"
    "01,010,010 : Farm data,01000,01000 : Farm data,A,Agriculture\n"
    "01,011,011 : Annual crops,01110,01110 : Cereals,A,Agriculture\n"
    "10,105,105 : Dairy,10511,10511 : BuildersÆ milk,C,Manufacturing\n"
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    book = openpyxl.Workbook()
    book.active.title = "reworked structure"
    for row in STRUCTURE:
        book.active.append(row)
    book.save(tmp_path / "structure.xlsx")
    (tmp_path / "hierarchy.csv").write_text(HIERARCHY, encoding="latin-1")
    return tmp_path / "structure.xlsx", tmp_path / "hierarchy.csv"


def test_all_levels_have_labels_and_parents(files: tuple[Path, Path]) -> None:
    table = read_industries(*files).set_index("industry")

    assert table.loc["0111", "parent"] == "011"
    assert table.loc["01", "parent"] == "A"
    assert table["parent"].isna().tolist() == [True, True] + [False] * (len(table) - 2)
    assert table.loc["A", "label"] == "Agriculture"
    assert table.loc["10511", "label"] == "Builders’ milk"
    assert table["level"].value_counts().to_dict() == {5: 3, 4: 3, 3: 3, 2: 2, 1: 2}


def test_class_without_subclass_stands_at_the_finest_level_too(files: tuple[Path, Path]) -> None:
    table = read_industries(*files).set_index("industry")

    assert table.loc["01110", "label"] == "Cereals"
    assert "10510" not in table.index


def test_farms_are_added_with_their_class(files: tuple[Path, Path]) -> None:
    table = read_industries(*files).set_index("industry")

    assert table.loc["01000", "parent"] == "0100"
    assert table.loc["0100", "label"] == "Farm data"
    assert table.loc["0100", "parent"] == "010"


def test_section_that_contradicts_the_structure_is_refused(files: tuple[Path, Path]) -> None:
    files[1].write_text(HIERARCHY.replace(",C,", ",A,"), encoding="latin-1")

    with pytest.raises(DataError, match="row 4, column 'SIC_SECTION_LETTER'"):
        read_industries(*files)


def test_longest_prefix_wins() -> None:
    values = {"10": "food", "105": "dairy"}

    assert longest_prefix("10511", values) == "dairy"
    assert longest_prefix("10110", values) == "food"
    assert longest_prefix("99000", values) is None


LOOKUP = "bres_industry,iaot_industry_code,desc\n10,C10,Food\n105,C105 & 6,Dairy\nL68A,L68A,Homes\n"


def test_concordance_names_what_it_cannot_match(tmp_path: Path) -> None:
    path = tmp_path / "lookup.csv"
    path.write_text(LOOKUP.replace("C105 & 6", "C105  &\xa06 "), encoding="utf-8")

    read = read_concordance(path, {"10511", "10110", "98100"}, {"C10", "C105 & 6", "L68A"})

    assert read.table.to_numpy().tolist() == [["10110", "C10", 1.0], ["10511", "C105 & 6", 1.0]]
    assert read.unmatched == ("98100",)


def test_faulty_concordance_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lookup.csv"
    path.write_text(LOOKUP + "10,C10,Again\n1x,C10,Odd\n11,C11,Unknown\n", encoding="utf-8")

    with pytest.raises(DataError) as caught:
        read_concordance(path, {"10511"}, {"C10", "C105 & 6"})

    assert sorted(problem.row or 0 for problem in caught.value.problems) == [5, 6, 7]


def test_knowledge_classes_follow_the_three_digit_variant() -> None:
    classes = read_knowledge_classes(CURATED / "knowledge_classes.csv")
    codes = pd.Series(
        ["C", "30", "303", "30300", "3011", "25400", "25620", "3250", "1820", "01000", "62", "42"]
    )

    assert classify(codes, classes).fillna("none").tolist() == [
        "none",
        "medium-high-technology manufacturing",
        "high-technology manufacturing",
        "high-technology manufacturing",
        "medium-low-technology manufacturing",
        "medium-high-technology manufacturing",
        "medium-low-technology manufacturing",
        "medium-high-technology manufacturing",
        "medium-low-technology manufacturing",
        "none",
        "high-tech knowledge-intensive services",
        "none",
    ]


def test_every_division_of_manufacturing_and_services_has_a_class() -> None:
    classes = read_knowledge_classes(CURATED / "knowledge_classes.csv")
    divisions = {prefix for prefix in classes if len(prefix) == 2}
    absent = {"34", "40", "44", "48", "54", "57", "67", "76", "83", "89"}
    expected = {f"{n}" for n in [*range(10, 34), *range(45, 100)]} - absent

    assert divisions == expected


def test_faulty_knowledge_classes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "classes.csv"
    path.write_text(
        "prefix,class,group\n21,high-technology manufacturing,services\n2x,low tech,services\n"
        "21,high-technology manufacturing,manufacturing\n",
        encoding="utf-8",
    )

    with pytest.raises(DataError) as caught:
        read_knowledge_classes(path)

    assert {(problem.row, problem.column) for problem in caught.value.problems} == {
        (2, "group"),
        (3, "prefix"),
        (3, "class"),
        (3, "group"),
        (4, "prefix"),
    }


def test_names_must_cover_every_code(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("industry,name\n01,Farming\n02,\n03,Fishing\n03,Fish\n", encoding="utf-8")

    with pytest.raises(DataError) as caught:
        read_names(path, "industry", ["01", "02", "04"])

    found = [(problem.row, problem.column) for problem in caught.value.problems]
    assert sorted(found, key=str) == [
        (3, "name"),
        (4, "industry"),
        (5, "industry"),
        (5, "industry"),
        (None, "industry"),
    ]


@pytest.mark.shared_data
def test_two_digit_classes_agree_with_the_typed_list(shared_data: Path) -> None:
    classes = read_knowledge_classes(CURATED / "knowledge_classes.csv")
    typed = pd.read_csv(shared_data / "data/classification/eurostat_htms_kis_nace2.csv", dtype=str)
    expected = {}
    for span, group in zip(typed["nace_rev2"], typed["group"], strict=True):
        first, _, last = span.partition("-")
        for number in range(int(first), int(last or first) + 1):
            expected[f"{number:02d}"] = group
    divisions = {code: kind for code, kind in classes.items() if len(code) == 2}

    assert {code: divisions.get(code) for code in expected} == expected
    assert set(divisions) - set(expected) == {
        code for code, kind in divisions.items() if kind == "less knowledge-intensive services"
    }
