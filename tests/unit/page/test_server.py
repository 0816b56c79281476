"""The command: start, port taken, stop, extra missing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

START = ("serve", "--no-browser", "--port")


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_page_answers_until_it_is_stopped_and_exits_with_0(
    how: signal.Signals, tmp_path: Path, toy_pack: Path, toy_models: Path, checkout: Path
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "cluster_engine", *START, "0", "--data", str(tmp_path / "d"),
         "--pack", str(toy_pack), "--models", str(toy_models)],
        env={**os.environ, "PYTHONPATH": str(checkout)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    address = child.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}health", timeout=60) as answer:
        assert b'"status":"ok"' in answer.read()
    child.send_signal(how)
    _, told = child.communicate(timeout=60)
    assert child.returncode == 0, told
    assert "Stopped." in told
    assert "Traceback" not in told


def test_a_port_that_is_taken_is_told_with_another(run: Callable, tmp_path: Path) -> None:  # type: ignore[type-arg]
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = run(*START, str(port), "--data", tmp_path)
    assert ran.code == 6
    assert f"port {port}" in ran.err
    assert "--port" in ran.err


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_a_wrong_option(
    host: str,
    run: Callable,
    tmp_path: Path,  # type: ignore[type-arg]
) -> None:
    ran = run(*START, "0", "--host", host, "--data", tmp_path)
    assert ran.code == 2
    assert host in ran.err


def test_without_the_extra_the_command_says_what_to_install(
    run_fresh: Callable,
    tmp_path: Path,
    checkout: Path,  # type: ignore[type-arg]
) -> None:
    absent = "raise ModuleNotFoundError('absent', name='uvicorn')"
    (tmp_path / "uvicorn.py").write_text(absent, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), str(checkout)])
    ran = run_fresh("serve", variables={"PYTHONPATH": path})
    assert ran.code == 2
    assert 'pip install "cluster-engine[serve]"' in ran.err
