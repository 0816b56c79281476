"""Say which rules cannot be kept together: an irreducible set of them.

Deletion filter (Chinneck & Dravnieks 1991): a rule without which the rest is still impossible is
left out for good; what remains is impossible, and possible without any one of it.
"""

from __future__ import annotations

import numpy as np

from cluster_engine.programme.equations import write_equations
from cluster_engine.programme.matrix import STRUCTURE
from cluster_engine.programme.problem import Problem
from cluster_engine.programme.reduction import reduce_problem
from cluster_engine.programme.solve import is_feasible, keep_rows


def find_conflict(problem: Problem) -> tuple[str, ...]:
    """Rules that exclude each other, in words and in order; empty if all can be kept."""
    firms, _ = reduce_problem(problem)
    equations = write_equations(problem, firms)
    rules = np.array(equations.rules, dtype=object)
    kept = list(dict.fromkeys(rule for rule in equations.rules if rule != STRUCTURE))

    def is_possible(wanted: list[str]) -> bool:
        return is_feasible(keep_rows(equations, np.isin(rules, [STRUCTURE, *wanted])))

    if is_possible(kept):
        return ()
    for rule in list(kept):
        fewer = [other for other in kept if other != rule]
        if not is_possible(fewer):
            kept = fewer
    return tuple(kept)
