"""The plan of a retraining: what is done, and why."""

from __future__ import annotations

import pytest

from cluster_engine.workflows.promotion import Policy
from cluster_engine.workflows.retrain_plan import State, Wanted, plan

INPUTS = {"seed": 0, "tables": {"areas": "a", "firms": "b"}}
WANTED = Wanted("wales", "wales", "2024-00000002", INPUTS)
OLD = {"seed": 0, "tables": {"areas": "a", "firms": "c"}}


@pytest.mark.parametrize(
    ("state", "policy", "action", "why"),
    [
        (State(None, None, is_there=False, refusal=None), "gates", "train", "no sound champion"),
        (State("2024-00000001", OLD, is_there=False, refusal=None), "gates", "train",
         "changed since champion 2024-00000001: tables (firms)"),
        (State("2024-00000002", INPUTS, is_there=True, refusal=None), "gates", "nothing",
         "champion is made from the same inputs"),
        (State("2024-00000002", INPUTS, is_there=False, refusal=None), "gates", "train",
         "the champion is damaged"),
        (State("2024-00000001", OLD, is_there=True, refusal=None), "gates", "judge", "not yet"),
        (State("2024-00000001", OLD, is_there=True, refusal="worse"), "gates", "nothing", "worse"),
        (State("2024-00000001", OLD, is_there=True, refusal="worse"), "force", "judge", ""),
        (State("2024-00000001", OLD, is_there=True, refusal=None), "never", "nothing", ""),
    ],
)  # fmt: skip
def test_what_is_planned_and_why(state: State, policy: Policy, action: str, why: str) -> None:
    (step,) = plan([WANTED], {"wales": state}, policy)
    assert step.action == action
    assert why in step.why


def test_the_plan_keeps_the_order_of_regions() -> None:
    names = ["c", "a", "b"]
    state = State(None, None, is_there=False, refusal=None)
    steps = plan([Wanted(n, n, "v", {}) for n in names], dict.fromkeys(names, state), "gates")
    assert [step.region for step in steps] == names
