"""Lookups in long columns of text and changes at a few places, without an object per cell."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def is_among(texts: pd.Series[str], wanted: pd.Series[str] | Iterable[str]) -> NDArray[np.bool_]:
    """Tell which texts are among others; `Series.isin` makes a Python string of each first.

    Parameters
    ----------
    texts : Series of str, length n
    wanted : Series or other iterable of str
        What is looked for; any order, repeated or not.

    Returns
    -------
    ndarray of bool, shape (n,)
    """
    told = wanted if isinstance(wanted, pd.Series) else pd.Series(list(wanted), dtype="str")
    found: NDArray[np.bool_] = pc.is_in(_as_arrow(texts), value_set=_as_arrow(told)).to_numpy()
    return found


def write_at(
    texts: pd.Series[str], places: NDArray[np.int64], written: Iterable[str]
) -> pd.Series[str]:
    """Return texts with others at a few places, shape (n_places,)."""
    changed = texts.copy()
    changed.iloc[places] = list(written)  # type: ignore[call-overload]
    return changed


def _as_arrow(texts: pd.Series[str]) -> pa.ChunkedArray:
    array = pa.array(texts, type=pa.large_string(), from_pandas=True)
    return array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
