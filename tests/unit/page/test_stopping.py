"""The page is stopped while it works: nobody is kept waiting, and no traceback is shown."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from cluster_engine.page.app import Places, make_app
from cluster_engine.page.child import STOPPED, import_apart
from cluster_engine.page.guard import Guard
from cluster_engine.registry.locate import ModelStore
from tests.unit.page.conftest import ADDRESS, LIMITS, TestClient, make_rules

SCOPE: Scope = {
    "type": "http", "method": "GET", "path": "/", "query_string": b"",
    "headers": [(b"host", b"127.0.0.1:8501")],
}  # fmt: skip


def test_no_draws_are_begun_once_the_page_is_stopped(
    tmp_path: Path, toy_pack: Path, toy_models: Path
) -> None:
    stopping = threading.Event()
    places = Places(tmp_path, ModelStore(toy_models, toy_models), str(toy_pack))
    app = make_app(places, make_rules(), LIMITS, stopping)
    with TestClient(app, base_url=ADDRESS) as client:
        asked = "/api/rank?market=germany&intervals="
        stopping.set()
        refused = client.get(f"{asked}1")
        assert refused.status_code == 503
        assert "being stopped" in refused.json()["error"]
        assert client.get(f"{asked}0").status_code == 200


async def _work_without_end(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def _cancel_amid_work() -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    guard = Guard(_work_without_end, make_rules())
    task = asyncio.create_task(guard(dict(SCOPE), receive, send))  # type: ignore[arg-type]
    await asyncio.sleep(0)
    task.cancel()
    await task
    return sent


def test_an_answer_that_is_cut_off_by_the_end_says_so() -> None:
    start, body = asyncio.run(_cancel_amid_work())
    assert start["status"] == 503
    assert b"stopped" in body["body"]


@pytest.mark.slow
def test_a_list_that_is_being_read_is_given_up(tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    path = tmp_path / "list.csv"
    path.write_text("name;country;nace\nA AG;DE;29.32\n", encoding="utf-8")
    told = import_apart(path, tmp_path / "f", tmp_path / "m.json", None, LIMITS, stopping)
    assert told == STOPPED
    assert not (tmp_path / "m.json").exists()
