"""Find the two versions a comparison is about, by name, beginning of a name, or alias."""

from __future__ import annotations

from cluster_engine.errors import ModelError, SettingsError
from cluster_engine.registry.listing import Listed, list_versions
from cluster_engine.registry.locate import ModelStore

ROLES = ("champion", "previous", "challenger")


def choose_pair(
    store: ModelStore, key: str, old: str | None, new: str | None
) -> tuple[Listed, Listed]:
    """Choose the versions to compare.

    Parameters
    ----------
    store : ModelStore
    key : str
    old, new : str or None
        None, None: champion and challenger where there is one, else previous and champion, else the
        only other version and the champion. One alone is compared with the champion.

    Raises
    ------
    ModelError
        There is no such version, or nothing to compare with.
    SettingsError
        A beginning that fits several, or twice the same version.
    """
    versions = list_versions(store, key)
    if old is None and new is None:
        names = {role for one in versions for role in one.roles}
        old, new = ("champion", "challenger") if "challenger" in names else ("previous", "champion")
        others = [one.version for one in versions if "champion" not in one.roles]
        if new == "champion" and old not in names and len(others) == 1:
            # As where the first own champion took the place of the one that ships.
            old = others[0]
        elif not names >= {old, new}:
            raise ModelError(
                f"{key} has no two versions to compare by default.",
                hint="`cluster-engine models list` shows what is there; retraining makes more.",
            )
    asked = ["champion" if name is None else name for name in (old, new)]
    pair = tuple(find_listed(versions, key, name) for name in asked)
    if pair[0].version == pair[1].version:
        raise SettingsError(
            f"Both are version {pair[0].version} of {key}.",
            hint=f"Name another one. There are: {_tell(versions)}.",
        )
    return pair[0], pair[1]


def find_listed(versions: tuple[Listed, ...], key: str, asked: str) -> Listed:
    """Find a version by alias, name, or the beginning of its name or of its hash.

    Raises
    ------
    ModelError
        There is none, or it cannot be read.
    SettingsError
        Several begin so.
    """
    if asked in ROLES:
        found = [one for one in versions if asked in one.roles]
    else:
        found = [one for one in versions if one.version == asked] or [
            one
            for one in versions
            if asked and (one.version.startswith(asked) or _hash(one).startswith(asked))
        ]
    if not found:
        hint = f"There are: {_tell(versions)}." if versions else "Train the region first."
        raise ModelError(f"There is no version '{asked}' of {key}.", hint=hint)
    if len(found) > 1:
        raise SettingsError(
            f"'{asked}' fits {len(found)} versions of {key}.",
            hint=f"Write more of it: {', '.join(one.version for one in found)}.",
        )
    if found[0].manifest is None:
        raise ModelError(
            f"Version {found[0].version} of {key} cannot be read.",
            hint="Run: cluster-engine models verify.",
        )
    return found[0]


def _hash(listed: Listed) -> str:
    return listed.version.partition("-")[2]


def _tell(versions: tuple[Listed, ...]) -> str:
    return ", ".join(
        f"{one.version} ({', '.join(one.roles)})" if one.roles else one.version for one in versions
    )
