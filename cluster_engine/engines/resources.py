"""How much memory, how many threads, and where to spill: asked for, found, or refused."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cluster_engine.errors import LimitError, SettingsError

UNITS = {"": 1, "b": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12,
         "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}  # fmt: skip

USUAL_MEMORY = 2 * 10**9
"""Bytes for the engine where the user names none; it needs a tenth of that."""

USABLE = 0.8
"""Share of the free memory that may be taken before the machine would begin to swap."""

SMALLEST_MEMORY = 64 * 10**6
"""Bytes below which not even one group of rows can be read."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What an engine may use.

    Attributes
    ----------
    memory : int
        Bytes for the engine's own work.
    threads : int
    spill : str
        Folder for what does not fit into the memory.
    """

    memory: int
    threads: int
    spill: str


def find_resources(
    memory: str | None = None, threads: int | None = None, spill: Path | None = None
) -> Resources:
    """Check what the user asks for against the machine.

    Parameters
    ----------
    memory : str, optional
        '500MB', '2GiB'.
    threads : int, optional
        All processors without it.
    spill : Path, optional
        An existing folder; that of the system for passing files without it. What is written there
        goes away with the engine.

    Raises
    ------
    SettingsError
        The text is no size, or the folder is missing.
    LimitError
        More is asked for than is free, or less than is needed.
    """
    free = find_free_memory()
    wanted = min(USUAL_MEMORY, int(free * USABLE)) if memory is None else read_size(memory)
    if wanted < SMALLEST_MEMORY:
        raise LimitError(
            f"The engine needs {show_size(SMALLEST_MEMORY)}; it may take {show_size(wanted)}.",
            hint="Raise --memory-limit, or close other programs.",
        )
    if wanted > free * USABLE:
        raise LimitError(
            f"--memory-limit {memory}: only {show_size(free)} are free; the machine would swap.",
            hint=f"Ask for less: --memory-limit {int(free * USABLE) // 10**6}MB",
        )
    if spill is not None and not spill.is_dir():
        raise SettingsError(f"There is no folder {spill}.", hint="Make it, or choose another.")
    folder = (Path(tempfile.gettempdir()) if spill is None else spill.resolve()) / (
        f"cluster-engine-spill-{os.getpid()}"
    )
    return Resources(wanted, threads or count_processors(), str(folder))


def read_size(text: str) -> int:
    """Bytes of a text like '500MB' or '2GiB'.

    Raises
    ------
    SettingsError
        It is no size.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]i?)?b?\s*", text.lower())
    if found is None:
        raise SettingsError(f"'{text}' is no size of memory.", hint="E.g. --memory-limit 500MB")
    return int(float(found[1]) * UNITS[found[2] or ""])


def show_size(size: float) -> str:
    """Bytes as people read them: '1.4 GB'."""
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size / 1000:.0f} kB"


def name_spill(spill: str, part: str) -> str:
    """Folder of one process or thread that shares the spill folder with others; beside it."""
    return f"{spill}-{part}"


def remove_spill(spill: str) -> None:
    """Remove the spill folder, and those of its parts, with what killed processes left there."""
    folder = Path(spill)
    for path in (folder, *folder.parent.glob(f"{folder.name}-*")):
        shutil.rmtree(path, ignore_errors=True)


def count_processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_free_memory() -> int:
    """Bytes that can be taken without swapping: of the machine, or of its container if less."""
    return min(_read_machine(), _read_container())


def _read_machine() -> int:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        values = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        return values["MemAvailable"]
    except (OSError, KeyError, ValueError, IndexError):
        # No Linux: what is installed is the best guess at hand.
        names = getattr(os, "sysconf_names", {})
        if "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names:
            return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return 4 * 10**9


def _read_container(folder: Path = Path("/sys/fs/cgroup")) -> int:
    try:
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        return 2**62 if limit == "max" else max(int(limit) - used, 0)
    except (OSError, ValueError):
        return 2**62
