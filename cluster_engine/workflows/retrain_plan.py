"""What a retraining will do, before it does anything: a pure function of inputs and registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cluster_engine.workflows.promotion import Policy

Action = Literal["train", "judge", "nothing"]
"""Train and judge; judge a version that is there; nothing to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A region and the version its inputs give.

    Attributes
    ----------
    region, key, version : str
        Short name, folder of its models, version.
    inputs : mapping
        Everything the version depends on.
    """

    region: str
    key: str
    version: str
    inputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """What the registry knows of a region.

    Attributes
    ----------
    champion : str or None
        Version in use, if it is sound.
    inputs : mapping or None
        The champion's.
    is_there : bool
        Whether the version wanted is there already, and sound.
    refusal : str or None
        Why the gates kept the version wanted from replacing this champion.
    """

    champion: str | None
    inputs: Mapping[str, Any] | None
    is_there: bool
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """What will be done for one region, and why."""

    region: str
    key: str
    version: str
    action: Action
    why: str


def plan(wanted: Sequence[Wanted], states: Mapping[str, State], policy: Policy) -> tuple[Step, ...]:
    """Plan a retraining.

    Parameters
    ----------
    wanted : sequence of Wanted
    states : mapping of str to State
        By key.
    policy : {"gates", "force", "never"}

    Returns
    -------
    tuple of Step
        One per region, in the same order.
    """
    return tuple(
        Step(one.region, one.key, one.version, *_choose(one, states[one.key], policy))
        for one in wanted
    )


def _choose(wanted: Wanted, state: State, policy: Policy) -> tuple[Action, str]:
    if state.champion == wanted.version and state.is_there:
        return "nothing", "champion is made from the same inputs"
    if not state.is_there:
        return "train", _tell_change(wanted, state)
    if policy == "never":
        return "nothing", "trained before, and not to be promoted"
    if state.refusal is not None and policy == "gates":
        return "nothing", f"trained and judged before: {state.refusal}"
    return "judge", "trained before, not yet judged against the present champion"


def _tell_change(wanted: Wanted, state: State) -> str:
    if state.champion is None or state.inputs is None:
        return "no sound champion"
    changed = [
        f"{name} ({', '.join(parts)})" if parts else name
        for name, parts in _list_changes(wanted.inputs, state.inputs)
    ]
    if not changed:
        return "the champion is damaged"
    return f"changed since champion {state.champion}: {'; '.join(changed)}"


def _list_changes(
    new: Mapping[str, Any], old: Mapping[str, Any]
) -> list[tuple[str, tuple[str, ...]]]:
    changes = []
    for name in sorted({*new, *old}):
        first, second = new.get(name), old.get(name)
        if first == second:
            continue
        parts: tuple[str, ...] = ()
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            parts = tuple(sorted(k for k in {*first, *second} if first.get(k) != second.get(k)))
        changes.append((name, parts))
    return changes
