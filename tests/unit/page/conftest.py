"""The page on the toy pack, without a browser and without a network."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

with warnings.catch_warnings():
    # Newer versions ask for another client than httpx, which older ones do not know.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

from cluster_engine.page.app import Places, make_app
from cluster_engine.page.guard import LOOPBACK_NAMES, Rules
from cluster_engine.parameters import Page
from cluster_engine.registry.locate import ModelStore
from cluster_engine.settings import read_settings

ADDRESS = "http://127.0.0.1:8501"
CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')

LIMITS = replace(
    read_settings().page, upload_bytes=20_000, form_bytes=10_000, uploads_kept=3, rows_most=200
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser of one person."""

    client: TestClient

    def get(self, path: str, **others: object) -> httpx.Response:
        return self.client.get(path, **others)  # type: ignore[arg-type]

    def read_token(self) -> str:
        found = CSRF.search(self.get("/shortlist").text)
        assert found is not None
        return found.group(1)

    def post(
        self, path: str, headers: dict[str, str] | None = None, **fields: object
    ) -> httpx.Response:
        body = {"csrf": self.read_token(), **fields}
        return self.client.post(path, data=body, headers=headers or {})


OpenPage = Callable[..., Visitor]


def make_rules(**changes: object) -> Rules:
    """Rules of a page on loopback, with limits small enough to be broken."""
    rules = Rules(LOOPBACK_NAMES, False, "", LIMITS.form_bytes, LIMITS.upload_bytes)
    return replace(rules, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def open_page(toy_pack: Path, toy_models: Path) -> Iterator[OpenPage]:
    """Start a page on a data folder; a second call on the same folder is another visitor."""
    clients = []

    def open_page(
        data: Path, rules: Rules | None = None, address: str = ADDRESS, limits: Page = LIMITS
    ) -> Visitor:
        places = Places(data, ModelStore(toy_models, toy_models), str(toy_pack))
        app = make_app(places, rules or make_rules(), limits)
        client = TestClient(app, base_url=address, raise_server_exceptions=False)
        clients.append(client.__enter__())
        return Visitor(client)

    yield open_page
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture(scope="module")
def visitor(open_page: OpenPage, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """Somebody who looks around and changes nothing."""
    return open_page(tmp_path_factory.mktemp("page"))


@pytest.fixture
def writer(open_page: OpenPage, tmp_path: Path) -> Visitor:
    """Somebody with a data folder that no other test uses."""
    return open_page(tmp_path)
