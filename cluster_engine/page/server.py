"""Serve the page: take the port, say where, answer until stopped."""

from __future__ import annotations

import ctypes
import errno
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import uvicorn

from cluster_engine.errors import BusyError, SettingsError
from cluster_engine.page.app import Places, make_app
from cluster_engine.page.guard import LOOPBACK_NAMES, Rules, is_loopback
from cluster_engine.parameters import Page

TOKEN_BYTES = 24
STOP_SECONDS = 5
"""For answers that are being written when the page is stopped."""

IDLE_SECONDS = 75
"""A reader pauses for longer than uvicorn's 5: a connection closed just then would cost a click."""

ARROW_VARIABLE = "ARROW_DEFAULT_MEMORY_POOL"
MOST_HEAPS_OPTION, APART_OPTION, SPARE_OPTION = -8, -3, -1
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc's malloc.h."""
MOST_HEAPS = 4
"""Python lets one thread at a time take memory, but for NumPy's loops."""
APART_BYTES = 2_200_000
"""Larger arrays are taken from the system and given back to it: the draws that are kept, and not
the two megabytes of a block of draws (`targeting.uncertainty`), which come and go all the time."""
SPARE_BYTES = 16_000_000
"""Kept at the end of a heap for what comes next; without, draws take a quarter longer."""

MULTIPART_BYTES = 10_000
"""What surrounds a file in an upload."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and under which names.

    Attributes
    ----------
    host : str
        Address to bind.
    port : int
        0: any that is free.
    names : tuple of str
        More host names under which people reach the page.
    needs_token : bool
        Ask for a token on loopback, too.
    """

    host: str = "127.0.0.1"
    port: int = 8501
    names: tuple[str, ...] = ()
    needs_token: bool = False


def serve(
    address: Address, places: Places, limits: Page, *, on_ready: Callable[[str], None],
    open_browser: bool = False,
) -> None:  # fmt: skip
    """Serve until interrupted or terminated.

    Parameters
    ----------
    address : Address
    places : Places
    limits : Page
    on_ready : callable
        Called with the address to open, once it can be opened.
    open_browser : bool
        Whether to open it.

    Raises
    ------
    BusyError
        Somebody else has the port.
    SettingsError
        The address cannot be bound, or the data folder not be used.
    DataError
        The pack is faulty.
    """
    listening = bind(address)
    with listening:
        _spare_memory()
        port = int(listening.getsockname()[1])
        rules = make_rules(address, limits)
        stopping = threading.Event()
        app = make_app(places, rules, limits, stopping)
        shown = f"http://{_show_host(address.host)}:{port}/"
        if rules.token:
            shown += f"?token={rules.token}"
        # Broken forms are answered; a line for each in the window would only hide what matters.
        logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, ws="none",
            timeout_graceful_shutdown=STOP_SECONDS, timeout_keep_alive=IDLE_SECONDS,
            proxy_headers=False,
        )  # fmt: skip
        server = _Server(config, stopping)
        # The port listens already: who comes before the start-up has ended waits for it.
        on_ready(shown)
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(shown,), daemon=True).start()
        _stop_on_terminate()
        try:
            server.run(sockets=[listening])
        except KeyboardInterrupt:
            # To stop it so is the ordinary end: uvicorn has closed everything and passes it on.
            return


class _Server(uvicorn.Server):
    """Says that it is being stopped before it waits for the last answers.

    Parameters
    ----------
    config : uvicorn.Config
    stopping : threading.Event
    """

    def __init__(self, config: uvicorn.Config, stopping: threading.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._stopping.set()
        await super().shutdown(sockets)


def _spare_memory() -> None:
    """Let a hundred threads share heaps; must be called before there are any.

    Arrow, which holds all texts of tables, has an allocator of its own that keeps pages for every
    thread that ever made a text: with a hundred threads five times what is in use. So it takes its
    memory from the C library. That of Linux (glibc) opens up to eight heaps per processor, and
    after a while lays even large arrays into them, between what stays, so that what is freed
    cannot be given back. Whoever has chosen otherwise keeps what was chosen.
    """
    if ARROW_VARIABLE not in os.environ:
        pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux" and not any(name.startswith("MALLOC_") for name in os.environ):
        # Other C libraries than glibc do not know it.
        choose = getattr(ctypes.CDLL(None), "mallopt", None)
        if choose is not None:
            choose(MOST_HEAPS_OPTION, MOST_HEAPS)
            choose(APART_OPTION, APART_BYTES)
            choose(SPARE_OPTION, SPARE_BYTES)


def bind(address: Address) -> socket.socket:
    """Take the port, so that a busy one is told before anything is read."""
    try:
        family, kind, proto, _, where = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, proto)
    except OSError as fault:
        raise _refuse(address, fault) from fault
    try:
        if hasattr(socket, "SO_REUSEADDR") and not _is_windows():
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen()
    except OSError as fault:
        listening.close()
        if fault.errno in (errno.EADDRINUSE, errno.EACCES) and address.port:
            raise BusyError(
                f"The port {address.port} of {address.host} is taken.",
                hint=f"Is the page open already? Or choose another port: cluster-engine serve "
                f"--port {address.port + 1 if address.port < 65_535 else 8501}",
            ) from fault
        raise _refuse(address, fault) from fault
    return listening


def make_rules(address: Address, limits: Page) -> Rules:
    """Decide who may ask: this machine alone, or whoever has the token."""
    local = is_loopback(address.host)
    own = {name.lower() for name in address.names}
    names = {address.host.lower(), *own, *LOOPBACK_NAMES}
    if not local:
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
    token = secrets.token_urlsafe(TOKEN_BYTES) if address.needs_token or not local else ""
    return Rules(
        frozenset(names), not local, token, limits.form_bytes, limits.upload_bytes + MULTIPART_BYTES
    )


def locate_data(folder: Path | None) -> Path:
    """Folder of shortlists and uploads: the one given, or the user's own."""
    if folder is not None:
        return folder
    from platformdirs import user_data_path

    return user_data_path("cluster-engine") / "page"


def _refuse(address: Address, fault: OSError) -> SettingsError:
    return SettingsError(
        f"The page cannot listen at {address.host}, port {address.port}: {fault.strerror}.",
        hint="Leave out --host, or name an address of this machine.",
    )


def _show_host(host: str) -> str:
    """Host as it stands in an address; 'everywhere' is shown as this machine's name."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _stop_on_terminate() -> None:
    """Take SIGTERM (systemd, docker stop) like Ctrl-C, so that the exit code is the same."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _is_windows() -> bool:
    return os.name == "nt"
