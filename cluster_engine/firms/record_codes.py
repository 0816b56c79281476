"""Industries of firm records from the codes that their lists give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import DataError, Problem
from cluster_engine.firms.activity_codes import (
    DIGITS,
    find_nearest,
    guess_system,
    normalise_code,
    resolve_code,
)
from cluster_engine.firms.concordance import CodeTables, calc_concordance, list_classes

HOLDING = frozenset({"6420", "7010"})
MAIN_SHARE = 2 / 3
"""Share of the main code beside secondary ones: registers say which leads, not by how much."""
LEAST_SHARE = 0.02
"""Smaller shares of a firm come from wide tables such as GICS and say nothing of it."""
BASIS = "official code"
COLUMNS = ("firm_id", "industry", "weight", "basis", "confidence")


@dataclass(frozen=True, slots=True)
class CodedRecords:
    """Industries of records.

    Attributes
    ----------
    industries : DataFrame
        firm_id (the record_id), industry (four digits), weight (share; a record's add up to 1),
        basis, confidence (share of the weight in the division of the heaviest class: 1 where the
        tables leave no doubt); sorted by firm_id, then falling weight.
    problems : tuple of Problem
        Codes that no table knows, each different one once, with the nearest three.
    holding : tuple of str
        Records whose only codes are those of a holding or head office.
    """

    industries: pd.DataFrame
    problems: tuple[Problem, ...]
    holding: tuple[str, ...]


def code_records(
    records: pd.DataFrame, tables: CodeTables, *, jobs: Mapping[str, float] | None = None
) -> CodedRecords:
    """Convert the codes of firm records to the classes of the pack.

    A holding code (64.20, 70.10) gives way to the record's other codes.

    Parameters
    ----------
    records : DataFrame
        Firm records; those without codes are left out.
    tables : CodeTables
        The published tables.
    jobs : mapping of str to float, optional
        National jobs by four-digit class, to split by.

    Raises
    ------
    DataError
        A list states a system that does not know its codes while another does, or an unknown
        system.
    """
    coded = (records["codes"] != "") & (records["code_system"] != "")
    told = records.loc[coded, ["record_id", "list", "row", "code_system", "codes"]]
    classes = list_classes(tables)
    _require_right_system(told, classes)
    # What a firm's codes mean depends on them alone, and many firms have the same.
    kind, _ = pd.factorize(told["code_system"] + "|" + told["codes"])
    first = told[~pd.Series(kind, index=told.index).duplicated()]
    parts, problems = [], []
    for system, rows in first.groupby("code_system", sort=True):
        long = _split_codes(rows)
        links, unknown = _link_codes(long, str(system), tables, classes[str(system)], jobs)
        parts.append(long.merge(links, on="written"))
        problems += unknown
    if not parts:
        return CodedRecords(pd.DataFrame(columns=list(COLUMNS)), (), ())
    shares, holding = _drop_holding(pd.concat(parts, ignore_index=True))
    place = pd.Series(range(len(first)), index=pd.Index(first["record_id"]))
    industries = _spread(_weigh(shares), place, kind, told["record_id"])
    held = np.isin(kind, place.reindex(holding).to_numpy())
    return CodedRecords(industries, tuple(problems), tuple(sorted(told.loc[held, "record_id"])))


def _spread(
    by_kind: pd.DataFrame, place: pd.Series[int], kind: NDArray[np.int64], records: pd.Series[str]
) -> pd.DataFrame:
    """Give every record the industries of the first record that has the same codes."""
    number = place.reindex(by_kind["firm_id"]).to_numpy(dtype=np.int64)
    order = np.argsort(number, kind="stable")
    size = np.bincount(number, minlength=len(place))
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    ids = records.to_numpy(dtype=object)
    sequence = np.argsort(ids, kind="stable")
    kinds = kind[sequence]
    repeats = size[kinds]
    step = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    rows = order[np.repeat(start[kinds], repeats) + step]
    spread = by_kind.take(rows).reset_index(drop=True)
    return spread.assign(firm_id=pd.Series(np.repeat(ids[sequence], repeats), dtype="str"))


def _split_codes(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per record and code, with its rank: 0 the main one."""
    long = rows[["record_id", "list", "row", "codes"]].assign(
        written=rows["codes"].str.split(r"\s*[;|]\s*", regex=True)
    )
    long = long.explode("written").reset_index(drop=True)
    long = long[long["written"].str.strip() != ""]
    return long.assign(rank=long.groupby("record_id", sort=False).cumcount())


def _require_right_system(told: pd.DataFrame, classes: Mapping[str, Sequence[str]]) -> None:
    problems = []
    for (name, stated), rows in told.groupby(["list", "code_system"], sort=True):
        if stated not in classes:
            rule = f"The system must be one of: {', '.join(sorted(classes))}."
            problems.append(Problem(str(name), None, "code_system", f"'{stated}'", rule))
            continue
        guess = guess_system(_split_codes(rows)["written"].tolist(), str(stated), classes)
        if guess.wrong:
            best = guess.likeliest
            found = (
                f"'{stated}', which knows {guess.known[guess.stated]:.0%} of the codes;"
                f" {best} knows {guess.known[best]:.0%}"
            )
            rule = "The system must be that of the codes."
            problems.append(Problem(str(name), None, "code_system", found, rule))
    if problems:
        raise DataError(problems, hint="Name the right system in the column mapping of the list.")


def _link_codes(
    long: pd.DataFrame,
    system: str,
    tables: CodeTables,
    classes: Sequence[str],
    jobs: Mapping[str, float] | None,
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return written code, industry and share; and the codes nobody knows."""
    by_class = calc_concordance(system, tables, jobs=jobs)
    parts = dict(iter(by_class.groupby("code")))
    rows: list[tuple[str, str, float]] = []
    problems = []
    first = long.drop_duplicates("written")
    names = {name.lower(): code for code, name in tables.gics_codes.itertuples(index=False)}
    for written, place, row in zip(first["written"], first["list"], first["row"], strict=True):
        digits = normalise_code(written, system)
        if system == "gics":
            digits = names.get(written.strip().lower(), digits)
        found = [code for code in resolve_code(digits, classes, length=DIGITS[system])
                 if code in parts]  # fmt: skip
        if not found:
            near = ", ".join(find_nearest(digits or written, classes))
            rule = f"The code must be one of {system}. Nearest: {near}."
            line = None if pd.isna(row) else int(row)
            problems.append(Problem(str(place), line, "codes", f"'{written}'", rule))
        for code in found:
            part = parts[code]
            rows += [
                (written, industry, weight / len(found))
                for industry, weight in zip(part["industry"], part["weight"], strict=True)
            ]
    return pd.DataFrame(rows, columns=["written", "industry", "share"]), problems


def _drop_holding(shares: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    held = shares["industry"].isin(HOLDING)
    other = (~held).groupby(shares["record_id"]).transform("any")
    kept = shares[~held | ~other]
    return kept, tuple(sorted(set(shares.loc[~other, "record_id"])))


def _weigh(shares: pd.DataFrame) -> pd.DataFrame:
    rank = shares.groupby("record_id")["rank"].transform("min")
    n_codes = shares.groupby("record_id")["rank"].transform("nunique")
    other = (1 - MAIN_SHARE) / (n_codes - 1).clip(lower=1)
    part = other.mask(shares["rank"] == rank, MAIN_SHARE).mask(n_codes == 1, 1.0)
    weighed = shares.assign(weight=shares["share"] * part)
    summed = weighed.groupby(["record_id", "industry"], as_index=False)["weight"].sum()
    top = summed.groupby("record_id")["weight"].transform("max")
    summed = summed[(summed["weight"] >= LEAST_SHARE) | (summed["weight"] == top)]
    total = summed.groupby("record_id")["weight"].transform("sum")
    summed = summed.assign(weight=summed["weight"] / total, division=summed["industry"].str[:2])
    ordered = summed.sort_values(
        ["record_id", "weight", "industry"], ascending=[True, False, True], ignore_index=True
    )
    main = ordered.groupby("record_id")["division"].transform("first")
    inside = ordered["weight"].where(ordered["division"] == main, 0.0)
    sure = inside.groupby(ordered["record_id"]).transform("sum").clip(upper=1.0)
    coded = ordered.assign(firm_id=ordered["record_id"], basis=BASIS, confidence=sure)
    result: pd.DataFrame = coded[list(COLUMNS)]
    return result
