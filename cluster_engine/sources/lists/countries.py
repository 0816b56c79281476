"""Turn names and codes of countries into ISO 3166-1 alpha-2, in four languages.

'NA' is Namibia and 'NO' is Norway: nothing is ever taken for a missing value or a truth value.
"""

from __future__ import annotations

import csv
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cluster_engine.sources.lists.texts import clean_text, make_key, map_texts

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.sources.lists.read_report import ReadLog

TABLE = "countries.csv"
AMBIGUOUS = {
    "congo": "CG (Republic) or CD (Democratic Republic)",
    "guiana": "GF, GY or SR",
    "virgin islands": "VG (British) or VI (US)",
}
READ_AS = {"UK": "GB", "EL": "GR"}
"""Codes of EU bodies that ISO does not use."""

HISTORIC = {"DD": "DE", "BU": "MM", "ZR": "CD", "TP": "TL", "FX": "FR"}
"""Codes withdrawn from ISO 3166-1 with one successor."""

GONE = frozenset({"SU", "YU", "CS", "AN", "SUN", "YUG", "SCG", "ANT", "CSK"})
"""Codes withdrawn with several successors: the country cannot be told."""

GONE_NAMES = frozenset({
    "soviet union", "ussr", "yugoslavia", "serbia and montenegro", "czechoslovakia",
    "netherlands antilles",
})  # fmt: skip


@cache
def load_countries() -> dict[str, str]:
    """Return the ISO 3166-1 alpha-2 code by key of name, alpha-2 and alpha-3 code."""
    text = (files("cluster_engine.sources.lists") / TABLE).read_text(encoding="utf-8")
    table: dict[str, str] = {}
    for row in csv.DictReader(text.splitlines()):
        for name in (row["iso2"], row["iso3"], *row["names"].split("|")):
            table.setdefault(make_key(name), row["iso2"])
    return table


def find_country(text: str) -> str:
    """Return the alpha-2 code of a country, '' if it is not known.

    Examples
    --------
    >>> find_country("Österreich"), find_country("NA"), find_country("KOR"), find_country("UK")
    ('AT', 'NA', 'KR', 'GB')
    """
    code = text.strip().upper()
    if code in READ_AS:
        return READ_AS[code]
    if code in HISTORIC:
        return HISTORIC[code]
    return load_countries().get(make_key(text), "")


def parse_countries(
    values: pd.Series[str], missing: frozenset[str], log: ReadLog
) -> pd.Series[str]:
    """Read a column of countries.

    Parameters
    ----------
    values : Series of str
        Names or codes; the name is the column, the index the rows.
    missing : frozenset of str
        What stands for 'not known' in this source, in lower case.
    log : ReadLog
        Notes what is unknown or ambiguous.

    Returns
    -------
    Series of str
        ISO 3166-1 alpha-2; '' where empty.
    """
    table: dict[str, str] = {}
    fixed, wrong = [], []
    for cell in values.unique():
        text = clean_text(cell)
        known = "" if _is_gone(text) else find_country(text)
        table[cell] = known
        if known and known != text:
            fixed.append(cell)
        elif not known and text and text.casefold() not in missing:
            wrong.append(cell)
    log.add_fix("countries brought to ISO codes", int(values.isin(fixed).sum()))
    gone = [c for c in table if _is_gone(c) or clean_text(c).upper() in HISTORIC]
    listed = [f"row {row}: {cell}" for row, cell in values[values.isin(gone)].items()]
    log.add_doubt("country that no longer exists", listed)
    for cell in wrong:
        if not _is_gone(cell):
            _note_unknown(values, cell, log)
    return map_texts(values, table)


def _is_gone(cell: str) -> bool:
    return clean_text(cell).upper() in GONE or make_key(cell) in GONE_NAMES


def _note_unknown(values: pd.Series[str], cell: str, log: ReadLog) -> None:
    rows = values.index[values == cell]
    key = make_key(cell)
    advice = AMBIGUOUS.get(key, "")
    if not advice:
        near = get_close_matches(key, [k for k in load_countries() if len(k) > 3], n=1)
        advice = f"{load_countries()[near[0]]} ({near[0]})?" if near else ""
    often = f" ({len(rows):,} times)" if len(rows) > 1 else ""
    found = f"'{clean_text(cell)[:60]}'{often}" + (f"; meant: {advice}" if advice else "")
    rule = "The country must be a name or an ISO 3166-1 code."
    log.add_problem(int(rows[0]), str(values.name), found, rule, hint="Mend the countries.")
