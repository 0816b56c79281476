"""Read an uploaded list in a process of its own, with limits on memory and time.

Run as ``python -m cluster_engine.page.child REQUEST``; prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cluster_engine.errors import ClusterEngineError
from cluster_engine.page.faults import telling_full_disk
from cluster_engine.parameters import Page

MOST_ANSWER_BYTES = 100_000
LOOK_SECONDS = 0.3
"""How often a reader looks whether it is still wanted."""
SMALLER = "Upload a part of it, or use the command line: cluster-engine data import firms FILE"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an import ended, or where it stands."""

    state: str
    message: str = ""
    hint: str = ""


STOPPED = Outcome("refused", "The page was stopped while the list was read.", "Upload it again.")


def import_apart(
    path: Path, folder: Path, mapping: Path, pack: str | None, limits: Page,
    stopping: threading.Event | None = None,
) -> Outcome:  # fmt: skip
    """Import a list in a process that cannot take more than its share.

    Parameters
    ----------
    path, folder, mapping : Path
        The list; where its firms, and what its columns were taken for, are written.
    pack : str or None
    limits : Page
        Bytes of memory, and seconds.
    stopping : threading.Event, optional
        Set when nobody wants the list any more.
    """
    request = {
        "path": str(path), "folder": str(folder), "mapping": str(mapping), "pack": pack,
        "memory": limits.import_memory_bytes, "seconds": limits.import_seconds,
    }  # fmt: skip
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        [sys.executable, "-m", "cluster_engine.page.child", json.dumps(request)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + limits.import_seconds
    while True:
        try:
            answer, _ = child.communicate(timeout=min(LOOK_SECONDS, limits.import_seconds))
            return _read_answer(answer, child.returncode)
        except subprocess.TimeoutExpired:
            if stopping is not None and stopping.is_set():
                _kill(child)
                return STOPPED
            if time.monotonic() >= end:
                _kill(child)
                return Outcome(
                    "refused",
                    f"Reading the list took more than {limits.import_seconds} seconds.", SMALLER,
                )  # fmt: skip


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and its helpers."""
    if os.name == "nt":
        child.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def _read_answer(answer: bytes, code: int) -> Outcome:
    try:
        body = json.loads(answer[:MOST_ANSWER_BYTES])
        return Outcome(str(body["state"]), str(body["message"]), str(body["hint"]))
    except (ValueError, KeyError, TypeError):
        return Outcome("refused", f"Reading the list failed (code {code}).", SMALLER)


def _limit_self(memory: int, seconds: int) -> None:
    if sys.platform == "win32":
        # There the time limit of the parent alone holds.
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _run(request: dict[str, Any]) -> Outcome:
    _limit_self(int(request["memory"]), int(request["seconds"]))
    from cluster_engine.workflows.import_lists import ImportRequest, Wanted, run_import

    try:
        with telling_full_disk():
            done = run_import(
                ImportRequest((Path(request["path"]),), pack=request["pack"]),
                Wanted(Path(request["folder"])),
            )
            told = done.mapping.to_json(orient="records")
            Path(request["mapping"]).write_text(told, encoding="utf-8")
    except ClusterEngineError as fault:
        name = Path(request["path"]).name
        return Outcome("refused", fault.message.replace(f"{name}: ", "").replace(f"{name}, ", ""),
                       fault.hint)  # fmt: skip
    except OSError as fault:
        return Outcome("refused", f"The list could not be kept: {fault.strerror}.", SMALLER)
    except MemoryError:
        return Outcome("refused", "The list needs more memory than an upload may have.", SMALLER)
    return Outcome("ready")


def main() -> None:
    """Import what the request names and print how it ended."""
    outcome = _run(json.loads(sys.argv[1]))
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")


if __name__ == "__main__":
    main()
