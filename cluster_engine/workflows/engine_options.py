"""Which engine ranks very many firms, as the user asks for it; imports nothing heavy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cluster_engine.errors import SettingsError
from cluster_engine.packs.firm_dataset import is_firm_dataset

EngineName = Literal["auto", "local", "duckdb", "dask"]


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """Options of the engine.

    Attributes
    ----------
    name : {"auto", "local", "duckdb", "dask"}
    memory : str or None
        '500MB'.
    threads : int or None
    spill : Path or None
        Folder for what does not fit into memory.
    scheduler : str or None
        Of Dask: 'tcp://host:8786'.
    """

    name: EngineName = "auto"
    memory: str | None = None
    threads: int | None = None
    spill: Path | None = None
    scheduler: str | None = None

    def refuse_without_dataset(self) -> None:
        """Refuse an engine that needs a converted list.

        Raises
        ------
        SettingsError
        """
        if self.name in ("duckdb", "dask") or self.scheduler is not None:
            raise SettingsError(
                f"The engine '{'dask' if self.scheduler else self.name}' needs a converted list.",
                hint="Make one: cluster-engine data convert LIST --to FOLDER, then rank it with "
                "--firms FOLDER.",
            )


def find_dataset(paths: tuple[Path, ...], *, is_alone: bool) -> str | None:
    """Folder or address of the converted list among the lists to rank; None: there is none.

    Parameters
    ----------
    paths : tuple of Path
        As given with --firms.
    is_alone : bool
        Whether no option is used that needs all firms at hand.

    Raises
    ------
    SettingsError
        There is one, together with what it does not go with.
    """
    places = [restore_address(path) for path in paths]
    found = [place for place in places if is_firm_dataset(place)]
    if not found:
        return None
    if len(places) > 1 or not is_alone:
        raise SettingsError(
            f"{found[0]} is a converted list and is ranked alone, without --with-pack, --include, "
            "--exclude, --mapping, --corrections and --facts.",
            hint="Convert several lists, or facts, into one folder: "
            "cluster-engine data convert LIST LIST --facts FILE --to FOLDER",
        )
    return found[0]


def restore_address(path: Path) -> str:
    """Write 's3:/bucket' as 's3://bucket': a path has lost one stroke of an address."""
    return re.sub(r"^([a-z][a-z0-9]+):/(?=[^/])", r"\1://", path.as_posix())
