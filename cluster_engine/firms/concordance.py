"""Codes of other classifications as shares of the four-digit classes of UK SIC 2007.

UK SIC 2007 and NACE Rev. 2 are one classification down to four digits, and so are UK SIC 2003 and
NACE Rev. 1.1. Other systems reach it by published tables, one after the other (`CHAINS`). A code
that a table links with several is split equally; where jobs are given, the last step splits by
the jobs of the classes it leads to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from cluster_engine.errors import DataError, Problem

TARGET = "nace2"
CHAINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "nace2": (),
        "uksic2007": (),
        "nace1.1": ("nace2",),
        "uksic2003": ("nace2",),
        "nace2.1": ("nace2",),
        "isic4": ("nace2",),
        "naics2017": ("isic4", "nace2"),
        "naics2012": ("naics2017", "isic4", "nace2"),
        "naics2022": ("naics2017", "isic4", "nace2"),
        "ussic1987": ("naics2017", "isic4", "nace2"),
    }
)
"""Systems that a code passes on its way, in order."""

SAME_CLASSES = MappingProxyType({"uksic2003": "nace1.1"})
LEAST_JOBS = 1.0
"""Jobs of a class without any: it may exist abroad."""


@dataclass(frozen=True, slots=True)
class CodeTables:
    """What codes are converted with.

    Attributes
    ----------
    pairs : DataFrame
        Text columns system, code, target_system, target: published links of classes.
    gics_codes : DataFrame
        Text columns code (six digits), gics_industry.
    gics : DataFrame
        Columns gics_industry, industry (class or its beginning), weight.
    classes : tuple of str
        The four-digit classes of the pack.
    """

    pairs: pd.DataFrame
    gics_codes: pd.DataFrame
    gics: pd.DataFrame
    classes: tuple[str, ...]


def calc_concordance(
    system: str, tables: CodeTables, *, jobs: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Work out the shares of every class of one system.

    Parameters
    ----------
    system : str
        A key of `CHAINS`, or 'gics'.
    tables : CodeTables
        The published tables.
    jobs : mapping of str to float, optional
        National jobs by four-digit class; splits the last step.

    Returns
    -------
    DataFrame
        Columns code, industry, weight (share, adds up to 1 for each code); sorted.

    Raises
    ------
    DataError
        There is no published table for the system.
    """
    if system == "gics":
        shares = _convert_gics(tables, jobs)
    elif system in CHAINS:
        shares = _follow(system, tables, jobs)
    else:
        known = ", ".join(sorted((*CHAINS, "gics")))
        problem = Problem(
            "codes", None, "code_system", f"'{system}'", f"The system must be one of: {known}."
        )
        raise DataError([problem], hint="Convert the codes to NACE Rev. 2 first.")
    summed = shares.groupby(["code", "industry"])["weight"].sum().reset_index()
    total = summed.groupby("code")["weight"].transform("sum")
    result: pd.DataFrame = summed.assign(weight=summed["weight"] / total)
    return result.sort_values(["code", "industry"], ignore_index=True)


def list_classes(tables: CodeTables) -> dict[str, tuple[str, ...]]:
    """Return the classes of every system, sorted: what a code is looked up in."""
    by_system = {
        str(name): tuple(sorted(set(rows["code"]))) for name, rows in tables.pairs.groupby("system")
    }
    twins = {name: by_system[twin] for name, twin in SAME_CLASSES.items() if twin in by_system}
    own = tuple(sorted(tables.classes))
    gics = tuple(sorted(tables.gics_codes["code"]))
    return {**by_system, **twins, "nace2": own, "uksic2007": own, "gics": gics}


def _follow(system: str, tables: CodeTables, jobs: Mapping[str, float] | None) -> pd.DataFrame:
    start = SAME_CLASSES.get(system, system)
    classes = list_classes(tables)[system]
    shares = pd.DataFrame({"code": classes, "industry": classes, "weight": 1.0})
    here = start
    for there in CHAINS[system]:
        step = _read_step(tables, here, there, jobs if there == TARGET else None)
        shares = shares.merge(step, left_on="industry", right_on="step_code", how="inner")
        shares = shares.assign(
            industry=shares["target"], weight=shares["weight"] * shares["share"]
        )[["code", "industry", "weight"]]
        shares = shares.groupby(["code", "industry"])["weight"].sum().reset_index()
        here = there
    kept: pd.DataFrame = shares[shares["industry"].isin(set(tables.classes))]
    return kept


def _read_step(
    tables: CodeTables, here: str, there: str, jobs: Mapping[str, float] | None
) -> pd.DataFrame:
    pairs = tables.pairs
    step = pairs[(pairs["system"] == here) & (pairs["target_system"] == there)]
    if step.empty:
        rule = f"A published table must link {here} with {there}."
        problem = Problem("code_concordances.csv", None, None, "none", rule)
        raise DataError([problem], hint="Build it again with scripts/build_concordances.py.")
    size = _size(step["target"], jobs)
    total = size.groupby(step["code"]).transform("sum")
    return pd.DataFrame({"step_code": step["code"], "target": step["target"],
                         "share": size / total})  # fmt: skip


def _size(classes: pd.Series[str], jobs: Mapping[str, float] | None) -> pd.Series[float]:
    if jobs is None:
        return pd.Series(1.0, index=classes.index)
    return classes.map(dict(jobs)).fillna(0.0).astype("float64").clip(lower=LEAST_JOBS)


def _convert_gics(tables: CodeTables, jobs: Mapping[str, float] | None) -> pd.DataFrame:
    """Spread each GICS industry over the classes that its prefixes stand for."""
    rows = [
        (prefix, name)
        for prefix in sorted(set(tables.gics["industry"]))
        for name in tables.classes
        if name.startswith(prefix)
    ]
    inside = pd.DataFrame(rows, columns=["prefix", "class"])
    size = _size(inside["class"], jobs)
    inside = inside.assign(share=size / size.groupby(inside["prefix"]).transform("sum"))
    spread = tables.gics.merge(inside, left_on="industry", right_on="prefix")
    both = tables.gics_codes.merge(spread, on="gics_industry")
    return pd.DataFrame(
        {
            "code": both["code"],
            "industry": both["class"],
            "weight": both["weight"].astype("float64") * both["share"],
        }
    )
