from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.nomis import NomisChoice, read_employment

HEADER = "DATE,GEOGRAPHY_NAME,GEOGRAPHY_CODE,INDUSTRY_NAME,INDUSTRY_CODE,COUNT\n"
TIDY = (
    HEADER
    + '2021,Beta,B1,"29320 : Parts, other",29320,25\n'
    + "2021,Alpha,A1,29320 : Parts,29320,1000\n"
    + "2021,Alpha,A1,01000 : Farms,01000,NA\n"
)
API_HEADER = (
    "DATE,GEOGRAPHY_NAME,GEOGRAPHY_CODE,INDUSTRY_NAME,INDUSTRY_CODE,INDUSTRY_TYPE,"
    "EMPLOYMENT_STATUS_NAME,MEASURE_NAME,MEASURES,OBS_VALUE,OBS_STATUS\n"
)
DIVISION = "SIC 2007 division (2 digit)"
GROUP = "SIC 2007 group (3 digit)"


def _write(tmp_path: Path, text: str, *, encoding: str = "utf-8") -> Path:
    path = tmp_path / "jobs.csv"
    path.write_bytes(text.encode(encoding))
    return path


def _api_row(
    code: str,
    *,
    kind: str = DIVISION,
    status: str = "Employment",
    measures: str = "20100",
    value: str = "10",
    flag: str = "A",
) -> str:
    name = f"{code} : Industry"
    return f"2021,Alpha,A1,{name},{code},{kind},{status},Count,{measures},{value},{flag}\n"


def test_tidy_file_is_sorted_and_a_missing_figure_stays_null(tmp_path: Path) -> None:
    read = read_employment(_write(tmp_path, TIDY))

    table = read.employment
    assert table["area"].tolist() == ["A1", "A1", "B1"]
    assert table["industry"].tolist() == ["01000", "29320", "29320"]
    assert table["jobs"].isna().tolist() == [True, False, False]
    assert read.areas["area_name"].tolist() == ["Alpha", "Beta"]
    assert "1 figures are not published" in read.remarks[-1]


def test_every_bad_cell_is_listed_with_its_row(tmp_path: Path) -> None:
    text = (
        TIDY
        + "2021,Beta,B1,01000 : Farms,01000,-5\n"
        + "2021,Beta,B1,10110 : Meat,10110,many\n"
        + '2021,Beta,B1,10120 : Poultry,10120,"1,000"\n'
        + "21,Beta,B1,10130 : Bacon,10130,5\n"
        + "2021,Alpha,A1,29320 : Parts,29320,5\n"
    )

    with pytest.raises(DataError) as caught:
        read_employment(_write(tmp_path, text), industries={"29320", "01000", "10110", "10130"})

    places = [(problem.row, problem.column) for problem in caught.value.problems]
    assert places == [
        (5, "COUNT"),
        (6, "COUNT"),
        (7, "INDUSTRY_CODE"),
        (7, "COUNT"),
        (8, "DATE"),
        (9, "INDUSTRY_CODE"),
    ]
    assert "must not be negative" in caught.value.problems[0].rule
    assert "first in row 3" in caught.value.problems[-1].found
    assert all(problem.file == "jobs.csv" for problem in caught.value.problems)


@pytest.mark.parametrize("figure", ["inf", "nan", "1e3", "", "5.5.5"])
def test_only_plain_figures_are_read(tmp_path: Path, figure: str) -> None:
    path = _write(tmp_path, HEADER + f"2021,Alpha,A1,29320 : Parts,29320,{figure}\n")
    if figure == "":
        assert read_employment(path).employment["jobs"].isna().all()
        return
    with pytest.raises(DataError, match="row 2, column 'COUNT'"):
        read_employment(path)


def test_missing_column_is_named(tmp_path: Path) -> None:
    text = TIDY.replace("GEOGRAPHY_CODE", "AREA")

    with pytest.raises(DataError, match="row 1, column 'GEOGRAPHY_CODE'"):
        read_employment(_write(tmp_path, text))


def test_wrong_encoding_is_named(tmp_path: Path) -> None:
    text = TIDY.replace("Beta", "Bêta")

    with pytest.raises(DataError, match="not utf-8"):
        read_employment(_write(tmp_path, text, encoding="latin-1"))


def test_unknown_area_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 2, column 'GEOGRAPHY_CODE'"):
        read_employment(_write(tmp_path, TIDY), areas={"A1"})


def test_lost_leading_zero_is_told_by_the_name(tmp_path: Path) -> None:
    text = TIDY.replace("Farms,01000", "Farms,1000")

    with pytest.raises(DataError, match=r"row 4.*The name says '01000'") as caught:
        read_employment(_write(tmp_path, text))

    assert "leading zeros" in caught.value.hint


def test_api_answer_with_several_levels_needs_a_choice(tmp_path: Path) -> None:
    text = API_HEADER + _api_row("29") + _api_row("293", kind=GROUP)
    path = _write(tmp_path, text)

    with pytest.raises(DataError, match=r"level 2 \(1 rows\), level 3 \(1 rows\)"):
        read_employment(path)

    read = read_employment(path, choice=NomisChoice(level=3))
    assert read.employment["industry"].tolist() == ["293"]
    assert "1 rows of other levels than 3 are left out." in read.remarks


def test_level_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="industries of level 5"):
        read_employment(_write(tmp_path, API_HEADER + _api_row("29")), choice=NomisChoice(level=5))


def test_code_must_have_the_digits_its_type_says(tmp_path: Path) -> None:
    text = API_HEADER + _api_row("29", kind=GROUP)

    with pytest.raises(DataError, match="The level is 3 digits"):
        read_employment(_write(tmp_path, text))


def test_employment_is_preferred_among_statuses(tmp_path: Path) -> None:
    text = API_HEADER + _api_row("29", status="Employees", value="8") + _api_row("29", value="9")
    path = _write(tmp_path, text)

    assert read_employment(path).employment["jobs"].tolist() == [9.0]
    choice = NomisChoice(status="Employees")
    assert read_employment(path, choice=choice).employment["jobs"].tolist() == [8.0]
    with pytest.raises(DataError, match="'Working owners'"):
        read_employment(path, choice=NomisChoice(status="Working owners"))


def test_two_statuses_without_employment_are_ambiguous(tmp_path: Path) -> None:
    text = API_HEADER + _api_row("29", status="Employees") + _api_row("29", status="Full-time")

    with pytest.raises(DataError, match="One value must be chosen"):
        read_employment(_write(tmp_path, text))


def test_only_status_is_taken_and_said(tmp_path: Path) -> None:
    read = read_employment(_write(tmp_path, API_HEADER + _api_row("29", status="Employees")))

    assert "The only EMPLOYMENT_STATUS_NAME is 'Employees'." in read.remarks


def test_values_are_chosen_by_measure(tmp_path: Path) -> None:
    text = API_HEADER + _api_row("29", value="9") + _api_row("29", measures="20301", value="0.1")

    assert read_employment(_write(tmp_path, text)).employment["jobs"].tolist() == [9.0]


def test_suppressed_figure_is_null_even_where_a_zero_stands(tmp_path: Path) -> None:
    text = API_HEADER + _api_row("29", value="0", flag="Q") + _api_row("30", value="0")

    jobs = read_employment(_write(tmp_path, text)).employment["jobs"]
    assert jobs.isna().tolist() == [True, False]


@pytest.mark.shared_data
def test_real_api_answer_gives_the_published_division(shared_data: Path) -> None:
    path = shared_data / "data/bres/nomis_api_gb_2021_all_sic_levels.csv.gz"

    with pytest.raises(DataError, match="level 2"):
        read_employment(path)
    table = read_employment(path, choice=NomisChoice(level=2)).employment
    assert len(table) == 73
    assert table.set_index("industry").loc["01", "jobs"] == 454_000
