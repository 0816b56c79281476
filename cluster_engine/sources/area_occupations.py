"""Who works in what: occupations by area and group of sections, of the Annual Population Survey."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells

AREA, OCCUPATION, GROUP = "GEOGRAPHY_CODE", "SOC2020", "SIC2007"
MEASURE, VALUE, STATUS, DATE = "MEASURES_NAME", "OBS_VALUE", "OBS_STATUS", "DATE_NAME"
COLUMNS = (DATE, AREA, OCCUPATION, GROUP, MEASURE, VALUE, STATUS)

PUBLISHED = "A"
"""Status of a figure that rests on ten answers or more; all others are left empty."""

TOTALS = ("G-Q Total Services",)
SECTIONS = re.compile(r"([A-U](?:[,-][A-U])*) (.+)")
OCCUPATIONS = re.compile(r"([1-9]) (.+)")

SPELLING = {"Agricuture & fishing": "Agriculture & fishing"}


@dataclass(frozen=True, slots=True)
class AreaOccupations:
    """The pack table `area_occupations`, and what should be known about it."""

    table: pd.DataFrame
    remarks: tuple[str, ...]


def read_area_occupations(path: Path, *, areas: set[str]) -> AreaOccupations:
    """Read persons by area, group of sections and major group of occupations.

    Parameters
    ----------
    path : Path
        Nomis answer, tidy CSV, plain or gzipped.
    areas : set of str
        Areas of the pack; others are left out.

    Returns
    -------
    AreaOccupations
        area, sections ('B; D; E'), sections_name, occupation ('5'), occupation_name, persons (empty
        where not published, or resting on fewer than ten answers), error (half the width of the
        95 % interval, persons); sorted by the first, second and fourth.

    Raises
    ------
    DataError
        A missing column, a cell that cannot be read, a figure that stands twice.
    """
    rows = strip_cells(read_delimited(path, COLUMNS))
    rows = rows[rows[AREA].isin(areas) & ~rows[GROUP].isin(TOTALS)]
    _refuse_faults(rows, path.name)
    known = rows[VALUE].where(rows[STATUS] == PUBLISHED, "")
    keys = [AREA, GROUP, OCCUPATION]
    wide = rows.assign(figure=pd.to_numeric(known, errors="coerce")).pivot(
        index=keys, columns=MEASURE, values="figure"
    )
    wide = wide.reset_index()
    groups = wide[GROUP].str.extract(SECTIONS)
    occupations = wide[OCCUPATION].str.extract(OCCUPATIONS)
    table = pd.DataFrame(
        {
            "area": wide[AREA],
            "sections": groups[0].map(_list_sections),
            "sections_name": groups[1].replace(SPELLING),
            "occupation": occupations[0],
            "occupation_name": occupations[1],
            "persons": wide["Value"],
            "error": wide["Confidence"],
        }
    ).sort_values(["area", "sections", "occupation"], ignore_index=True)
    unknown = int(table["persons"].isna().sum())
    remarks = (
        f"{', '.join(sorted(set(rows[DATE])))}; {table['area'].nunique()} areas.",
        f"{unknown:,} of {len(table):,} cells rest on fewer than ten answers or are under 500 "
        "persons: empty, never 0.",
    )
    return AreaOccupations(table, remarks)


def _refuse_faults(rows: pd.DataFrame, file: str) -> None:
    number = pd.to_numeric(rows[VALUE], errors="coerce")
    published = rows[STATUS] == PUBLISHED
    twice = rows.duplicated([DATE, AREA, OCCUPATION, GROUP, MEASURE])
    problems = [
        *list_faults(rows.loc[published & number.isna(), VALUE], file, "It must be a number."),
        *list_faults(
            rows.loc[~rows[GROUP].str.fullmatch(SECTIONS), GROUP], file,
            "It must begin with sections, such as 'B,D,E'.",
        ),
        *list_faults(
            rows.loc[~rows[OCCUPATION].str.fullmatch(OCCUPATIONS), OCCUPATION], file,
            "It must begin with a major group, 1 to 9.",
        ),
        *list_faults(rows.loc[twice, AREA], file, "One figure per cell.", note=" again"),
    ]  # fmt: skip
    if problems:
        raise DataError(problems, hint="Take 'SOC 2020 by SIC 2007' as Nomis gives it, one year.")


def _list_sections(text: str) -> str:
    """'K-N' and 'B,D,E' as letters with '; ' between them."""
    found: list[str] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += [chr(sign) for sign in range(ord(first), ord(last or first) + 1)]
    return "; ".join(found)
