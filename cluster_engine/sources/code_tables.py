"""Published concordances and hand-made tables of codes that ship with the engine."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults


def read_code_pairs(path: Path) -> pd.DataFrame:
    """Read the links of classes: text columns system, code, target_system, target.

    Raises
    ------
    DataError
        The file cannot be read, or a code is not made of digits.
    """
    pairs = read_delimited(path, ("system", "code", "target_system", "target"))
    problems = [
        problem
        for column in ("code", "target")
        for problem in list_faults(
            pairs.loc[~pairs[column].str.fullmatch(r"\d{4}|\d{6}"), column],
            path.name,
            "The code must have four or six digits.",
        )
    ]
    if problems:
        raise DataError(problems, hint="Build it again with scripts/build_concordances.py.")
    return pairs


def read_gics_codes(path: Path) -> pd.DataFrame:
    """Read the names of GICS industries: text columns code (six digits), gics_industry."""
    return read_delimited(path, ("code", "gics_industry"))
