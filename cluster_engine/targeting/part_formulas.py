"""A firm's own parts of criteria, known or filled up, as SQL scalar expressions.

The arithmetic is that of :mod:`cluster_engine.targeting.features` and
:mod:`cluster_engine.targeting.unknown`.
"""

from __future__ import annotations

import numpy as np

from cluster_engine.targeting.criteria import PARTS
from cluster_engine.targeting.features import (
    GROWTH_RANGE,
    HOME_LQ_RANGE,
    MARGIN_RANGE,
    RD_OFFSET,
    SECTOR_PARTS,
)
from cluster_engine.targeting.reference import Reference
from cluster_engine.targeting.unknown import BY_SIZE


def write_known(largest_sales_per_employee: float) -> dict[str, str]:
    """Parts of a firm's own, as far as they are known, from the columns of firms."""
    largest = write_number(largest_sales_per_employee)
    one = write_number(1.0)
    holding = f"coalesce(sales > {largest} * employees, false)"
    return {
        "log_sales": _log10("sales"),
        "employees": f"log10(CASE WHEN employees > 0 AND NOT {holding} THEN employees END)",
        "rd": _log10(f"(rd + {write_number(RD_OFFSET)})"),
        "growth": clip("sales_growth", *GROWTH_RANGE),
        "profitability": clip(
            "(CASE WHEN sales > 0 THEN operating_profit / sales END)", *MARGIN_RANGE
        ),
        "rd_intensity": f"sqrt({clip('(CASE WHEN sales > 0 THEN rd / sales END)', 0.0, 1.0)})",
        "patents_abroad": _log10(f"(patents_abroad + {one})"),
        "trademarks_abroad": _log10(f"(trademarks_abroad + {one})"),
        "home_lq": f"log2({clip('home_lq', *HOME_LQ_RANGE)})",
        "host_presence": "in_host",
        "rival_presence": _log10(f"(rival_sites + {one})"),
        "recent_projects": _log10(f"(recent_projects + {one})"),
    }


def write_filled(reference: Reference) -> dict[str, str]:
    """Parts with what stands in for unknown ones; those that others are guessed from first."""
    typical = reference["typical"]
    median = write_number(typical["sales_per_employee"]["median"])
    classes = {name: write_number(np.log10(size)) for name, size in typical["employees"].items()}
    cases = " ".join(
        f"WHEN '{name}' THEN {size}" for name, size in classes.items() if name != "unknown"
    )
    by_class = f"CASE size_class {cases} ELSE {classes['unknown']} END"
    ten, offset = write_number(10.0), write_number(RD_OFFSET)
    share = f"greatest(f_rd_intensity, {write_number(0.0)})"
    turnover = f"coalesce(k_log_sales, f_employees + {median})"
    spent = f"pow({ten}, {turnover}) * ({share} * {share})"
    ceiling = write_number(typical["rd_ceiling"])
    guesses = {
        "employees": f"coalesce(k_log_sales - {median}, {by_class})",
        "rd_intensity": "g_rd_intensity",
        "rd": f"least(log10({spent} + {offset}), {ceiling})",
    }
    for part in BY_SIZE:
        line = typical["lines"][part]
        guesses[part] = (
            f"{write_number(line['intercept'])} + {write_number(line['slope'])} * f_employees"
        )
    for part in PARTS:
        if part not in guesses and part not in SECTOR_PARTS:
            guesses[part] = write_number(typical["mean"][part])
    return {part: f"coalesce(k_{part}, {guess})" for part, guess in guesses.items()}


def write_number(value: float) -> str:
    """Write a number so that SQL reads the same double, and no decimal."""
    text = repr(float(value))
    if text == "inf":
        return "CAST('infinity' AS DOUBLE)"
    return f"({text if 'e' in text else text + 'e0'})"


def clip(expression: str, low: float, high: float) -> str:
    """Cut at both ends; NULL stays NULL, which `least` and `greatest` would not keep."""
    cut = f"least(greatest({expression}, {write_number(low)}), {write_number(high)})"
    return f"CASE WHEN {expression} IS NOT NULL THEN {cut} END"


def _log10(expression: str) -> str:
    return f"log10(CASE WHEN {expression} > 0 THEN {expression} END)"


def cut_at(expression: str, limit: float) -> str:
    """Cut what is never NULL at both signs of a limit."""
    return f"least(greatest({expression}, {write_number(-limit)}), {write_number(limit)})"
