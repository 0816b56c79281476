"""What a check of an installation found, line by line. Needs nothing but Python itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "warning", "fault"]

INDENT = " " * 9
STATE_WIDTH = 7


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at.

    Attributes
    ----------
    about : str
        What was looked at.
    state : {"ok", "warning", "fault"}
        'fault': something does not work; 'warning': it works, but should be looked at.
    found : str
        What was found.
    action : str
        What to do; empty where there is nothing to do.
    exit_code : int
        Of a fault: what the command ends with.
    """

    about: str
    state: State
    found: str
    action: str = ""
    exit_code: int = 2


def render_diagnoses(diagnoses: Sequence[Diagnosis], *, quiet: bool = False) -> str:
    """Write one line each, what to do below it, and a sum at the end.

    Parameters
    ----------
    diagnoses : sequence of Diagnosis
    quiet : bool
        Leave out what is in order.
    """
    width = max((len(one.about) for one in diagnoses), default=0)
    lines = []
    for one in diagnoses:
        if quiet and one.state == "ok":
            continue
        lines.append(f"{one.state:<{STATE_WIDTH}}  {one.about:<{width}}  {_clean(one.found)}")
        if one.action:
            lines.append(f"{INDENT}{'':<{width}}  -> {_clean(one.action)}")
    if not quiet:
        lines.append(f"\n{count_states(diagnoses)}.")
    return "".join(f"{line}\n" for line in lines)


def count_states(diagnoses: Sequence[Diagnosis]) -> str:
    """Count what was found: '20 ok, 1 warning, 0 faults'."""
    counts = {
        state: sum(one.state == state for one in diagnoses) for state in ("ok", "warning", "fault")
    }
    words = [f"{counts['ok']} ok"]
    words += [f"{n} {name}{'' if n == 1 else 's'}" for name, n in counts.items() if name != "ok"]
    return ", ".join(words)


def render_diagnoses_json(diagnoses: Sequence[Diagnosis]) -> str:
    """Write all that was found as JSON."""
    states = [one.state for one in diagnoses]
    body = {
        "is_sound": "fault" not in states,
        "warnings": states.count("warning"),
        "faults": states.count("fault"),
        "rows": [asdict(one) for one in diagnoses],
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _clean(text: str) -> str:
    # Names of files are somebody else's: no escape sequence may reach the terminal.
    return "".join(sign if sign.isprintable() else "?" for sign in text)
