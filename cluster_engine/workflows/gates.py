"""Gates between a challenger and the champion: each looks at one thing and says what it saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cluster_engine.parameters import Gates
from cluster_engine.workflows.rank_agreement import RankAgreement


@dataclass(frozen=True, slots=True)
class Case:
    """A challenger beside its champion.

    Attributes
    ----------
    new, old : mapping
        Metrics, see `workflows/metrics.py`.
    agreement : RankAgreement or None
        None for what is made of the nation as a whole.
    limits : Gates
    """

    new: Mapping[str, Any]
    old: Mapping[str, Any]
    agreement: RankAgreement | None
    limits: Gates


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one gate says.

    Attributes
    ----------
    gate : str
    is_passed : bool
        Also where nothing could be compared: the text says so.
    text : str
    """

    gate: str
    is_passed: bool
    text: str


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing to look at."""

    name: str
    check: Callable[[Case], tuple[bool, str]]


def judge(case: Case, gates: tuple[Gate, ...]) -> tuple[Verdict, ...]:
    """Let every gate look at a case."""
    return tuple(Verdict(gate.name, *gate.check(case)) for gate in gates)


def _check_figures(case: Case) -> tuple[bool, str]:
    jobs, firms = (_pair(case, name) for name in ("jobs", "n_firms"))
    if jobs is None or firms is None or not jobs[1] or not firms[1]:
        return True, "not compared: the champion tells no jobs or firms"
    change, lost = jobs[0] / jobs[1] - 1.0, 1.0 - firms[0] / firms[1]
    limits = case.limits
    passed = abs(change) <= limits.maximum_jobs_change and lost <= limits.maximum_firms_loss
    return passed, (
        f"jobs {change:+.1%} (at most {limits.maximum_jobs_change:.0%} either way), "
        f"firms {-lost:+.1%} (at least {-limits.maximum_firms_loss:.0%})"
    )


def _check_stability(case: Case) -> tuple[bool, str]:
    found = _pair(case, "stability")
    if found is None:
        return True, "not compared: no stability"
    new, old = found
    limit = case.limits.stability_loss
    return new >= old - limit, f"stability {new:.3f}, champion {old:.3f} (may lose {limit:g})"


def _check_scores(case: Case) -> tuple[bool, str]:
    new, old = (metrics.get("validation_scores") or {} for metrics in (case.new, case.old))
    common = sorted(set(new) & set(old))
    if not common:
        return True, "not compared: no validation score of the same figures left out"
    means = [sum(scores[name] for name in common) / len(common) for scores in (new, old)]
    limit = case.limits.score_loss
    return means[0] >= means[1] - limit, (
        f"validation score {means[0]:.3f}, champion {means[1]:.3f} over {len(common)} "
        f"comparison(s) (may lose {limit:g})"
    )


def _check_ranks(case: Case) -> tuple[bool, str]:
    found, limits = case.agreement, case.limits
    if found is None or found.correlation is None:
        return True, "not compared: too few firms"
    overlap = 1.0 if found.overlap is None else found.overlap
    passed = (
        found.correlation >= limits.minimum_rank_correlation and overlap >= limits.minimum_overlap
    )
    shown = "too few firms" if found.overlap is None else f"{found.overlap:.0%}"
    return passed, (
        f"rank correlation {found.correlation:.3f} over {found.n_markets} market(s), lowest in "
        f"{found.lowest_market} (at least {limits.minimum_rank_correlation:g}); overlap of the top "
        f"{limits.top_firms} {shown} (at least {limits.minimum_overlap:.0%})"
    )


def _check_studies(case: Case) -> tuple[bool, str]:
    """A study must not be worse than the champion's beyond the champion's interval."""
    new, old = (_list_gated(metrics) for metrics in (case.new, case.old))
    common = sorted(set(new) & set(old))
    if not common:
        return True, f"not compared: {_tell_lacking(new, old)}"
    worse = [name for name in common if _is_worse(new[name], old[name])]
    told = ", ".join(_tell_study(name, new[name], old[name]) for name in (worse or common))
    return not worse, f"{'worse' if worse else 'not worse'} beyond the interval: {told}"


def _tell_lacking(new: Mapping[str, Any], old: Mapping[str, Any]) -> str:
    if new and old:
        return "its studies are not the champion's"
    who = "the champion" if new else "this version" if old else "either"
    return f"no hit-rate card of {who}"


def _tell_study(name: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> str:
    measure = f", {new['measure']}," if "measure" in new else ""
    return (
        f"{name}{measure} {new['value']:.3f} (champion {old['value']:.3f}, "
        f"{old['low']:.3f} to {old['high']:.3f})"
    )


def _list_gated(metrics: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    studies = metrics.get("studies") or {}
    gates = {name: facts["gate"] for name, facts in studies.items() if "gate" in facts}
    return {name: gate for name, gate in gates.items() if gate["value"] is not None}


def _is_worse(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    if old.get("higher_is_better", True):
        return bool(new["value"] < old["low"])
    return bool(new["value"] > old["high"])


def _pair(case: Case, name: str) -> tuple[float, float] | None:
    if case.new.get(name) is None or case.old.get(name) is None:
        return None
    return float(case.new[name]), float(case.old[name])


STABILITY = Gate("stability", _check_stability)
SCORES = Gate("validation scores", _check_scores)

EVALUATION = Gate("evaluation", _check_studies)

NATION_GATES = (STABILITY, SCORES)
PLACE_GATES = (EVALUATION,)


def _check_mover(case: Case) -> tuple[bool, str]:
    """What events taught must not be forgotten because a list was not named again."""
    new, old = (metrics.get("mover", "prior") for metrics in (case.new, case.old))
    passed = not (old == "learned" and new != "learned")
    advice = "" if passed else ": name the list again with --movers, or --force-promote"
    return passed, f"mover weights {new}, champion {old}{advice}"


REGION_GATES = (
    Gate("figures", _check_figures),
    STABILITY,
    SCORES,
    Gate("rank stability", _check_ranks),
    EVALUATION,
    Gate("mover weights", _check_mover),
)
"""A new gate is a function and a line here; its limit stands in settings.toml."""
