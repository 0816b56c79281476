"""The page as an ASGI application: routes, and how faults are told."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from cluster_engine.errors import ClusterEngineError
from cluster_engine.packs.pack import open_pack
from cluster_engine.page import api, firm_page, list_page, lists_page, shortlist_page
from cluster_engine.page.about_page import show_about
from cluster_engine.page.faults import find_status
from cluster_engine.page.forms import takes_form
from cluster_engine.page.guard import Guard, Rules
from cluster_engine.page.markets import Markets
from cluster_engine.page.rankings import Rankings
from cluster_engine.page.render import serve_static, show
from cluster_engine.page.shortlists import Shortlists
from cluster_engine.page.site import Site, list_markets, list_regions
from cluster_engine.page.store import Store
from cluster_engine.page.uploads import Uploads
from cluster_engine.page.workers import Workers
from cluster_engine.parameters import Page
from cluster_engine.registry.locate import ModelStore


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie.

    Attributes
    ----------
    data : Path
        Folder of shortlists and uploads.
    models : ModelStore
    pack : str or None
        None: the default pack.
    """

    data: Path
    models: ModelStore
    pack: str | None = None


def make_app(
    places: Places, rules: Rules, limits: Page, stopping: threading.Event | None = None
) -> ASGIApp:
    """Make the application.

    Parameters
    ----------
    places : Places
    rules : Rules
    limits : Page
    stopping : threading.Event, optional
        Set when the page is being stopped, before its last answers.

    Raises
    ------
    DataError, SettingsError
        The pack or the data folder cannot be used.
    """
    pack = open_pack(places.pack)
    store = Store(places.data)
    uploads = Uploads(store, limits, str(pack.folder), stopping)
    workers = Workers(limits.workers)
    site = Site(
        pack, places.models, limits, Shortlists(store), uploads, workers,
        Markets(pack, places.models, uploads, workers, limits.markets_cached),
        Rankings(limits, workers, stopping), list_regions(pack), list_markets(pack),
    )  # fmt: skip

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        # Threads that wait for draws must not keep quick answers waiting.
        anyio.to_thread.current_default_thread_limiter().total_tokens = limits.threads
        yield
        uploads.close()

    app = Starlette(
        routes=list_routes(),
        lifespan=live,
        exception_handlers={
            ClusterEngineError: tell_fault, HTTPException: tell_http_fault, Exception: tell_bug,
        },
    )  # fmt: skip
    app.state.site = site
    return Guard(app, rules)


def list_routes() -> list[Route]:
    """All addresses."""
    gets = {
        "/": list_page.show_list,
        "/download/list.{ending}": list_page.download_list,
        "/firm": firm_page.show_firm,
        "/shortlist": shortlist_page.show_shortlist,
        "/download/shortlist.{ending}": shortlist_page.download_shortlist,
        "/lists": lists_page.show_lists,
        "/lists/{identity}": lists_page.show_report,
        "/about": show_about,
        "/static/{name}": serve_static,
        "/health": api.tell_health,
        "/openapi.json": api.tell_api,
        "/api/regions": api.list_regions,
        "/api/markets": api.list_markets,
        "/api/rank": api.rank,
        "/api/explain": api.explain,
    }
    posts = {
        "/tick": shortlist_page.tick,
        "/add": shortlist_page.add,
        "/leave-out": shortlist_page.leave_out,
        "/take-off": shortlist_page.take_off,
        "/undo": shortlist_page.undo,
        "/note": shortlist_page.write_note,
        "/name": shortlist_page.set_name,
        "/shortlists": shortlist_page.create_shortlist,
        "/shortlists/choose": shortlist_page.choose_shortlist,
        "/lists/delete": lists_page.delete_list,
    }
    return [
        *(Route(path, handle, methods=["POST"]) for path, handle in
          ((path, takes_form(handle)) for path, handle in posts.items())),
        Route("/lists", takes_form(lists_page.take_list, most_files=1), methods=["POST"]),
        *(Route(path, handle, methods=["GET"]) for path, handle in gets.items()),
    ]  # fmt: skip


def tell_fault(request: Request, fault: Exception) -> Response:
    """Tell a fault that was raised on purpose."""
    message = getattr(fault, "message", "")
    return _answer(request, find_status(fault), message, getattr(fault, "hint", ""))


def tell_http_fault(request: Request, fault: Exception) -> Response:
    """Tell what is wrong with an address or a request."""
    status = fault.status_code if isinstance(fault, HTTPException) else 400
    texts = {404: "There is no such page.", 405: "This address does not take that."}
    answer = _answer(request, status, texts.get(status, "The request cannot be read."),
                     "Start from the list of firms.")  # fmt: skip
    if status == 405:
        answer.headers["Allow"] = ", ".join(_list_methods(request))
    return answer


def _list_methods(request: Request) -> list[str]:
    """Methods that an address takes, of all its routes."""
    routes: list[Route] = request.app.routes
    here = [one for one in routes if one.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for one in here for method in one.methods or ()})


def tell_bug(request: Request, fault: Exception) -> Response:
    """Tell of a bug without its traceback, which goes to the log of the server."""
    message = f"Something went wrong here ({type(fault).__name__})."
    hint = "This is a bug. The window in which the page was started says more."
    return _answer(request, 500, message, hint)


def _answer(request: Request, status: int, message: str, hint: str) -> Response:
    wants_json = request.url.path.startswith("/api/") or (
        request.headers.get("accept") == "application/json"
    )
    if wants_json:
        return JSONResponse({"error": message, "hint": hint}, status_code=status)
    try:
        return show(request, "error.html", status=status, message=message, hint=hint)
    except ClusterEngineError:
        # The store itself is what fails.
        return Response(f"{message}\n{hint}\n", status_code=status, media_type="text/plain")
