"""Input-output analytical tables of the Office for National Statistics (ONS), industry by industry.

Two workbooks of one edition belong together: the industry-by-industry tables (sheet 'IOT', domestic
use) and the product-by-product tables (sheet 'Imports use pxi', imported products by industry).
Amounts are in £m at basic prices; imports are cif.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.sources.io_sheet import IoSheet, read_io_sheet
from cluster_engine.sources.workbook import column_letter

PRIMARY_INPUTS = {
    "Use of imported products, cif": "imports",
    "Taxes less subsidies on products": "taxes_on_products",
    "D1": "compensation",
    "GOS & MI": "surplus",
    "D29-D39": "taxes_on_production",
    "GVA": "value_added",
    "P1": "output",
}
FINAL_USES = ("P3 S13", "P3 S14", "P3 S15", "P51G", "P52", "P53", "P61EU", "P61RW", "P62")
EXPORTS = ("P61EU", "P61RW", "P62")
TOTAL_USE = "TU"
PRODUCT_PREFIX = "CPA_"
OTHER_PRODUCT_CODES = {
    "C11.01-6 & C12": "C1101T1106 & C12",
    "C241_3": "C241T243",
    "H493_5": "H493T495",
}
"""Product codes that ONS writes in another way than the code of the same industry."""

BALANCE_TOLERANCE = 1.0
"""£m. Published totals are whole £m: an edition that rounds its cells may miss by that much."""


@dataclass(frozen=True, slots=True)
class InputOutput:
    """The pack tables `io_industries` (without names), `io_flows` and `io_imports`."""

    industries: pd.DataFrame
    flows: pd.DataFrame
    imports: pd.DataFrame


def read_input_output(industry_tables: Path, product_tables: Path) -> InputOutput:
    """Read both workbooks of an edition and check that they balance.

    Parameters
    ----------
    industry_tables : Path
        The industry-by-industry workbook (2019 edition: nasu1719in.xlsx).
    product_tables : Path
        The product-by-product workbook (2019 edition: nasu1719pr.xlsx).

    Returns
    -------
    InputOutput
        £m; flows of zero are left out.

    Raises
    ------
    DataError
        A sheet, row or column is missing; codes repeat or differ between rows and columns; sales
        and final uses do not add up to total use, purchases and primary inputs not to output, or
        imports not to the imports of the first workbook (within `BALANCE_TOLERANCE`).
    """
    table = read_io_sheet(industry_tables, "IOT", square=True)
    primary = _primary_inputs(table)
    final = pd.DataFrame(
        {code: table.column(code) for code in (*FINAL_USES, TOTAL_USE)}, index=table.codes
    )
    _check_balance(table, primary, final)
    imports = _read_imports(product_tables, table.codes)
    _check_imports(product_tables, imports, primary["imports"])
    sold = pd.Series(table.values.sum(axis=1), index=table.codes)
    industries = primary.assign(
        io_industry=table.codes,
        label=table.labels,
        final_use=final[TOTAL_USE] - sold,
        exports=final[list(EXPORTS)].sum(axis=1),
    )
    flows = pd.DataFrame(table.values, index=table.codes, columns=table.codes)
    return InputOutput(
        industries=industries.reset_index(drop=True),
        flows=_long(flows, "supplier"),
        imports=_long(imports, "product"),
    )


def read_published_leontief(path: Path) -> pd.DataFrame:
    """Return the Leontief inverse ONS publishes, suppliers in rows and users in columns.

    Raises
    ------
    DataError
        The sheet 'Leontief' is missing or has another form.
    """
    return _labelled(read_io_sheet(path, "Leontief", square=True))


def read_published_coefficients(path: Path) -> pd.DataFrame:
    """Return the technical coefficients ONS publishes, suppliers in rows and users in columns.

    Raises
    ------
    DataError
        The sheet 'A' is missing or has another form.
    """
    return _labelled(read_io_sheet(path, "A", square=True))


def _labelled(table: IoSheet) -> pd.DataFrame:
    return pd.DataFrame(table.values, index=table.codes, columns=table.codes)


def _primary_inputs(table: IoSheet) -> pd.DataFrame:
    rows = {name: table.row(key) for key, name in PRIMARY_INPUTS.items()}
    return pd.DataFrame(rows, index=table.codes)


def _read_imports(path: Path, industries: tuple[str, ...]) -> pd.DataFrame:
    table = read_io_sheet(path, "Imports use pxi", square=False)
    products = []
    for code in table.row_codes:
        plain = code.removeprefix(PRODUCT_PREFIX)
        products.append(OTHER_PRODUCT_CODES.get(plain, plain))
    problems = [
        Problem(path.name, table.first_row + number, "A", f"'{code}'", "Unknown product code.")
        for number, code in enumerate(products)
        if code not in industries
    ]
    if table.codes != industries:
        odd = sorted(set(table.codes) ^ set(industries))
        rule = "The industries must be those of the industry-by-industry table, in order."
        found = ", ".join(odd) or "another order"
        problems.append(Problem(path.name, table.header_row, None, found, rule))
    if problems:
        raise DataError(problems, hint="Give two workbooks of the same edition.")
    return pd.DataFrame(table.values, index=products, columns=table.codes)


def _check_balance(table: IoSheet, primary: pd.DataFrame, final: pd.DataFrame) -> None:
    inputs = ["imports", "taxes_on_products", "compensation", "surplus", "taxes_on_production"]
    supply = table.values.sum(axis=0) + primary[inputs].sum(axis=1).to_numpy()
    demand = table.values.sum(axis=1) + final[list(FINAL_USES)].sum(axis=1).to_numpy()
    output = primary["output"].to_numpy()
    added = primary[["compensation", "surplus", "taxes_on_production"]].sum(axis=1).to_numpy()
    problems = []
    for number, code in enumerate(table.codes):
        row, letter = table.first_row + number, column_letter(table.first_column + number)
        for sums, total, words, where in (
            (demand, final[TOTAL_USE].to_numpy(), "Sales and final uses must be total use", None),
            (supply, output, "Purchases and primary inputs must be output", letter),
            (added, primary["value_added"].to_numpy(), "Incomes must be value added", letter),
            (output, final[TOTAL_USE].to_numpy(), "Output must be total use", None),
        ):
            if not abs(sums[number] - total[number]) <= BALANCE_TOLERANCE:
                found = f"{sums[number]:,.1f} against {total[number]:,.1f} for {code}"
                rule = f"{words} within £{BALANCE_TOLERANCE:g}m."
                place = row if where is None else None
                problems.append(Problem(table.file, place, where, found, rule))
    if problems:
        raise DataError(problems, hint="Give the workbook as ONS publishes it.")


def _check_imports(path: Path, imports: pd.DataFrame, expected: pd.Series[float]) -> None:
    totals = imports.sum(axis=0)
    problems = [
        Problem(
            path.name,
            None,
            str(code),
            f"£{totals[code]:,.1f}m against £{expected[code]:,.1f}m",
            f"Imports by product must add up to those in the IOT within £{BALANCE_TOLERANCE:g}m.",
        )
        for code in imports.columns
        if not abs(totals[code] - expected[code]) <= BALANCE_TOLERANCE
    ]
    if problems:
        raise DataError(problems, hint="Give two workbooks of the same edition.")


def _long(matrix: pd.DataFrame, row_name: str) -> pd.DataFrame:
    rows, columns = np.nonzero(matrix.to_numpy())
    return pd.DataFrame(
        {
            row_name: matrix.index.to_numpy()[rows],
            "user": matrix.columns.to_numpy()[columns],
            "flow": matrix.to_numpy()[rows, columns],
        }
    )
