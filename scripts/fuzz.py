"""Fuzz every reader for a time, and keep what crashes.

With atheris installed (Python 3.11 or 3.12, Linux) files are led by the coverage of the engine;
without it they are changed at random. Prints for each target how many files were tried, how many a
second, the share that was refused, and crashes.

    .venv/bin/python scripts/fuzz.py --seconds 60
    .venv/bin/python scripts/fuzz.py --seconds 3600 --target list-csv --target model
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

try:
    import atheris
except ImportError:
    atheris = None
    instrumented = nullcontext()
else:
    # The engine alone: to lead by the coverage of pandas as well would take minutes to begin.
    instrumented = atheris.instrument_imports(
        include=["cluster_engine"], enable_loader_override=False
    )

with instrumented:
    from tests.fuzz.mutate import mutate
    from tests.fuzz.running import CRASHERS, run_one
    from tests.fuzz.targets import TARGETS, Target

SLOWEST = 5.0
"""Seconds for one file from which it is kept as a hang."""


CHATTER = ("INFO:", "WARNING:")
"""How lines begin in which the fuzzer speaks of itself."""


class Tally:
    """What became of the files of one target."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target = target
        self.folder = folder
        self.counts = {"read": 0, "refused": 0, "crashed": 0, "slow": 0}
        self.start = time.perf_counter()

    def take(self, data: bytes) -> None:
        """Try one file."""
        # Time of the processor: a busy machine is no fault of the file.
        began = time.process_time()
        try:
            outcome: str = run_one(self.target, data, self.folder)
        except Exception as fault:  # noqa: BLE001 - what is looked for
            outcome = "crashed"
            self._keep(data, repr(fault))
        if time.process_time() - began > SLOWEST:
            self.counts["slow"] += 1
            self._keep(data, f"{time.process_time() - began:.1f} s")
        self.counts[outcome] += 1

    def _keep(self, data: bytes, why: str) -> None:
        name = hashlib.sha256(data).hexdigest()[:12]
        (CRASHERS / self.target.name).mkdir(parents=True, exist_ok=True)
        (CRASHERS / self.target.name / name).write_bytes(data)
        print(f"{self.target.name} {name}: {why[:300]}", file=sys.stderr, flush=True)

    def as_facts(self) -> dict[str, object]:
        """Counts, JSON-ready."""
        seconds = time.perf_counter() - self.start
        return {"target": self.target.name, "seconds": round(seconds, 1), **self.counts}


def run_at_random(tally: Tally, seconds: float, seed: int) -> None:
    """Change the files to start from at random until the time is up."""
    dice = random.Random(seed)  # noqa: S311
    seeds = tally.target.seeds()
    while time.perf_counter() - tally.start < seconds:
        tally.take(mutate(dice.choice(seeds), dice))


def run_by_coverage(tally: Tally, seconds: float, seed: int) -> None:
    """Let atheris choose the files; it ends the process itself."""
    corpus = tally.folder / "corpus"
    corpus.mkdir()
    for number, data in enumerate(tally.target.seeds()):
        (corpus / str(number)).write_bytes(data)

    def change(data: bytes, longest: int, seed: int) -> bytes:
        dice = random.Random(seed)  # noqa: S311
        changed = mutate(data, dice) if dice.random() < 0.5 else atheris.Mutate(data, len(data))
        return bytes(changed)[:longest]

    def take(data: bytes) -> None:
        tally.take(data)
        if time.perf_counter() - tally.start >= seconds:
            print(json.dumps(tally.as_facts()), flush=True)
            # The fuzzer never returns.
            os._exit(0)

    atheris.Setup(
        [sys.argv[0], str(corpus), "-max_len=60000", f"-seed={seed + 1}", "-verbosity=0"],
        take,
        custom_mutator=change,
    )
    atheris.Fuzz()


def run_child(name: str, seconds: float, seed: int, *, by_coverage: bool) -> None:
    """Fuzz one target in this process."""
    target = next(target for target in TARGETS if target.name == name)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        tally = Tally(target, Path(folder))
        (run_by_coverage if by_coverage else run_at_random)(tally, seconds, seed)
        print(json.dumps(tally.as_facts()), flush=True)


@click.command()
@click.option("--seconds", default=30.0, show_default=True, help="For each target.")
@click.option("--target", "targets", multiple=True, type=click.Choice([t.name for t in TARGETS]))
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the figures.")
@click.option("--child", hidden=True)
def main(
    seconds: float, targets: tuple[str, ...], seed: int, json_file: Path | None, child: str | None
) -> None:
    """Fuzz the readers; exit 1 where one crashed."""
    by_coverage = atheris is not None
    if child:
        run_child(child, seconds, seed, by_coverage=by_coverage)
        return
    print(f"{'target':14} {'files':>8} {'a second':>9} {'refused':>8} {'slow':>5} {'crashed':>8}")
    found = []
    for name in targets or [target.name for target in TARGETS]:
        # A process each: coverage-led fuzzing ends its process, and a crash of C code ends it too.
        told = ["--child", name, "--seconds", str(seconds), "--seed", str(seed)]
        ran = subprocess.run(  # noqa: S603 - this very script
            [sys.executable, __file__, *told], capture_output=True, text=True, check=False
        )
        words = [line for line in ran.stderr.splitlines() if not line.startswith(CHATTER)]
        print("\n".join(words), file=sys.stderr, end="\n" if words else "", flush=True)
        lines = [line for line in ran.stdout.splitlines() if line.startswith("{")]
        if not lines:
            print(f"{name:14} ended with code {ran.returncode} and no figures")
            found.append({"target": name, "crashed": 1, "ended": ran.returncode})
            continue
        facts = json.loads(lines[-1])
        found.append(facts)
        n = facts["read"] + facts["refused"] + facts["crashed"]
        print(
            f"{name:14} {n:8,} {n / facts['seconds']:9.0f} {facts['refused'] / max(n, 1):8.0%} "
            f"{facts['slow']:5} {facts['crashed']:8}",
            flush=True,
        )
    hours = sum(float(facts.get("seconds", 0)) for facts in found) / 3600
    total = sum(int(facts.get(k, 0)) for facts in found for k in ("read", "refused", "crashed"))
    how = "led by coverage (atheris)" if by_coverage else "changed at random"
    print(f"{total:,} files, {how}, in {hours:.2f} hours.")
    if json_file is not None:
        json_file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.exit(1 if any(facts["crashed"] for facts in found) else 0)


if __name__ == "__main__":
    main()
