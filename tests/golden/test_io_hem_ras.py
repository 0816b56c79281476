"""Hypothetical extraction and balancing against reference vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.measures.balancing import balance_gras, balance_ras
from cluster_engine.measures.extraction import calc_extraction
from cluster_engine.measures.input_output import calc_A

EXACT = 1e-12
"""Relative: the vectors are rounded once from exact results."""
ROUNDING = 1e-12
"""Absolute, as a share of all output: a loss of 0 is a difference of two large sums."""
PEER_GRAS = 1e-11
"""Relative: the peer stops when factors change by less than 1e-13."""
PEER_IPFN = 1e-9
"""Relative: the peer stops when a round changes little, not when the totals are met."""

TABLES = ("io2", "io3", "io8", "io8zero")
PLAIN = ("io2", "io3", "io8")
LOSSES = {
    "complete_excl_own_output": "complete_others",
    "complete_f_kept": "complete_final_demand_kept",
    "backward_col": "backward",
    "backward_col_keep_own": "backward_own_kept",
    "forward_row_ghosh": "forward",
    "nonown_rowcol_keep_own": "links_own_kept",
}
PEER_LOSSES = {
    "backward": "backward",
    "forward": "forward",
    "backward.total": "links_own_kept",
}


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / "golden" / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    return pd.read_csv(path, index_col=0)


def _table(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    Z = _read(folder, f"inputs/{name}_Z").to_numpy(float)
    return Z, _read(folder, f"inputs/{name}_vec")["x"].to_numpy(float)


def _lose(folder: Path, name: str, loss: str) -> tuple[np.ndarray, float]:
    Z, x = _table(folder, name)
    return getattr(calc_extraction(calc_A(Z, x), x), loss), ROUNDING * x.sum()


@pytest.mark.parametrize("metric", LOSSES)
@pytest.mark.parametrize("name", TABLES)
def test_losses_are_the_reference(shared_data: Path, name: str, metric: str) -> None:
    got, rounding = _lose(shared_data, name, LOSSES[metric])
    expected = _read(shared_data, f"io_hem_ras/{name}.hypothetical_extraction.ref")[metric]
    np.testing.assert_allclose(got, expected.to_numpy(), rtol=EXACT, atol=rounding)


@pytest.mark.parametrize("metric", PEER_LOSSES)
@pytest.mark.parametrize("name", PLAIN)
def test_losses_are_those_of_ioanalysis_by_other_names(
    shared_data: Path, name: str, metric: str
) -> None:
    got, rounding = _lose(shared_data, name, PEER_LOSSES[metric])
    peer = _read(shared_data, f"io_hem_ras/{name}.extraction_{metric}.ioanalysis-0.3.4")
    np.testing.assert_allclose(got, peer.to_numpy(float)[:, 0], rtol=EXACT, atol=rounding)


def test_ras_is_the_reference(shared_data: Path) -> None:
    Z, _ = _table(shared_data, "io8")
    targets = _read(shared_data, "inputs/io8_ras_targets")
    got = balance_ras(Z, targets["u_row_target"], targets["v_col_target"])
    expected = _read(shared_data, "io_hem_ras/io8.ras.ref").to_numpy(float)
    np.testing.assert_allclose(got.values, expected, rtol=EXACT, atol=0)


def test_ipfn_stops_before_the_totals_are_met(shared_data: Path) -> None:
    Z, _ = _table(shared_data, "io8")
    targets = _read(shared_data, "inputs/io8_ras_targets")
    got = balance_ras(Z, targets["u_row_target"], targets["v_col_target"]).values
    peer = _read(shared_data, "io_hem_ras/io8.ras.ipfn-1.4.4").to_numpy(float)
    np.testing.assert_allclose(got, peer, rtol=PEER_IPFN, atol=0)
    missed = np.abs(peer.sum(axis=1) / targets["u_row_target"] - 1).max()
    assert missed > 100 * np.abs(got.sum(axis=1) / targets["u_row_target"] - 1).max()


@pytest.mark.parametrize(("name", "targets"), [("io8", "io8_ras_targets"), ("io8neg",) * 2])
def test_gras_is_that_of_quadrium(shared_data: Path, name: str, targets: str) -> None:
    Z = _read(shared_data, f"inputs/{name}_Z").to_numpy(float)
    wanted = _read(shared_data, f"inputs/{targets.replace('neg', 'neg_targets')}")
    got = balance_gras(Z, wanted["u_row_target"], wanted["v_col_target"])
    peer = _read(shared_data, f"io_hem_ras/{name}.gras.quadrium-0.2.0").to_numpy(float)
    np.testing.assert_allclose(got.values, peer, rtol=PEER_GRAS, atol=1e-300)
