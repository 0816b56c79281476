"""Names that move from version to version: champion, challenger, previous."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from cluster_engine.errors import BusyError, ModelError
from cluster_engine.registry.files import VERIFY, read_json, write_json
from cluster_engine.registry.locate import is_safe_name

ALIASES = "aliases.json"


@dataclass(frozen=True, slots=True)
class Aliases:
    """Which version is what.

    Attributes
    ----------
    revision : int
        Raised by one with every change; a change made from an older one is refused.
    champion : str or None
        In use.
    previous : str or None
        The champion before: where a roll-back leads.
    challenger : str or None
        Trained last, and not promoted.
    """

    revision: int = 0
    champion: str | None = None
    previous: str | None = None
    challenger: str | None = None

    @property
    def kept(self) -> frozenset[str]:
        """Versions that an alias names."""
        names = (self.champion, self.previous, self.challenger)
        return frozenset(name for name in names if name)


def has_aliases(home: Path) -> bool:
    """Whether a folder names a champion."""
    return (home / ALIASES).is_file()


def read_aliases(home: Path) -> Aliases:
    """Read the aliases of a region; those of the first protocol had no challenger.

    Raises
    ------
    ModelError
        The file is damaged, or names no version.
    """
    body = read_json(home / ALIASES, hint=VERIFY)
    revision = body.get("revision")
    if not isinstance(revision, int) or isinstance(revision, bool):
        raise _refuse(home, "revision", revision)
    return Aliases(
        revision, *(_read_name(home, body, name) for name in ("champion", "previous", "challenger"))
    )


def _read_name(home: Path, body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not is_safe_name(value):
        raise _refuse(home, name, value)
    return value


def _refuse(home: Path, name: str, value: object) -> ModelError:
    return ModelError(
        f"{home.name}/{ALIASES}: '{name}' must name a version. Got {value!r}.", hint=VERIFY
    )


def find_aliases(home: Path) -> Aliases:
    """Aliases of a region; none where there are none yet, or where they are damaged."""
    try:
        return read_aliases(home)
    except ModelError:
        # Training again, or a roll-back, is what mends them: it must not stop here.
        return Aliases()


def write_aliases(home: Path, new: Aliases, *, seen: Aliases) -> Aliases:
    """Change the aliases if they still are as they were seen; to be called by the lock's holder.

    Parameters
    ----------
    home : Path
    new : Aliases
        Its revision is not looked at.
    seen : Aliases
        What the decision was made from.

    Returns
    -------
    Aliases
        What stands there now.

    Raises
    ------
    BusyError
        Somebody has changed them since.
    OSError
        The system refused; they are as before.
    """
    now = find_aliases(home)
    if now.revision != seen.revision:
        raise BusyError(
            f"The aliases of {home.name} were changed by another run (revision {now.revision}, "
            f"decided on {seen.revision}).",
            hint="Look at `cluster-engine models list`, then try again.",
        )
    if replace(new, revision=now.revision) == now:
        return now
    changed = replace(new, revision=now.revision + 1)
    write_json(home / ALIASES, asdict(changed))
    return changed


def crown(aliases: Aliases, version: str) -> Aliases:
    """Aliases after a version became champion."""
    if aliases.champion == version:
        return aliases
    challenger = None if aliases.challenger == version else aliases.challenger
    return replace(aliases, champion=version, previous=aliases.champion, challenger=challenger)
