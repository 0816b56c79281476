"""Tell whether an input-output table can be worked with: balanced, right way round, solvable.

A table may keep every contract, cell by cell, and still be transposed or at the wrong prices. Only
its accounts can tell: what an industry sells adds up to its output, and so does what it pays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import Problem

Floats = NDArray[np.float64]

TABLES = ("io_industries", "io_flows")
DOUBTFUL, FAULTY = 0.01, 0.05
"""Share of output by which an account may miss it: above the first told, above the second refused.

Published tables are rounded and balanced by their makers; 1 % is no rounding any more.
"""
PRIMARY = ("imports", "taxes_on_products", "value_added")
MAX_LISTED = 10


@dataclass(frozen=True, slots=True)
class _Accounts:
    """What each industry sells and pays, as shares by which it misses output."""

    codes: tuple[str, ...]
    flows: Floats
    output: Floats
    final: Floats
    primary: Floats
    taxes: Floats

    def miss_sales(self, flows: Floats) -> Floats:
        """Share of output, signed, by which sales differ from it; shape (n_io,)."""
        return self._relate(flows.sum(axis=1) + self.final)

    def miss_inputs(self, flows: Floats, taxes: Floats | float = 0.0) -> Floats:
        """Share of output, signed, by which payments, less `taxes`, differ from it."""
        return self._relate(flows.sum(axis=0) + self.primary - taxes)

    def _relate(self, account: Floats) -> Floats:
        # An industry without output has no share: any account of it is as wrong as can be.
        scale = np.where(self.output > 0, self.output, np.maximum(np.abs(account), 1.0))
        missed: Floats = (account - self.output) / scale
        return missed


def find_io_faults(frames: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> list[Problem]:
    """Return why an input-output table cannot be used.

    Parameters
    ----------
    frames : Mapping of str to DataFrame
        Tables of a pack by name, each of which keeps its contract.
    files : Mapping of str to str
        Names of their files.

    Returns
    -------
    list of Problem
        Transposed, at purchasers' prices, out of balance by more than 5 % of output, or with an
        industry that eats its own output; empty if all is well.
    """
    if not frames.keys() >= set(TABLES):
        return []
    accounts, flows = _read_accounts(frames), files["io_flows"]
    sales, inputs = accounts.miss_sales(accounts.flows), accounts.miss_inputs(accounts.flows)
    turned = accounts.flows.T
    others = np.abs(np.r_[accounts.miss_sales(turned), accounts.miss_inputs(turned)])
    if np.abs(np.r_[sales, inputs]).max(initial=0) > FAULTY and others.max() <= FAULTY:
        rule = "Rows must be suppliers and columns users, so that sales add up to output."
        return [Problem(flows, None, "supplier", "suppliers and users exchanged", rule)]
    priced = _find_purchasers_prices(accounts, inputs)
    if priced:
        rule = "Flows must be at basic prices: taxes on products stand in a column of their own."
        found = f"payments of {priced} that add up to output only without their taxes"
        return [Problem(flows, None, "flow", found, rule)]
    file = files["io_industries"]
    rule = f"Sales and final use must add up to output within {FAULTY:.0%}."
    problems = _list_missed(accounts, sales, "sales", file, rule)
    rule = f"Inputs, imports, taxes and value added must add up to output within {FAULTY:.0%}."
    problems += _list_missed(accounts, inputs, "inputs", file, rule)
    return problems + _find_eater(accounts, flows)


def find_io_doubts(frames: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> list[Problem]:
    """Return what is odd about an input-output table that can be used.

    Parameters
    ----------
    frames, files
        As :func:`find_io_faults` takes them.

    Returns
    -------
    list of Problem
        Balances missed by 1 to 5 %, negative flows, industries without output.
    """
    if not frames.keys() >= set(TABLES):
        return []
    accounts, file = _read_accounts(frames), files["io_industries"]
    doubts = []
    missed = {"sales": accounts.miss_sales(accounts.flows),
              "inputs": accounts.miss_inputs(accounts.flows)}  # fmt: skip
    for what, share in missed.items():
        odd = (np.abs(share) > DOUBTFUL) & (accounts.output > 0)
        if odd.any():
            rule = f"The {what} of an industry should add up to output within {DOUBTFUL:.0%}."
            doubts.append(Problem(file, None, "output", _tell(accounts, share, odd), rule))
    flows = frames["io_flows"]["flow"].to_numpy(dtype=np.float64)
    if (flows < 0).any():
        row = int(np.flatnonzero(flows < 0)[0]) + 2
        found = f"{int((flows < 0).sum())} negative, the first {flows[row - 2]:g}"
        rule = "An intermediate flow is seldom negative; it is counted as it stands."
        doubts.append(Problem(files["io_flows"], row, "flow", found, rule))
    idle = [code for code, x in zip(accounts.codes, accounts.output, strict=True) if x == 0]
    if idle:
        rule = "An industry without output has no coefficients and is left out of linkages."
        doubts.append(Problem(file, None, "output", f"0 for {_join(idle)}", rule))
    return doubts


def _read_accounts(frames: Mapping[str, pd.DataFrame]) -> _Accounts:
    table = frames["io_industries"].sort_values("io_industry")
    codes = tuple(str(code) for code in table["io_industry"])
    wide = frames["io_flows"].pivot(index="supplier", columns="user", values="flow")
    numbers = {
        name: table[name].to_numpy(dtype=np.float64) for name in ("output", "final_use", *PRIMARY)
    }
    order = list(codes)
    return _Accounts(
        codes=codes,
        flows=wide.reindex(index=order, columns=order).fillna(0.0).to_numpy(np.float64),
        output=numbers["output"],
        final=numbers["final_use"],
        primary=sum((numbers[name] for name in PRIMARY), np.zeros(len(codes))),
        taxes=numbers["taxes_on_products"],
    )


def _find_purchasers_prices(accounts: _Accounts, inputs: Floats) -> str:
    """Name industries whose taxes are counted twice: in the flows and beside them; '' if not."""
    telling = np.abs(accounts.taxes) > DOUBTFUL * accounts.output
    untaxed = accounts.miss_inputs(accounts.flows, accounts.taxes)
    twice = telling & (np.abs(inputs) > DOUBTFUL) & (np.abs(untaxed) <= DOUBTFUL / 2)
    if not telling.any() or twice.sum() < telling.sum():
        return ""
    return _join([accounts.codes[n] for n in np.flatnonzero(twice)])


def _list_missed(
    accounts: _Accounts, share: Floats, what: str, file: str, rule: str
) -> list[Problem]:
    worst = [n for n in np.argsort(-np.abs(share)) if abs(share[n]) > FAULTY][:MAX_LISTED]
    return [
        Problem(file, None, "output", f"{what} of '{accounts.codes[n]}' {share[n]:+.1%} off", rule)
        for n in worst
    ]


def _find_eater(accounts: _Accounts, file: str) -> list[Problem]:
    """Name the industry at the heart of a system whose spectral radius is 1 or more."""
    output = accounts.output
    A = np.divide(accounts.flows, output, out=np.zeros_like(accounts.flows), where=output > 0)
    # The largest column sum bounds the spectral radius, and is all that a sound table costs.
    if not A.size or np.abs(A).sum(axis=0).max() < 1.0:
        return []
    values, vectors = np.linalg.eig(A)
    first = int(np.argmax(np.abs(values)))
    if abs(values[first]) < 1.0:
        return []
    code = accounts.codes[int(np.argmax(np.abs(vectors[:, first])))]
    rule = "The spectral radius of the coefficients must be below 1: an industry eats its output."
    return [Problem(file, None, "flow", f"{abs(values[first]):.3f}, mainly '{code}'", rule)]


def _tell(accounts: _Accounts, share: Floats, odd: NDArray[np.bool_]) -> str:
    return _join([f"'{accounts.codes[n]}' {share[n]:+.1%}" for n in np.flatnonzero(odd)])


def _join(texts: list[str]) -> str:
    rest = f" and {len(texts) - MAX_LISTED} more" if len(texts) > MAX_LISTED else ""
    return ", ".join(texts[:MAX_LISTED]) + rest
