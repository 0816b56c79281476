"""The command: start, port taken, stop, extra missing."""

from __future__ import annotations

import os
import platform
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

from cluster_engine.page.server import MOST_HEAPS
from cluster_engine.settings import read_settings

ASK_FOR_MEMORY = """
import ctypes, sys, tempfile, threading, types
import pyarrow as pa
from cluster_engine.page import server

def count_heaps():
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    with tempfile.NamedTemporaryFile() as file:
        stream = ctypes.c_void_p(c.fopen(file.name.encode(), b"w"))
        c.malloc_info(0, stream)
        c.fclose(stream)
        return file.read().count(b"<heap nr")

def make_app(*_):
    all_there, c = threading.Barrier(13), ctypes.CDLL(None)
    def work():
        c.malloc(1000)
        all_there.wait()
        all_there.wait()
    for _ in range(12):
        threading.Thread(target=work).start()
    all_there.wait()
    print(pa.default_memory_pool().backend_name, count_heaps(), flush=True)
    all_there.wait()
    sys.exit()

server.make_app = make_app
limits = types.SimpleNamespace(form_bytes=1, upload_bytes=1)
server.serve(server.Address(port=0), None, limits, on_ready=print)
"""
"""Starts to serve; says whence Arrow has its memory, and how many heaps a dozen threads open."""

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
@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="heaps are counted as glibc does")
@pytest.mark.parametrize(
    ("chosen", "used"),
    [({}, f"system {MOST_HEAPS}"),
     ({"ARROW_DEFAULT_MEMORY_POOL": "mimalloc", "MALLOC_ARENA_MAX": "6"}, "mimalloc 6")],
)  # fmt: skip
def test_a_hundred_threads_share_a_few_heaps_or_as_somebody_chose(
    chosen: dict[str, str], used: str, checkout: Path
) -> None:
    own = {
        name: value for name, value in os.environ.items()
        if not name.startswith(("MALLOC_", "ARROW_"))
    }  # fmt: skip
    ran = subprocess.run(
        [sys.executable, "-c", ASK_FOR_MEMORY], env={**own, "PYTHONPATH": str(checkout), **chosen},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout.strip() == used, ran.stderr
