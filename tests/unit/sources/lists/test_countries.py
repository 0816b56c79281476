"""Countries in four languages; dates and identifiers."""

from __future__ import annotations

import pandas as pd
import pytest

from cluster_engine.errors import DataError
from cluster_engine.sources.lists.countries import find_country, load_countries, parse_countries
from cluster_engine.sources.lists.dates import parse_date
from cluster_engine.sources.lists.identifiers import is_lei
from cluster_engine.sources.lists.read_report import ReadLog, ReadReport


def _parse(*cells: str) -> tuple[list[str], ReadReport]:
    log = ReadLog("list.csv")
    values = pd.Series(cells, index=range(2, len(cells) + 2), name="Country", dtype="str")
    parsed = parse_countries(values, frozenset({"n.a."}), log)
    log.raise_problems()
    return parsed.tolist(), log.freeze(format_name="", rows_kept=0, missing={})


def test_every_country_has_one_code() -> None:
    assert len(set(load_countries().values())) == 250  # ISO 3166-1 has 249, and Kosovo


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NA", "NA"), ("NO", "NO"), ("UK", "GB"), ("EL", "GR"), ("XK", "XK"), ("deu", "DE"),
        ("Türkiye", "TR"), ("Turkey", "TR"), ("Korea", "KR"), ("North Korea", "KP"),
        ("Macedonia", "MK"), ("Österreich", "AT"), ("Allemagne", "DE"), ("Países Bajos", "NL"),
        ("U.S.A.", "US"), ("Côte d’Ivoire", "CI"), ("DD", "DE"), ("", ""), ("Congo", ""),
    ],
)  # fmt: skip
def test_names_and_codes_are_found(text: str, code: str) -> None:
    assert find_country(text) == code


def test_namibia_is_never_missing() -> None:
    assert _parse("NA", "DE", "n.a.", "")[0] == ["NA", "DE", "", ""]


def test_unknown_countries_are_refused_with_a_suggestion() -> None:
    with pytest.raises(DataError) as caught:
        _parse("Germnay", "Germnay", "Congo")
    first, second = caught.value.problems
    assert "(2 times)" in first.found
    assert "DE (germany)" in first.found
    assert "CD" in second.found


def test_countries_that_are_gone_are_doubts() -> None:
    codes, report = _parse("SU", "DD", "FR", "Yugoslavia")
    assert codes == ["", "DE", "FR", ""]
    assert report.doubts[0].examples == ("row 2: SU", "row 3: DD", "row 5: Yugoslavia")


def test_unclear_dates_keep_their_year() -> None:
    assert parse_date("04/05/1998") == "1998"
    assert parse_date("04/05/1998", day_first=True) == "1998-05-04"
    assert parse_date("12/31/1998") == "1998-12-31"
    assert parse_date("1998") == "1998"
    assert parse_date("soon") == ""


def test_check_digits_of_an_lei() -> None:
    # The example of ISO 17442, also used by GLEIF to explain the check digits.
    assert is_lei("5493000IBP32UQZ0KL24")
    assert not is_lei("5493000IBP32UQZ0KL25")
    assert not is_lei("5493000IBP32UQZ0KL2")
