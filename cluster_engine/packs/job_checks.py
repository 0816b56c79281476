"""Tell whether the jobs of a pack are believable: one unit, one level, one set of areas.

Each figure may keep its contract while the table as a whole cannot be right: one year in
thousands, parents beside their children, years to come.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from cluster_engine.errors import Problem

LOW, HIGH = 500.0, 2_000.0
"""A ratio of totals within these is a factor of a thousand: no economy moves so far in years."""
MAX_LOST = 0.01
"""Share of the jobs of a year that may belong to industries without an input-output industry."""
MANY_HIDDEN, TOO_MANY_HIDDEN = 0.4, 0.8
"""Shares of figures not published: above the first told, above the second refused (judgements).

The engine counts a figure that was not published as 0; where four of five are, shares are noise.
"""
OLD_YEARS = 5
LARGEST_EXACT = 2.0**53
"""Beyond it, a double no longer tells a whole number from the next."""
MAX_LISTED = 10


def find_job_faults(
    frames: Mapping[str, pd.DataFrame], files: Mapping[str, str], *, this_year: int
) -> list[Problem]:
    """Return why the employment figures of a pack cannot be used.

    Parameters
    ----------
    frames : Mapping of str to DataFrame
        Tables of a pack by name, each of which keeps its contract.
    files : Mapping of str to str
        Names of their files.
    this_year : int
        Years after it have no figures yet.

    Returns
    -------
    list of Problem
        Empty if all is well.
    """
    if not {"employment", "industries", "areas"} <= frames.keys():
        return []
    jobs, file = frames["employment"], files["employment"]
    numbered = jobs.set_axis(range(2, len(jobs) + 2), axis=0)
    problems = []
    late = numbered.index[numbered["year"] > this_year]
    if len(late):
        rule = f"The year must not be after {this_year}."
        problems.append(Problem(file, int(late[0]), "year", f"{numbered['year'].max()}", rule))
    problems += _find_parents(numbered, frames["industries"], file)
    problems += _find_mixed_areas(frames["areas"], files["areas"])
    problems += _find_thousands(numbered, frames.get("enterprises"), file)
    hidden = float(jobs.loc[jobs["year"] == jobs["year"].max(), "jobs"].isna().mean())
    if hidden > TOO_MANY_HIDDEN:
        rule = f"At most {TOO_MANY_HIDDEN:.0%} of the latest figures may be unpublished."
        problems.append(Problem(file, None, "jobs", f"{hidden:.0%}", rule))
    if "io_concordance" in frames:
        problems += _find_lost(numbered, set(frames["io_concordance"]["industry"]), file)
    return problems


def find_job_doubts(
    frames: Mapping[str, pd.DataFrame], files: Mapping[str, str], *, this_year: int
) -> list[Problem]:
    """Return what is odd about employment figures that can be used.

    Parameters
    ----------
    frames, files, this_year
        As :func:`find_job_faults` takes them.

    Returns
    -------
    list of Problem
        Old figures, many unpublished, absent cells, fractions, figures beyond exactness.
    """
    jobs, file = frames["employment"], files["employment"]
    latest = int(jobs["year"].max())
    last = jobs[jobs["year"] == latest]
    figures = jobs["jobs"].astype("float64")
    doubts = []
    if this_year - latest > OLD_YEARS:
        rule = f"The latest year should be at most {OLD_YEARS} years old."
        doubts.append(Problem(file, None, "year", str(latest), rule))
    hidden = float(last["jobs"].isna().mean())
    if hidden > MANY_HIDDEN:
        rule = f"More than {MANY_HIDDEN:.0%} of the latest figures are unpublished and count as 0."
        doubts.append(Problem(file, None, "jobs", f"{hidden:.0%}", rule))
    absent = last["area"].nunique() * last["industry"].nunique() - len(last)
    if absent:
        rule = "A pair of area and industry without a row counts as 0; leave the cell empty if "
        rule += "the figure was not published."
        doubts.append(Problem(file, None, None, f"{absent:,} pairs in {latest}", rule))
    broken = int(((figures % 1) > 0).sum())
    if broken:
        rule = "Fractions are taken for full-time equivalents and kept."
        doubts.append(Problem(file, None, "jobs", f"{broken:,} fractions", rule))
    vast = np.flatnonzero((figures > LARGEST_EXACT) | ((figures > 0) & (figures < 1e-300)))
    if len(vast):
        rule = "The figure is beyond what is told apart exactly."
        row = int(vast[0])
        doubts.append(Problem(file, row + 2, "jobs", f"{figures.iloc[row]:g}", rule))
    return doubts


def _find_parents(jobs: pd.DataFrame, industries: pd.DataFrame, file: str) -> list[Problem]:
    """Industries whose children have rows too: their jobs would count twice."""
    parent = dict(zip(industries["industry"], industries["parent"], strict=True))
    present, above = set(jobs["industry"]), dict[str, str]()
    for code in sorted(present):
        up = parent.get(code)
        while isinstance(up, str) and up and up not in above:
            above[up] = code
            up = parent.get(up)
    rule = "Only industries of the finest level may have rows, or jobs count twice."
    return [
        Problem(file, int(jobs.index[jobs["industry"] == code][0]), "industry",
                f"'{code}' beside its part '{above[code]}'", rule)
        for code in sorted(present & above.keys())[:MAX_LISTED]
    ]  # fmt: skip


def _find_mixed_areas(areas: pd.DataFrame, file: str) -> list[Problem]:
    """Areas that stand there under the codes of two vintages."""
    own = {code: row for row, code in enumerate(areas["area"], start=2)}
    rule = "The codes of areas must be of one vintage: each area once."
    return [
        Problem(file, own[other], "area", f"'{other}', which is '{code}' in the other one", rule)
        for code, other in zip(areas["area"], areas["other_code"], strict=True)
        if other != code and other in own
    ][:MAX_LISTED]


def _find_thousands(
    jobs: pd.DataFrame, enterprises: pd.DataFrame | None, file: str
) -> list[Problem]:
    """Totals that are a thousandth or a thousandfold of what other figures of the pack say."""
    rule = "All jobs must be in one unit, persons."
    by_year = jobs.pivot_table(index="area", columns="year", values="jobs", aggfunc="sum")
    before = by_year.shift(axis=1)
    ratio: pd.Series[float] = by_year.div(before.where(before > 0)).stack()  # type: ignore[assignment]
    odd = ratio[_is_thousand(ratio)]
    problems = []
    for area, year in odd.index[:MAX_LISTED]:
        row = int(jobs.index[(jobs["area"] == area) & (jobs["year"] == year)][0])
        now, then = by_year.loc[area, year], before.loc[area, year]
        found = f"{now:,.0f} in '{area}' in {year}, {then:,.0f} the year before"
        problems.append(Problem(file, row, "jobs", found, rule))
    if enterprises is None or problems:
        return problems
    total = float(by_year[by_year.columns.max()].sum())
    firms = float((enterprises["mean_size"] * enterprises["enterprises"]).sum())
    if firms > 0 and _is_thousand(pd.Series([total / firms])).any():
        found = f"{total:,.0f} in all, {firms:,.0f} by the sizes of enterprises"
        problems.append(Problem(file, None, "jobs", found, rule))
    return problems


def _is_thousand(ratio: pd.Series[float]) -> pd.Series[bool]:
    return ratio.between(LOW, HIGH) | ratio.between(1 / HIGH, 1 / LOW)


def _find_lost(jobs: pd.DataFrame, known: set[str], file: str) -> list[Problem]:
    """Industries that would fall out of the input-output table, if together they matter."""
    last = jobs[jobs["year"] == jobs["year"].max()]
    by_industry = last.groupby("industry")["jobs"].sum()
    lost = by_industry[~by_industry.index.isin(known) & (by_industry > 0)]
    share = float(lost.sum() / by_industry.sum()) if by_industry.sum() > 0 else 0.0
    if share <= MAX_LOST:
        return []
    largest = lost.sort_values(ascending=False, kind="stable").head(MAX_LISTED)
    listed = ", ".join(f"'{code}' {number:,.0f}" for code, number in largest.items())
    rule = f"Industries without an input-output industry may hold {MAX_LOST:.0%} of all jobs."
    return [Problem(file, None, "industry", f"{share:.1%} ({listed})", rule)]
