"""Run retrainings in processes of their own and kill them after so many seconds.

Reads lines `settings seconds` from standard input; 0 seconds: not killed. Writes `seconds status`
for each. Forks instead of starting afresh, so that the moments of death fall into the work and not
into imports.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from cluster_engine.registry.locate import ModelStore
from cluster_engine.workflows.retrain import RetrainRequest, retrain


def _work(pack: str, models: Path, regions: tuple[str, ...], settings: Path) -> None:
    request = RetrainRequest(pack=pack, regions=regions, settings=settings, jobs=1)
    retrain(request, ModelStore(models, models))


def main() -> None:
    pack, models, regions = sys.argv[1], Path(sys.argv[2]), tuple(sys.argv[3].split(","))
    # A whole run in this process: modules that are imported late are there when it forks.
    with tempfile.TemporaryDirectory() as aside:
        _work(pack, Path(aside), regions, Path(sys.argv[4]))
    for line in sys.stdin:
        settings, seconds = line.split()
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            try:
                _work(pack, models, regions, Path(settings))
                os._exit(0)
            except BaseException as fault:  # noqa: BLE001  # told to whoever drives
                sys.stderr.write(f"{fault!r}\n")
                sys.stderr.flush()
                os._exit(1)
        if float(seconds):
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        elapsed = time.perf_counter() - start
        sys.stdout.write(f"{elapsed} {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
