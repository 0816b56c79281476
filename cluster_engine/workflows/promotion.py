"""Decide whether a version becomes champion, and write down why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cluster_engine.errors import ModelError
from cluster_engine.registry.aliases import find_aliases
from cluster_engine.registry.audit import read_manifest, read_version
from cluster_engine.registry.history import read_history
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.promote import keep_champion, promote
from cluster_engine.registry.versions import find_champion
from cluster_engine.workflows.gates import Case, Gate, Verdict, judge
from cluster_engine.workflows.metrics import recall_metrics

Policy = Literal["gates", "force", "never"]
"""Let the gates decide, promote in any case, or keep the champion in any case."""

Outcome = Literal["promoted", "kept", "unchanged"]

FIRST = "no champion yet, and the data checks passed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a version.

    Attributes
    ----------
    outcome : {"promoted", "kept", "unchanged"}
    reason : str
    verdicts : tuple of Verdict
        Empty where no gate was asked.
    """

    outcome: Outcome
    reason: str
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A version that may become champion.

    Attributes
    ----------
    key : str
    folder : Path
        Of the version.
    gates : tuple of Gate
    compare : callable
        Takes metrics of the version, metrics and folder of the champion; makes the case.
    """

    key: str
    folder: Path
    gates: tuple[Gate, ...]
    compare: Callable[[Mapping[str, Any], Mapping[str, Any], Path], Case]


def decide(store: ModelStore, candidate: Candidate, policy: Policy) -> Decision:
    """Ask the gates, then promote a version or keep the champion; the history holds the reason.

    Raises
    ------
    BusyError, ModelError
        Another run changed the aliases in between; the folder cannot be written.
    """
    key, folder = candidate.key, candidate.folder
    seen = find_aliases(store.folders(key)[0])
    champion = _find_sound_champion(store, key)
    if champion is not None and champion.name == folder.name:
        return Decision("unchanged", "is the champion")
    decision = _weigh(candidate, champion, policy)
    if decision.outcome == "promoted":
        promote(store, key, folder, decision.reason, seen=seen)
    else:
        facts = {"champion": None if champion is None else champion.name, "policy": policy}
        keep_champion(store, key, folder.name, decision.reason, facts)
    return decision


def recall_refusal(store: ModelStore, key: str, version: str) -> str | None:
    """Why the gates kept this version from replacing the present champion; None if not asked."""
    home = store.folders(key)[0]
    champion = find_champion(store, key)
    name = None if champion is None else champion.name
    for event in reversed(read_history(home)):
        if event.version == version and event.action == "kept":
            asked = event.facts.get("policy") == "gates"
            return event.reason if asked and event.facts.get("champion") == name else None
    return None


def _find_sound_champion(store: ModelStore, key: str) -> Path | None:
    try:
        folder = find_champion(store, key)
        if folder is not None:
            read_version(folder)
    except ModelError:
        # A champion that is damaged, or of an old form, protects nobody: training again mends it.
        return None
    return folder


def _weigh(candidate: Candidate, champion: Path | None, policy: Policy) -> Decision:
    if policy == "never":
        return Decision("kept", "not to be promoted, as asked")
    if policy == "force":
        return Decision("promoted", "promoted without asking the gates, as asked")
    if champion is None:
        return Decision("promoted", FIRST)
    new, old = (recall_metrics(read_manifest(path)) for path in (candidate.folder, champion))
    verdicts = judge(candidate.compare(new, old, champion), candidate.gates)
    failed = [verdict for verdict in verdicts if not verdict.is_passed]
    told = "; ".join(f"{verdict.gate}: {verdict.text}" for verdict in failed or verdicts)
    if failed:
        return Decision("kept", f"gate not passed: {told}", verdicts)
    return Decision("promoted", f"all gates passed: {told}", verdicts)
