"""The command: start, port taken, stop, extra missing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from cluster_engine.settings import read_settings

ASK_FOR_POOL = """
import sys, pyarrow as pa
from cluster_engine.page import server
def make_app(*_): print(pa.default_memory_pool().backend_name); sys.exit()
server.make_app = make_app
server.serve(server.Address(port=0), None, __import__("types").SimpleNamespace(
    form_bytes=1, upload_bytes=1), on_ready=print)
"""
"""Starts to serve, and says whence Arrow takes its memory when the page is about to be made."""

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


@pytest.mark.slow
def test_an_upload_that_is_too_large_gets_an_answer_and_no_broken_connection(
    tmp_path: Path, toy_pack: Path, toy_models: Path, checkout: Path
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "cluster_engine", *START, "0", "--data", str(tmp_path / "d"),
         "--pack", str(toy_pack), "--models", str(toy_models)],
        env={**os.environ, "PYTHONPATH": str(checkout)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    try:
        address = urlsplit(child.stdout.readline().strip())
        asked = HTTPConnection(str(address.hostname), address.port, timeout=60)
        # A browser, too, sends all of it before it reads: the server must take it in.
        body = b"x" * (read_settings().page.upload_bytes + 1_000_000)
        asked.request("POST", "/lists", body, {"Content-Type": "multipart/form-data; boundary=x"})
        answer = asked.getresponse()
        assert answer.status == 413
        assert b"50.0 MB" in answer.read()
        asked.request("GET", "/health")
        assert asked.getresponse().status == 200
        asked.close()
    finally:
        child.terminate()
        child.wait(60)
        child.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize(("chosen", "used"), [("", "system"), ("mimalloc", "mimalloc")])
def test_arrow_takes_its_memory_from_the_c_library_or_as_somebody_chose(
    chosen: str, used: str, checkout: Path
) -> None:
    env = {**os.environ, "PYTHONPATH": str(checkout)}
    env.pop("ARROW_DEFAULT_MEMORY_POOL", None)
    env |= {"ARROW_DEFAULT_MEMORY_POOL": chosen} if chosen else {}
    ran = subprocess.run(
        [sys.executable, "-c", ASK_FOR_POOL], env=env, capture_output=True, text=True, check=False
    )
    assert ran.stdout.strip() == used, ran.stderr
