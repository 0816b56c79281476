"""One request at a time over HTTPS: redirects, pauses between requests, faults told apart.

urllib3 does the talking; this module decides what may be asked, how often, and what a bad answer
means. Certificates are always checked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from cluster_engine.errors import NetworkError
from cluster_engine.sources.fetch.manners import (
    FetchLimits,
    PassingFaultError,
    read_retry_after,
)

if TYPE_CHECKING:
    import urllib3

MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
PASSING = (408, 425, 429, 500, 502, 503, 504)
"""Statuses after which trying again makes sense."""

BLOCK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body is still to be read.

    Attributes
    ----------
    status : int
    headers : mapping of str to str
        Names in small letters.
    url : str
        Where it came from after redirects.
    blocks : iterator of bytes
    """

    status: int
    headers: Mapping[str, str]
    url: str
    blocks: Iterator[bytes]


@dataclass(slots=True)
class Transport:
    """Asks servers, at most one request per pause and host.

    Attributes
    ----------
    limits : FetchLimits
    clock, sleep : callable
        Seconds of a clock that never goes back, and a wait; tests give their own.
    """

    limits: FetchLimits = field(default_factory=FetchLimits)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _asked: dict[str, float] = field(default_factory=dict)
    _pools: dict[str, Any] = field(default_factory=dict)

    def close(self) -> None:
        """End all connections."""
        for pool in self._pools.values():
            pool.clear()

    @contextmanager
    def ask(
        self, url: str, headers: Mapping[str, str], *, plain_allowed: bool = False
    ) -> Iterator[Answer]:
        """Send a GET and follow redirects; the body is read inside the ``with``.

        Raises
        ------
        PassingFaultError
            No connection, a broken or late answer, a status that may pass.
        NetworkError
            An answer that will not change: not found, refused, redirects without end or to http.
        """
        from urllib3.exceptions import HTTPError, SSLError

        response = None
        try:
            response = self._follow(url, headers, plain_allowed=plain_allowed)
            told = {name.lower(): value for name, value in response.headers.items()}
            _require_good(response.status, told, hide_query(url))
            blocks = _read_blocks(response)
            yield Answer(response.status, told, response.geturl() or url, blocks)
        except SSLError as fault:
            raise NetworkError(
                f"{hide_query(url)}: no trusted connection: {fault}.",
                hint="Check the clock and the certificates of this machine.",
            ) from fault
        except HTTPError as fault:
            raise PassingFaultError(f"{hide_query(url)}: {_describe(fault)}") from fault
        finally:
            if response is not None:
                response.close()

    def _follow(
        self, url: str, headers: Mapping[str, str], *, plain_allowed: bool
    ) -> urllib3.BaseHTTPResponse:
        place = url
        for _ in range(MAX_REDIRECTS + 1):
            parts = urlsplit(place)
            if parts.scheme != "https" and not (plain_allowed and parts.scheme == "http"):
                raise NetworkError(
                    f"{hide_query(place)}: only https is used.",
                    hint="A mirror without it must be named with --base-url.",
                )
            self._keep_pace(parts.netloc)
            response: urllib3.BaseHTTPResponse = self._pool(place).request(
                "GET", place, headers=dict(headers), redirect=False, retries=False,
                preload_content=False,
            )  # fmt: skip
            if response.status not in REDIRECTS:
                return response
            target = response.headers.get("Location", "")
            response.close()
            place = urljoin(place, target)
        raise NetworkError(
            f"{hide_query(url)}: more than {MAX_REDIRECTS} redirects.",
            hint="The publisher may have moved the file: see the page that --list names.",
        )

    def _keep_pace(self, host: str) -> None:
        last = self._asked.get(host)
        if last is not None:
            wait = last + self.limits.pause - self.clock()
            if wait > 0:
                self.sleep(wait)
        self._asked[host] = self.clock()

    def _pool(self, url: str) -> urllib3.PoolManager:
        import urllib3

        parts = urlsplit(url)
        # Offices often have no other way out; "" stands for none.
        proxy = "" if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme, "")
        if proxy not in self._pools:
            timeout = urllib3.Timeout(connect=self.limits.timeout, read=self.limits.timeout)
            self._pools[proxy] = (
                urllib3.ProxyManager(proxy, timeout=timeout)
                if proxy
                else urllib3.PoolManager(timeout=timeout)
            )
        pool: urllib3.PoolManager = self._pools[proxy]
        return pool


def _read_blocks(response: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    # read1 gives what has come: where the rest never comes, nothing of it is lost.
    while block := response.read1(BLOCK_BYTES, decode_content=False):
        yield block


def hide_query(url: str) -> str:
    """Return an address without its query, which may hold a user's key."""
    return url.split("?", 1)[0]


def _require_good(status: int, headers: Mapping[str, str], place: str) -> None:
    if status in (200, 206, 304, 416):
        return
    if status in PASSING:
        wait = read_retry_after(headers.get("retry-after", ""))
        raise PassingFaultError(f"{place}: the server answered {status}", wait=wait)
    hint = "See the page that 'data fetch --list' names: files move with each edition."
    if status in (401, 403):
        hint = "The publisher refuses the request; try later, or with your own key (--uid)."
    raise NetworkError(f"{place}: the server answered {status}.", hint=hint)


def _describe(fault: Exception) -> str:
    text = str(fault)
    # The text of a connection fault repeats the whole address, a user's key included.
    return type(fault).__name__ if "?" in text or not text else f"{type(fault).__name__}: {text}"
