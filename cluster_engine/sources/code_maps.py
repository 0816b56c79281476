"""How the codes of one geography or classification go into those of another.

A published correspondence says which code goes into which; only seldom does it say how much of it.
Where a code goes into one target, its share is 1; where it is split, the share is not known unless
the table gives it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from pathlib import Path

import pandas as pd

from cluster_engine.errors import DataError, Problem
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults

LINK_COLUMNS = ("system", "code", "target_system", "target")
SHARE = r"0?\.\d+|0|1(\.0*)?"
ROUNDING = 1e-6
"""By how much the shares of a code may miss 1: they are written with six digits."""


@dataclass(frozen=True, slots=True)
class CodeMap:
    """How the codes of one system go into those of another.

    Attributes
    ----------
    system, target_system : str
    links : DataFrame
        code, target, share (of the code's figure that belongs to the target, 0 to 1; NaN: not
        known), each pair once.
    names : dict of str to str
        Names of the targets, where the table has them.
    guessed : tuple of str
        Codes whose shares were filled in from reference figures.
    """

    system: str
    target_system: str
    links: pd.DataFrame
    names: dict[str, str]
    guessed: tuple[str, ...] = ()


def read_code_map(path: Path, system: str, target_system: str) -> CodeMap:
    """Read a correspondence, in either direction.

    Parameters
    ----------
    path : Path
        CSV with system, code, target_system, target, and optionally share and name. Without a
        share, a code with one target goes into it wholly. Where the file has only the opposite
        direction, it is turned round.
    system, target_system : str
        From, to.

    Raises
    ------
    DataError
        No such pair of systems, a share that is none, a link that stands twice, shares of a code
        that do not add up to 1.
    """
    rows = read_delimited(path, ())
    missing = [name for name in LINK_COLUMNS if name not in rows.columns]
    if missing:
        read_delimited(path, LINK_COLUMNS)
    chosen = _choose(rows, system, target_system)
    turned = chosen.empty
    if turned:
        chosen = _choose(rows, target_system, system)
    if chosen.empty:
        pairs = rows[["system", "target_system"]].drop_duplicates().to_numpy()
        found = ", ".join(f"{a} to {b}" for a, b in pairs)
        rule = f"The file must link {system} to {target_system}."
        raise DataError([Problem(path.name, None, "system", found, rule)])
    links = _read_links(chosen, path.name, turned=turned)
    named = rows[rows["system"] == target_system] if "name" in rows.columns else rows[:0]
    names = dict(zip(named["code"], named["name"], strict=True)) if not named.empty else {}
    return CodeMap(system, target_system, links, names)


def read_code_path(path: Path, systems: Sequence[str]) -> CodeMap:
    """Read the correspondences from each system to the next, and join them.

    Raises
    ------
    DataError
        As `read_code_map`.
    """
    steps = [read_code_map(path, here, there) for here, there in pairwise(systems)]
    return reduce(join_maps, steps)


def join_maps(first: CodeMap, second: CodeMap) -> CodeMap:
    """Return the map that goes from the first's codes to the second's targets.

    Raises
    ------
    ValueError
        The first does not end where the second begins.
    """
    if first.target_system != second.system:
        raise ValueError(f"The maps must meet. Got {first.target_system} and {second.system}.")
    joined = first.links.merge(
        second.links, left_on="target", right_on="code", suffixes=("", "_second")
    )
    joined = joined.assign(share=joined["share"] * joined["share_second"])
    links = joined[["code", "target_second", "share"]].set_axis(["code", "target", "share"], axis=1)
    return CodeMap(first.system, second.target_system, _add_up(links), second.names)


def go_finer(links: CodeMap, codes: Collection[str], system: str) -> CodeMap:
    """Return a map whose targets are the finest codes that begin with the old ones.

    A class of four digits with one class of five below it is that class; with several, how much
    goes into each is not known.

    Parameters
    ----------
    links : CodeMap
    codes : collection of str
        Codes of the finer level.
    system : str
        Name of the finer system.
    """
    below = pd.DataFrame(
        [
            (target, code)
            for target in sorted(set(links.links["target"]))
            for code in sorted(codes)
            if code.startswith(target)
        ],
        columns=["code", "target"],
    )
    alone = ~below["code"].duplicated(keep=False)
    finer = CodeMap(
        links.target_system, system, below.assign(share=alone.astype("float64").where(alone)), {}
    )
    return join_maps(links, finer)


def fill_shares(code_map: CodeMap, reference: pd.Series[float]) -> CodeMap:
    """Split codes whose shares are not known in proportion to reference figures.

    That is a prior, not a measurement: it supposes that a new code takes from its targets in
    proportion to their size. The codes split so are named in `guessed`.

    Parameters
    ----------
    code_map : CodeMap
    reference : Series of float
        Size of each target, such as jobs of the latest year; index: target codes.
    """
    links = code_map.links.copy()
    size = links["target"].map(reference).fillna(0.0)
    total = size.groupby(links["code"]).transform("sum")
    open_code = links["share"].isna().groupby(links["code"]).transform("any") & (total > 0)
    links["share"] = links["share"].mask(open_code, size / total.where(total > 0))
    guessed = tuple(sorted(set(links.loc[open_code, "code"])))
    return CodeMap(code_map.system, code_map.target_system, links, code_map.names, guessed)


def _choose(rows: pd.DataFrame, system: str, target_system: str) -> pd.DataFrame:
    return rows[(rows["system"] == system) & (rows["target_system"] == target_system)]


def _read_links(chosen: pd.DataFrame, file: str, *, turned: bool) -> pd.DataFrame:
    source, target = ("target", "code") if turned else ("code", "target")
    links = pd.DataFrame({"code": chosen[source], "target": chosen[target]})
    given = chosen["share"].str.strip() if "share" in chosen.columns else None
    problems = list_faults(
        links.loc[links.duplicated(), "code"], file, "A link must stand once.", note=" again"
    )
    if given is not None:
        bad = given[~(given.str.fullmatch(SHARE) | (given == ""))]
        problems += list_faults(bad, file, "A share must be a number from 0 to 1, or blank.")
    if problems:
        raise DataError(problems, hint="Mend these cells of the correspondence.")
    alone = ~links["code"].duplicated(keep=False)
    if given is None or turned:
        # Turned round, a share of the other direction says nothing.
        share = alone.astype("float64").where(alone)
    else:
        share = given.mask(given == "").astype("float64")
    links = links.assign(share=share)
    sums = links.groupby("code")["share"].sum(min_count=1)
    whole = links.groupby("code")["share"].apply(lambda shares: bool(shares.notna().all()))
    off = sums[whole & ((sums - 1).abs() > ROUNDING)]
    if not off.empty:
        faults = [
            Problem(file, None, "share", f"{total:g} for {code}", "Shares must add up to 1.")
            for code, total in off.items()
        ]
        raise DataError(faults)
    return links.sort_values(["code", "target"], ignore_index=True)


def _add_up(links: pd.DataFrame) -> pd.DataFrame:
    groups = links.groupby(["code", "target"], sort=True)["share"]
    return groups.sum(min_count=1).where(groups.count() == groups.size()).reset_index()
