"""Industries that a user sets right: a small file kept beside the lists."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.lists.reader import read_list_grid

NAMES = {
    "firm": ("firm", "firm_id", "firm id", "firm name", "firm_name", "name", "company",
             "company name", "lei", "id"),
    "industry": ("industry", "code", "sic", "industry code", "industry_code", "sic code"),
    "weight": ("weight", "share"),
    "country": ("country", "country code"),
}  # fmt: skip
COLUMNS = ("row", "firm", "industry", "weight", "country")


def read_corrections(path: Path, industries: Collection[str]) -> pd.DataFrame:
    """Read corrected industries.

    Parameters
    ----------
    path : Path
        CSV or XLSX with the columns firm (name, firm_id, LEI or registry number) and industry (four
        digits of the pack's classification), and, if wanted, weight and country.
    industries : collection of str
        Classes that exist.

    Returns
    -------
    DataFrame
        row, firm, industry, weight (positive; 1 where not told), country ('' where not told).

    Raises
    ------
    DataError
        A column is missing, a class does not exist, a weight is no positive number, a firm is not
        named, or the same class stands twice for one firm.
    """
    cells, _ = read_list_grid(path)
    header = {str(name).strip().lower(): str(name) for name in cells.columns}
    found = {
        target: next((header[name] for name in names if name in header), None)
        for target, names in NAMES.items()
    }
    missing = [target for target in ("firm", "industry") if found[target] is None]
    if missing:
        rule = "Corrections must have the columns 'firm' and 'industry'."
        problems = [Problem(path.name, 1, name, "none", rule) for name in missing]
        raise DataError(problems, hint="Add a first row: firm,industry,weight")
    text = {
        target: cells[column].str.strip() if column else pd.Series("", index=cells.index)
        for target, column in found.items()
    }
    code = text["industry"].str.replace(r"[.\s]", "", regex=True)
    # Spreadsheets take the first zero off 0111.
    code = code.mask(code.str.fullmatch(r"\d{3}"), "0" + code)
    weight = pd.to_numeric(text["weight"].str.replace(",", ".").replace("", "1"), errors="coerce")
    table = pd.DataFrame(
        {"row": cells.index, "firm": text["firm"], "industry": code,
         "weight": weight.astype("float64"), "country": text["country"].str.upper()},
    )  # fmt: skip
    problems = _check(table, path.name, frozenset(industries))
    if problems:
        raise DataError(problems, hint="Mend the corrections; codes have four digits.")
    return table.reset_index(drop=True)[list(COLUMNS)]


def _check(table: pd.DataFrame, file: str, industries: frozenset[str]) -> list[Problem]:
    problems = []
    again = table.duplicated(["firm", "industry", "country"])
    for row, firm, code, weight, country in table[list(COLUMNS)].itertuples(index=False):
        if not firm:
            problems.append(Problem(file, row, "firm", "nothing", "A firm must be named."))
        if code not in industries:
            rule = "The industry must be a four-digit class of the pack."
            problems.append(Problem(file, row, "industry", f"'{code}'", rule))
        if not weight > 0 or weight == float("inf"):
            problems.append(Problem(file, row, "weight", str(weight), "It must be positive."))
        if country and not re.fullmatch(r"[A-Z]{2}", country):
            rule = "The country must be two letters, such as DE."
            problems.append(Problem(file, row, "country", f"'{country}'", rule))
    for row, firm in table.loc[again, ["row", "firm"]].itertuples(index=False):
        rule = "A firm must name a class once."
        problems.append(Problem(file, row, "firm", f"'{firm}' again", rule))
    return problems
