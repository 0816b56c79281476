"""UK Standard Industrial Classification 2007 (SIC 2007): codes, labels, parents, concordance.

Two official lists are joined: the ONS summary of structure, which has every level, and the codes of
the Business Register and Employment Survey, which add farms as one industry (01000) and give the
sections in sentence case.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults, strip_cells
from cluster_engine.sources.workbook import Grid, cell, clean_label, read_sheet

STRUCTURE_SHEET = "reworked structure"
STRUCTURE_COLUMNS = ("Description", "SECTION", "Division", "Group", "Class", "Sub Class")
NOT_APPLICABLE = "na"
HIERARCHY_ENCODING = "latin-1"
HIERARCHY_COLUMNS = (
    "SIC_2DIGIT_CODE",
    "SIC_3DIGIT_CODE",
    "SIC_3DIGIT_NAME",
    "SIC_5DIGIT_CODE",
    "SIC_5DIGIT_NAME",
    "SIC_SECTION_LETTER",
    "SIC_SECTION_NAME",
)
FINEST = 5
PREFIX_PATTERN = r"[0-9]{2,5}"
LOOKUP_COLUMNS = ("bres_industry", "iaot_industry_code")


@dataclass(frozen=True, slots=True)
class Concordance:
    """The pack table `io_concordance`, and the industries that have no input-output industry."""

    table: pd.DataFrame
    unmatched: tuple[str, ...]


def read_industries(structure: Path, hierarchy: Path) -> pd.DataFrame:
    """Read the classification at every level.

    Parameters
    ----------
    structure : Path
        The ONS summary of structure, a workbook.
    hierarchy : Path
        The list of BRES codes with their divisions, groups and sections, CSV in Latin-1.

    Returns
    -------
    DataFrame
        industry, level (1 = section, then digits), parent (null for sections), label; sorted by
        level and code. A class without subclasses stands at level 5 too, with a final 0.

    Raises
    ------
    DataError
        A column or sheet is missing, a row has no code, or a BRES code contradicts the structure.
    """
    rows, sections = _read_structure(structure)
    listed = strip_cells(read_delimited(hierarchy, HIERARCHY_COLUMNS, encoding=HIERARCHY_ENCODING))
    _check_sections(listed, sections, hierarchy.name)
    labels = {**_labels_of_bres(listed), **rows}
    labels |= dict(zip(listed["SIC_SECTION_LETTER"], listed["SIC_SECTION_NAME"], strict=True))
    section_of = {
        **sections,
        **dict(zip(listed["SIC_2DIGIT_CODE"], listed["SIC_SECTION_LETTER"], strict=True)),
    }
    codes = sorted(labels, key=lambda code: (len(code), code))
    return pd.DataFrame(
        {
            "industry": codes,
            "level": [len(code) for code in codes],
            "parent": [_parent(code, section_of) for code in codes],
            "label": [labels[code] for code in codes],
        }
    ).astype({"industry": "str", "parent": "str", "label": "str"})


def read_concordance(
    lookup: Path, industries: Collection[str], io_industries: Collection[str]
) -> Concordance:
    """Match each five-digit industry with its input-output industry; the longest prefix wins.

    Parameters
    ----------
    lookup : Path
        CSV with a SIC prefix of two to four digits and the code of the input-output industry.
    industries : collection of str
        Five-digit codes to match.
    io_industries : collection of str
        Known codes of input-output industries.

    Returns
    -------
    Concordance
        Weight 1 throughout: an industry belongs to one input-output industry.

    Raises
    ------
    DataError
        A prefix stands twice or is no number, or a code is not in the input-output table.
    """
    rows = read_delimited(lookup, LOOKUP_COLUMNS)
    prefixes = rows["bres_industry"].map(clean_label)
    codes = rows["iaot_industry_code"].map(clean_label)
    named_after_itself = prefixes == codes
    prefixes, codes = prefixes[~named_after_itself], codes[~named_after_itself]
    file = lookup.name
    odd = ~prefixes.str.fullmatch(PREFIX_PATTERN)
    problems = list_faults(prefixes[odd], file, "The prefix must be 2 to 5 digits.")
    problems += list_faults(prefixes[prefixes.duplicated()], file, "List it once.", note=" again")
    rule = "The code must be an industry of the input-output table."
    problems += list_faults(codes[~codes.isin(io_industries)], file, rule)
    if problems:
        raise DataError(problems, hint="Use a lookup made for this input-output table.")
    by_prefix = dict(zip(prefixes.tolist(), codes.tolist(), strict=True))
    matched = {code: longest_prefix(code, by_prefix) for code in sorted(industries)}
    found = {code: match for code, match in matched.items() if match is not None}
    table = pd.DataFrame({"industry": list(found), "io_industry": list(found.values())})
    return Concordance(
        table.assign(weight=1.0), tuple(code for code in matched if code not in found)
    )


def longest_prefix(code: str, values: Mapping[str, str]) -> str | None:
    """Return the value of the longest key that begins the code, or None."""
    for length in range(len(code), 0, -1):
        if code[:length] in values:
            return values[code[:length]]
    return None


def strip_code(name: str) -> str:
    """Return the label of a name such as '29320 : Manufacture of parts'."""
    return clean_label(name.split(" : ", 1)[-1])


def _read_structure(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Return the label of each code, and the section of each division."""
    grid = read_sheet(path, STRUCTURE_SHEET)
    header = tuple(cell(grid, 1, column) for column in range(1, len(STRUCTURE_COLUMNS) + 1))
    if header != STRUCTURE_COLUMNS:
        found, rule = str(header), f"Columns: {', '.join(STRUCTURE_COLUMNS)}."
        raise DataError([Problem(path.name, 1, None, found, rule)])
    labels: dict[str, str] = {}
    sections: dict[str, str] = {}
    problems: list[Problem] = []
    for row in range(2, len(grid) + 1):
        code = _code_of_row(grid, row)
        label = cell(grid, row, 1)
        if code is None or not isinstance(label, str) or code in labels:
            found = f"code {code!r}, description {label!r}"
            rule = "Each row must have a description and a new code."
            problems.append(Problem(path.name, row, None, found, rule))
            continue
        labels[code] = label
        if len(code) == 2:
            sections[code] = str(cell(grid, row, 2))
    if problems:
        raise DataError(problems, hint="Give the workbook as ONS publishes it.")
    parents = {code[:4] for code in labels if len(code) == FINEST}
    leaves = {
        code + "0": label
        for code, label in labels.items()
        if len(code) == 4 and code not in parents
    }
    return labels | leaves, sections


def _code_of_row(grid: Grid, row: int) -> str | None:
    """Return the finest code of a row; Excel holds some codes as numbers, without their zero."""
    for column in range(6, 2, -1):
        value = cell(grid, row, column)
        if value not in (None, NOT_APPLICABLE):
            return str(value).zfill(column - 1)
    section = cell(grid, row, 2)
    return section if isinstance(section, str) and len(section) == 1 else None


def _labels_of_bres(listed: pd.DataFrame) -> dict[str, str]:
    finest = dict(zip(listed["SIC_5DIGIT_CODE"], listed["SIC_5DIGIT_NAME"], strict=True))
    groups = dict(zip(listed["SIC_3DIGIT_CODE"], listed["SIC_3DIGIT_NAME"], strict=True))
    classes = {code[:4]: name for code, name in finest.items() if code.endswith("0")}
    return {code: strip_code(name) for code, name in {**classes, **groups, **finest}.items()}


def _check_sections(listed: pd.DataFrame, sections: Mapping[str, str], file: str) -> None:
    letters = listed["SIC_SECTION_LETTER"]
    rule = "The section of the division must be that of the structure."
    problems = list_faults(letters[listed["SIC_2DIGIT_CODE"].map(sections) != letters], file, rule)
    if problems:
        raise DataError(problems, hint="Both files must be of SIC 2007.")


def _parent(code: str, section_of: Mapping[str, str]) -> str | None:
    if len(code) == 1:
        return None
    return section_of[code] if len(code) == 2 else code[:-1]
