"""What every request must pass, and what every answer carries: the page's outermost layer.

A page on loopback is still reached by every web site that the same browser has open. So: only
known names of this machine (a rebound name of the attacker's is refused), only our own origin for
what changes anything, a token bound to the session in every form, and answers that no other site
can frame or read.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import re
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cluster_engine.errors import LimitError

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""`connect-src` is for our own script, which fetches the list anew when a weight moves."""

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Under 'no-referrer' a browser would send our own forms with the origin 'null'.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
SAFE_METHODS = ("GET", "HEAD")
SESSION, ACCESS = "cluster_engine_session", "cluster_engine_access"
SESSION_BYTES = 32
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
HOST = re.compile(r"(?:\[(?P<address>[0-9a-fA-F:.]+)\]|(?P<name>[\w.-]+))(?::\d{1,5})?", re.ASCII)
"""What a Host header may be; a parser of URLs would find 'localhost' in 'x@localhost/y', too."""
UPLOAD_PATH = "/lists"
MOST_LENGTH_DIGITS = 15

WRONG_NAME = (
    "This page is not known under that name. Open it by the address that 'cluster-engine serve' "
    "printed, or start it with --allow-host NAME."
)
NOT_SHOWN = (
    "This page needs its token. Open it by the whole address that 'cluster-engine serve' printed."
)


class BodyTooLargeError(LimitError):
    """A request holds more than a form, or a list, may."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may ask, and for how much.

    Attributes
    ----------
    names : frozenset of str
        Host names that are ours, lower case.
    any_address : bool
        Whether a bare IP address is ours, too: no name can be rebound to it. True where the page
        is bound beyond loopback.
    token : str
        Asked for once per browser; '' where none is needed.
    form_bytes, upload_bytes : int
        Of a request's body.
    secret : bytes
        Signs the tokens of forms; new with every start.
    """

    names: frozenset[str]
    any_address: bool
    token: str
    form_bytes: int
    upload_bytes: int
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(SESSION_BYTES))

    def sign(self, session: str) -> str:
        """Token that the forms of a session must carry."""
        return hmac.new(self.secret, session.encode(), "sha256").hexdigest()

    def is_ours(self, host: str) -> bool:
        """Whether a Host header names this page."""
        found = HOST.fullmatch(host)
        if found is None:
            return False
        name = (found["address"] or found["name"]).lower()
        if name in self.names:
            return True
        return self.any_address and _is_address(name)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Wraps the page.

    Parameters
    ----------
    app : ASGIApp
    rules : Rules
    """

    def __init__(self, app: ASGIApp, rules: Rules) -> None:
        self._app = app
        self._rules = rules

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = _read_cookies(headers.get("cookie", ""))
        session = cookies.get(SESSION) or secrets.token_urlsafe(SESSION_BYTES)
        is_new = SESSION not in cookies
        scope.setdefault("state", {})["csrf"] = self._rules.sign(session)

        has_started = False

        async def send_guarded(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                _dress(message, session if is_new else "")
            await send(message)

        refusal = self._refuse(scope, headers, cookies)
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
            return
        try:
            await self._app(scope, self._count(scope, headers, receive), send_guarded)
        except asyncio.CancelledError:
            # The page is being stopped and has waited long enough; a traceback would say no more.
            if not has_started:
                await _say(503, "The page was stopped.")(scope, receive, send_guarded)

    def _refuse(self, scope: Scope, headers: Headers, cookies: dict[str, str]) -> Response | None:
        host = headers.get("host", "")
        if not self._rules.is_ours(host):
            return _say(421, WRONG_NAME)
        if scope["method"] not in SAFE_METHODS and not _is_own_origin(scope, headers, host):
            return _say(403, "The request came from another web site and was refused.")
        return self._ask_for_token(scope, cookies)

    def _ask_for_token(self, scope: Scope, cookies: dict[str, str]) -> Response | None:
        """Let in whoever has shown the token; whoever shows it now gets a cookie for it."""
        token = self._rules.token
        if not token or _same(cookies.get(ACCESS, ""), token):
            return None
        shown = QueryParams(scope["query_string"].decode("latin-1")).get("token", "")
        if scope["method"] in SAFE_METHODS and _same(shown, token):
            # Away from the address, where histories and screens keep it.
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(ACCESS, token, httponly=True, samesite="strict")
            return answer
        return _say(401, NOT_SHOWN)

    def _count(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """Count a body while it streams in, and stop it at the limit."""
        rules = self._rules
        limit = rules.upload_bytes if scope["path"] == UPLOAD_PATH else rules.form_bytes
        told = headers.get("content-length", "")
        is_told = told.isascii() and told.isdecimal() and len(told) <= MOST_LENGTH_DIGITS
        seen = int(told) if is_told else 0

        async def receive_counted() -> Message:
            nonlocal seen
            if seen > limit:
                raise _too_large(limit)
            message = await receive()
            if message["type"] == "http.request" and not is_told:
                seen += len(message.get("body", b""))
                if seen > limit:
                    raise _too_large(limit)
            return message

        return receive_counted


def _too_large(limit: int) -> BodyTooLargeError:
    return BodyTooLargeError(
        f"At most {limit / 1e6:,.1f} MB may be sent here.",
        hint="Import large lists on the command line: cluster-engine data import firms FILE",
    )


def _say(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _is_own_origin(scope: Scope, headers: Headers, host: str) -> bool:
    """Whether a browser sent this from a page of ours; a program without these headers may pass.

    What changes anything asks for a form's token besides.
    """
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = headers.get("origin")
    return origin is None or origin == f"{scope['scheme']}://{host}"


def _read_cookies(text: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(text).items()}
    except CookieError:
        return {}


def _dress(message: Message, new_session: str) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    if new_session:
        cookie = f"{SESSION}={new_session}; HttpOnly; SameSite=Strict; Path=/"
        headers.append("Set-Cookie", cookie)
