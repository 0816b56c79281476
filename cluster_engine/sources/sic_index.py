"""Texts of the classes of UK SIC 2007: official index, labels and business vocabulary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults

INDEX_SHEET = "Alphabetical Index"
INDEX_HEADER = ("UK SIC 2007", "Activity")
LEVEL = 4
"""Digits at which SIC 2007 and NACE Rev. 2 are the same."""

NOT_OF_FIRMS = ("0100", "84", "94", "97", "98", "99")
"""Survey remainders, public administration, membership bodies, households: never a firm's code."""


def read_class_texts(index: Path, structure: Path, terms: Path) -> pd.DataFrame:
    """Read what describes each four-digit class.

    Parameters
    ----------
    index : Path
        Workbook of the SIC 2007 index; the sheet 'Alphabetical Index' has the columns
        'UK SIC 2007' and 'Activity'.
    structure : Path
        CSV (Latin-1, may be gzipped) with SIC_5DIGIT_CODE and SIC_5DIGIT_NAME.
    terms : Path
        CSV with industry (four digits) and terms: how firms put that business into words.

    Returns
    -------
    DataFrame
        Text columns industry, label, index_text, terms; sorted by industry.

    Raises
    ------
    DataError
        A file, sheet or column is missing, or `terms` names an unknown class.
    """
    columns = ("SIC_5DIGIT_CODE", "SIC_5DIGIT_NAME")
    classes = read_delimited(structure, columns, encoding="latin-1")
    code = classes["SIC_5DIGIT_CODE"].str.slice(0, LEVEL)
    text = classes["SIC_5DIGIT_NAME"].str.replace(r"^\d{5} : ", "", regex=True)
    label = text.groupby(code).agg("; ".join)
    activities = _read_index(index)
    activity = activities["activity"].groupby(activities["industry"]).agg("; ".join)
    words = read_delimited(terms, ("industry", "terms"))
    unknown = words[~words["industry"].isin(label.index)]
    if len(unknown):
        rule = "The industry must be a class of the classification."
        raise DataError(list_faults(unknown["industry"], terms.name, rule))
    table = pd.DataFrame(
        {"label": label, "index_text": activity, "terms": words.set_index("industry")["terms"]},
        index=label.index,
    ).fillna("")
    table = table[~table.index.str.startswith(NOT_OF_FIRMS)]
    return table.rename_axis("industry").sort_index().reset_index()


def read_gics_table(path: Path, industries: Sequence[str]) -> pd.DataFrame:
    """Read how likely each class is, given the GICS-like industry of a firm.

    Parameters
    ----------
    path : Path
        CSV with gics_industry, industry (prefix of a class, 2 to 4 digits) and weight.
    industries : sequence of str
        Classes that exist.

    Returns
    -------
    DataFrame
        These columns, the weight as a number.

    Raises
    ------
    DataError
        A prefix of no class, or a weight that is no positive number.
    """
    table = read_delimited(path, ("gics_industry", "industry", "weight"))
    weight = pd.to_numeric(table["weight"], errors="coerce")
    prefixes = {code[:length] for code in industries for length in range(2, LEVEL + 1)}
    unknown = table.loc[~table["industry"].isin(prefixes), "industry"]
    problems = [
        *list_faults(unknown, path.name, "The industry must begin the code of a class."),
        *list_faults(table.loc[~(weight > 0), "weight"], path.name, "The weight must be positive."),
    ]
    if problems:
        raise DataError(problems)
    return table.assign(weight=weight)


def _read_index(path: Path) -> pd.DataFrame:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        sheet = book[INDEX_SHEET]
    except (OSError, KeyError, ValueError) as fault:
        rule = f"The file must be a workbook with the sheet '{INDEX_SHEET}'."
        raise DataError([Problem(path.name, None, None, str(fault), rule)]) from fault
    sheet.reset_dimensions()  # the publisher's file states no dimensions
    rows = list(sheet.iter_rows(values_only=True))
    book.close()
    header = next((i for i, row in enumerate(rows) if set(INDEX_HEADER) <= set(row)), None)
    if header is None:
        rule = "A header must name 'UK SIC 2007' and 'Activity'."
        raise DataError([Problem(path.name, 1, None, "no such header", rule)])
    at_code, at_text = (rows[header].index(name) for name in INDEX_HEADER)
    told = [
        (str(row[at_code]).strip()[:LEVEL], str(row[at_text]).strip())
        for row in rows[header + 1 :]
        if len(row) > max(at_code, at_text) and row[at_code] and row[at_text]
    ]
    table = pd.DataFrame(told, columns=["industry", "activity"])
    return table[table["industry"].map(lambda code: re.fullmatch(r"\d{4}", code) is not None)]
