"""Every call to the system fails in turn: the champion stays, and the next run mends all."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cluster_engine.errors import ClusterEngineError
from cluster_engine.registry.check import check_store
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.promote import promote
from cluster_engine.registry.versions import load_champion, save_version
from cluster_engine.results import Model, Region

pytestmark = pytest.mark.slow

KEY = "toyshire"
MAX_CALLS = 200
"""More than any save needs: a loop that never passes is a fault of the test."""

CALLS = {
    "open": (os, "open"),
    "fsync": (os, "fsync"),
    "replace": (Path, "replace"),
    "path open": (Path, "open"),
    "write text": (Path, "write_text"),
    "chmod": (Path, "chmod"),
    "mkdtemp": (__import__("tempfile"), "mkdtemp"),
}
ERRORS = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO)


def _make(version: str, shift: float) -> Model:
    tables = {
        "sectors": pd.DataFrame({"industry": ["2910"], "lq": [1.0 + shift]}),
        "niches": pd.DataFrame({"niche": [0], "name": ["Motor vehicles"]}),
        "clusters": pd.DataFrame({"cluster": [0], "name": ["Cars"]}),
    }
    return Model(
        Region(KEY, "Toyshire", "region", ("T1",)), **tables, reference={},
        facts={"version": version, "year": 2024},
    )  # fmt: skip


def _save_and_promote(store: ModelStore, version: str, shift: float) -> None:
    promote(store, KEY, save_version(store, KEY, _make(version, shift), "# Card\n"))


class FailOnce:
    """Stands in for a call and fails when it is called the n-th time."""

    def __init__(self, real: Callable[..., Any], n: int, code: int) -> None:
        self.real, self.left, self.code, self.has_failed = real, n, code, False

    def __get__(self, one: object, _kind: type | None = None) -> Callable[..., Any]:
        return self if one is None else lambda *a, **k: self(one, *a, **k)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            self.has_failed = True
            raise OSError(self.code, os.strerror(self.code))
        return self.real(*arguments, **options)


@pytest.mark.parametrize("code", ERRORS, ids=lambda code: errno.errorcode[code])
@pytest.mark.parametrize("call", CALLS)
def test_whichever_call_fails_the_champion_loads_and_the_next_run_goes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    owner, name = CALLS[call]
    for n in range(1, MAX_CALLS):
        store = ModelStore(tmp_path / str(n), tmp_path / "shipped")
        _save_and_promote(store, "2024-00000001", 0.0)
        shim = FailOnce(getattr(owner, name), n, code)
        told = ""
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, shim)
            try:
                _save_and_promote(store, "2024-00000002", 1.0)
            except ClusterEngineError as fault:
                told = fault.message
        champion = load_champion(store, KEY, Model)
        assert champion is not None
        is_new = champion.facts["version"] == "2024-00000002"
        assert champion.sectors["lq"].tolist() == [2.0 if is_new else 1.0]
        assert told or is_new, "a run that does not complain has done its work"
        check = check_store(store, repair=True)
        assert check.is_sound, check.findings
        _save_and_promote(store, "2024-00000002", 1.0)
        again = load_champion(store, KEY, Model)
        assert again is not None
        assert again.facts["version"] == "2024-00000002"
        assert check_store(store).findings == ()
        if not shim.has_failed:
            assert n > 1, f"{call} is never called: the test looks at nothing"
            return
    pytest.fail("never passed")
