"""Tables that ship with the engine and decide about imported firms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.code_tables import read_code_pairs, read_gics_codes

TEXT_CODER = "text_coder.npz"
PARENT_COLUMNS = ("country", "name", "parent_country", "parent_name", "relation")
AREA_COLUMNS = ("area", "prefixes", "terms")


@dataclass(frozen=True, slots=True)
class ShippedTables:
    """What imported firms are coded, grouped and noted by.

    Attributes
    ----------
    pairs, gics_codes, gics : DataFrame
        Published links of classes; codes of GICS industries; their classes. As `firms.concordance`
        takes them.
    parents : DataFrame
        Well-known groups, as `firms.groups.roll_up` takes them.
    areas : DataFrame
        Sensitive areas, as `firms.sensitive_areas` takes them.
    coder : dict of str to array
        Arrays of the text coder, as `firms.text_coder` takes them.
    """

    pairs: pd.DataFrame
    gics_codes: pd.DataFrame
    gics: pd.DataFrame
    parents: pd.DataFrame
    areas: pd.DataFrame
    coder: dict[str, NDArray[Any]]


def read_shipped_tables(curated: Path, classes: Sequence[str]) -> ShippedTables:
    """Read all of them.

    Parameters
    ----------
    curated : Path
        Folder that holds them.
    classes : sequence of str
        Four-digit classes of the pack.

    Raises
    ------
    DataError
        A file is missing or damaged: the installation is not whole.
    """
    return ShippedTables(
        read_code_pairs(curated / "code_concordances.csv"),
        read_gics_codes(curated / "gics_codes.csv"),
        _read_gics(curated / "gics_sic.csv", classes),
        read_curated(curated / "group_parents.csv", PARENT_COLUMNS),
        read_curated(curated / "sensitive_areas.csv", AREA_COLUMNS),
        read_arrays(curated / TEXT_CODER),
    )


def read_curated(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Read some text columns of a table written by hand."""
    return read_delimited(path, columns)


def _read_gics(path: Path, classes: Sequence[str]) -> pd.DataFrame:
    """Read the classes of GICS industries that the pack has: a small pack lacks some."""
    table = read_delimited(path, ("gics_industry", "industry", "weight"))
    known = {code[:length] for code in classes for length in range(2, len(code) + 1)}
    kept: pd.DataFrame = table[table["industry"].isin(known)]
    return kept.assign(weight=pd.to_numeric(kept["weight"]))


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Read arrays of plain numbers; objects, which could run code, are refused.

    Raises
    ------
    DataError
        No such file, or not what it should be.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, KeyError) as fault:
        rule = "The file must hold arrays of plain numbers."
        problem = Problem(path.name, None, None, str(fault).splitlines()[0], rule)
        raise DataError([problem], hint="Install the engine again.") from fault
