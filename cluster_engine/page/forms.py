"""Forms: read under limits, only with the token of their session, and where to go afterwards."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlencode

from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cluster_engine.errors import SettingsError
from cluster_engine.page.faults import ForgedFormError, telling_full_disk
from cluster_engine.page.site import get_site, is_number
from cluster_engine.page.view import View, read_view

Handle = Callable[[Request, FormData], Response]
Endpoint = Callable[[Request], Awaitable[Response]]

MOST_FIELDS = 2_000
"""Two per firm shown, at most, and a few more."""

UTF8 = (b"utf-8", b"utf8")

PAGES: Mapping[str, str] = {
    "list": "/", "firm": "/firm", "shortlist": "/shortlist", "lists": "/lists", "about": "/about",
}  # fmt: skip
"""Where a form may lead back to: an address is never taken from one."""


def takes_form(handle: Handle, *, most_files: int = 0) -> Endpoint:
    """Make an endpoint of what handles a form; it runs in a thread, as it may wait for the disk."""

    async def endpoint(request: Request) -> Response:
        limits = get_site(request).limits
        _require_utf8(request)
        # A large file is kept on the disk while it comes in.
        with telling_full_disk():
            form = await request.form(
                max_files=most_files, max_fields=MOST_FIELDS, max_part_size=limits.form_bytes
            )
        try:
            if not hmac.compare_digest(read(form, "csrf").encode(), request.state.csrf.encode()):
                raise ForgedFormError(
                    "This form is no longer valid: the page was started anew, or it came from "
                    "elsewhere.",
                    hint="Go back, load the page again, and send it once more.",
                )
            return await run_in_threadpool(handle, request, form)
        finally:
            await form.close()

    return endpoint


def _require_utf8(request: Request) -> None:
    """Refuse a form in any other encoding: some of Python's give texts that cannot be stored.

    Raises
    ------
    SettingsError
        It says that it is in another; browsers send what the page is in.
    """
    _, options = parse_options_header(request.headers.get("content-type", ""))
    if options.get(b"charset", b"utf-8").lower() not in UTF8:
        raise SettingsError("A form must be sent as UTF-8.", hint="Leave the charset out.")


def read(form: FormData, name: str) -> str:
    """Text of a field; '' where it is missing, or is a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def read_all(form: FormData, name: str) -> list[str]:
    """All texts of a field."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def read_number(form: FormData, name: str) -> int:
    """Number of a row that a form names.

    Raises
    ------
    SettingsError
        It is none.
    """
    text = read(form, name)
    if not is_number(text):
        raise SettingsError(f"The form lacks a valid '{name}'.", hint="Load the page again.")
    return int(text)


def read_back(request: Request, form: FormData) -> View:
    """View that a form was sent from."""
    return read_view(QueryParams(read(form, "back")), get_site(request).limits)


def go_back(request: Request, form: FormData, *, done: int | None = None) -> Response:
    """Lead back to the page the form was on; ``done`` is a change it can offer to undo."""
    page = read(form, "page")
    query = [read_back(request, form).to_query()]
    if page == "firm":
        query.append(urlencode({"firm": read(form, "firm")}))
    if done is not None:
        query.append(urlencode({"done": done}))
    target = PAGES.get(page, "/")
    told = "&".join(part for part in query if part)
    return RedirectResponse(f"{target}?{told}" if told else target, status_code=303)
