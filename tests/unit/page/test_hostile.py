"""Requests that nobody means well: never a fault of ours, never a word about the inside."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cluster_engine.page.guard import SESSION
from tests.unit.page.conftest import LIMITS, OpenPage
from tests.unit.page.hostile import draw_attempt, find_faults

TRIES = 260
SEED = 20_261_126


def test_hostile_requests_are_refused_in_plain_words(
    open_page: OpenPage, tmp_path: Path, toy_pack: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    page = open_page(tmp_path)
    page.client.follow_redirects = False
    dice, csrf, found, statuses = random.Random(SEED), page.read_token(), [], set()
    session = f"{SESSION}={page.client.cookies[SESSION]}"
    for _ in range(TRIES):
        attempt = draw_attempt(dice, csrf, largest=LIMITS.form_bytes + 1)
        # Whatever cookie an answer has set: the form's token belongs to the first session.
        page.client.cookies.clear()
        own = () if any(name == "cookie" for name, _ in attempt.headers) else (("cookie", session),)
        headers = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in (*own, *attempt.headers)
        ]
        answer = page.client.request(
            attempt.method, attempt.target, headers=headers, content=attempt.body
        )
        statuses.add(answer.status_code)
        faults = find_faults(
            attempt, answer.status_code, answer.headers.multi_items(), answer.content,
            [str(tmp_path), str(toy_pack)],
        )  # fmt: skip
        found += [
            f"{fault}: {attempt.method} {attempt.target[:90]} {attempt.headers} {attempt.body[:99]}"
            for fault in faults
        ]
    assert not found, "\n".join(found)
    assert {200, 303, 400, 403, 404, 405, 413, 421} <= statuses
    assert "Traceback" not in capfd.readouterr().err
