"""Match keys and legal forms of many names, each different name once."""

from __future__ import annotations

import pandas as pd
from joblib import Parallel, delayed

from cluster_engine.firms.names import describe_name

N_JOBS = 2
PARALLEL_FROM = 100_000
"""Fewer names are done sooner than a second process has started."""
CHUNK = 25_000


def describe_names(names: pd.Series[str]) -> pd.DataFrame:
    """Return match key and kind of legal form of each name; '' where there is no name.

    Returns
    -------
    DataFrame
        Text columns key, form; on the index of `names`.
    """
    codes, different = pd.factorize(names)
    chunks = [list(different[at : at + CHUNK]) for at in range(0, len(different), CHUNK)]
    if len(different) < PARALLEL_FROM:
        parts = [_describe(chunk) for chunk in chunks]
    else:
        parts = Parallel(n_jobs=N_JOBS)(delayed(_describe)(chunk) for chunk in chunks)
    told = pd.concat([_describe([]), *parts], ignore_index=True)
    return told.take(codes).set_axis(names.index)


def _describe(names: list[str]) -> pd.DataFrame:
    told = [describe_name(name) if name else ("", "") for name in names]
    return pd.DataFrame(told, columns=["key", "form"], dtype="str")
