"""Requests that nobody means well, drawn at random, and what no answer to them may hold.

Used by the tests, in one process, and by ``scripts/fuzz_page.py``, against a page that runs.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

GOOD_HOST = "127.0.0.1:8501"
SCRIPT = "<script>alert(9)</script>"
TEXTS = (
    "", " ", "\0", "germany", "t01", "0", "-1", "1", "NaN", "null", "true", "[]", "{}", "A" * 199,
    "A" * 5_000, SCRIPT, "\"><img src=x onerror=alert(9)>", "'; DROP TABLE entries; --",
    "' OR '1'='1", "%' ESCAPE '", "{{ 7*7 }}", "${7*7}", "{%raw%}", "=HYPERLINK(\"http://e.x\")",
    "+1", "@SUM(A1)", "\t=1", "\r\nSet-Cookie: evil=1", "../../../../etc/passwd",
    "..\\..\\windows\\win.ini", "file:///etc/passwd", "//evil.example", "http://evil.example/",
    "\u202egpj.exe", "ﬁ", "İ", "ß" * 50, "\U0001f600" * 9,
    "\uff24\uff32\uff2f\uff30", "e\u0301" * 60, "\u0000\u0001\u001b[31m",
    "\uffff", "\u0661\u0662\u0663", "1_0",
    "²", "\u0663.\u0665",
)  # fmt: skip
NUMBERS = (
    "nan", "inf", "-inf", "1e400", "-1e-400", "1e-320", "5e-324", "0", "-0", "0.0", "10", "10.0001",
    "9" * 15, "9" * 16, "9" * 199, "9223372036854775808", "18446744073709551616", "1_000", "0x10",
    "1e1", "\u0661\u0660", "½", "1,5", " 1", "1 ", "--1", "",
)  # fmt: skip
PATHS = (
    "/", "/firm", "/shortlist", "/lists", "/about", "/health", "/openapi.json", "/api/regions",
    "/api/markets", "/api/rank", "/api/explain", "/download/list.csv", "/download/list.xlsx",
    "/download/shortlist.csv", "/download/shortlist.xlsx", "/static/page.js",
)  # fmt: skip
VIEW_FIELDS = (
    "market", "region", "list", "cluster", "search", "sort", "rows", "intervals", "firm", "part",
    "done", "token", "w_gap", "w_knowledge", "w_size",
)  # fmt: skip
ODD_PATHS = (
    "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2f..%2fsettings.toml", "//", "///etc",
    "//evil.example/", "//evil.example/about/", "/about/", "/lists/", "/%00", "/lists/%00",
    "/lists/..%2f..%2fpage.sqlite", "/lists/%ff%fe", "/download/list.", "/download/list.exe",
    "/download/list.csv%00.xlsx", "/download/shortlist.%3Cscript%3E", "/api/", "/api/rank/x",
    "/.git/config", "/page.sqlite", "/" + "a" * 3_000, "/" + "a/" * 900, "/%E2%80%AE", "/;/", "/*",
)  # fmt: skip
FORM_PATHS = (
    "/tick", "/add", "/leave-out", "/take-off", "/undo", "/note", "/name", "/shortlists",
    "/shortlists/choose", "/lists/delete",
)  # fmt: skip
METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "HEAD", "POST", "GET", "FOO")
HOSTS = (
    "evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "localhost/evil",
    "localhost#evil", "evil@localhost", "10.0.0.7", "[", "[::1", "[::1]evil", "localhost:x",
    "127.0.0.1:8501:1", "2130706433", "0x7f.1", "a" * 3_000, "\xe9.example", ":80",
)  # fmt: skip
CODECS = (
    "utf-8", "utf-7", "utf-16", "utf-16-be", "utf-32", "unicode_escape", "raw_unicode_escape",
    "punycode", "idna", "undefined", "rot13", "base64", "zlib", "hex", "mbcs", "oem", "cp65001",
    "a\0b", "../x", "x" * 300, "utf\xff",
)  # fmt: skip
COOKIES = (
    "cluster_engine_shortlist=9999999999999999999999", "cluster_engine_shortlist=1 OR 1=1",
    "cluster_engine_name=%FF%FE", "cluster_engine_name=" + quote(SCRIPT), "=;;;=", "a" * 4_000,
    'cluster_engine_session="' + "\\" * 3_000, "cluster_engine_session=", "cluster_engine_session",
    "cluster_engine_access=x", "\xff\xfe=\xfd", "[]=1; {}=2; cluster_engine_name=\"\\377\\000\"",
    "cluster_engine_name=" + "%00" * 500,
)  # fmt: skip
LEAKS = re.compile(
    r"Traceback|File &?#?\w*;?\"?/|site-packages|/home/|/root/|/tmp/|/work/|\.sqlite|\.py\b"
    r"|sqlite3\.|SELECT |0x[0-9a-f]{9}"
)
"""What tells of the inside: paths, tracebacks, statements, addresses of memory."""
FORGED = frozenset({400, 403, 404, 405, 413, 421})

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request.

    Attributes
    ----------
    method, target : str
        As they stand in the first line of the request.
    headers : tuple of (str, str)
        In latin-1.
    body : bytes
    allowed : frozenset of int
        Statuses it may get; empty: any below 500.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    allowed: frozenset[int] = frozenset()


def find_faults(attempt: Attempt, status: int, headers: Sequence[tuple[str, str]], body: bytes,
                secrets: Sequence[str] = ()) -> list[str]:  # fmt: skip
    """Tell what is wrong with an answer; nothing, most of the time.

    Parameters
    ----------
    attempt : Attempt
    status : int
    headers : sequence of (str, str)
        Of the answer.
    body : bytes
    secrets : sequence of str
        Texts that no answer may hold: folders of this run.
    """
    named = {name.lower(): value for name, value in headers}
    text = body.decode("utf-8", "replace")
    kind = named.get("content-type", "")
    found = []
    if status >= 500:
        found.append(f"status {status}")
    if attempt.allowed and status not in attempt.allowed:
        found.append(f"status {status}, where {sorted(attempt.allowed)} may be")
    if status == 405 and "allow" not in named:
        found.append("405 without Allow")
    if status >= 400 and not body and attempt.method != "HEAD":
        found.append(f"{status} without a word")
    if "content-security-policy" not in named:
        found.append("no content security policy")
    if "evil" in named.get("location", "").split("?")[0]:
        found.append(f"leads away: {named['location'][:80]}")
    if any(name.startswith("evil") for name, _ in headers) or "evil=1" in named.get(
        "set-cookie", ""
    ):
        found.append("a header of theirs")
    if kind.startswith("text/html") and (SCRIPT in text or "<img src=x" in text):
        found.append("HTML of theirs")
    if status >= 400 or kind.startswith("application/json"):
        own = text.replace(attempt.target, "")
        found += [f"tells '{leak.group()}'" for leak in [LEAKS.search(own)] if leak]
    found += [f"tells {secret}" for secret in secrets if secret in text]
    return found


def draw_attempt(dice: random.Random, csrf: str, *, largest: int = 30_000) -> Attempt:
    """Draw a request.

    Parameters
    ----------
    dice : random.Random
    csrf : str
        Token of the session that sends it; some forms need it to come far.
    largest : int
        Bytes of the largest body.
    """
    kinds: tuple[tuple[Callable[[], Attempt], int], ...] = (
        (lambda: _ask(dice), 8),
        (lambda: Attempt("GET", dice.choice(ODD_PATHS)), 3),
        (lambda: _use_method(dice), 2),
        (lambda: _pretend(dice), 3),
        (lambda: _forge(dice), 3),
        (lambda: _fill_in(dice, csrf), 8),
        (lambda: _send_parts(dice, csrf), 8),
        (lambda: _send_much(dice, csrf, largest), 1),
        (lambda: _garble(dice), 2),
    )
    (kind,) = dice.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])
    return kind()


def _write_query(dice: random.Random) -> str:
    names = (*VIEW_FIELDS, "w_" + dice.choice(TEXTS))
    # A market that is there, mostly: what comes after it is not reached otherwise.
    pairs = [("market", "germany")] if dice.random() < 0.7 else []
    pairs += [
        (name, dice.choice(NUMBERS if name[:2] in {"w_", "ro", "do"} else TEXTS))
        for name in dice.choices(names, k=dice.randrange(6))
    ]
    if dice.random() < 0.03:
        pairs += [("cluster", str(number)) for number in range(1_500)]
    query = urlencode(pairs)
    return query + dice.choice(("", "", "", "&%ff=%fe", "&&&==", "&market=%C0%AF", "&a[]=1;b=2"))


def _ask(dice: random.Random) -> Attempt:
    headers = (
        () if dice.random() < 0.7 else (("accept", dice.choice(("application/json", "\xff"))),)
    )
    return Attempt("GET", f"{dice.choice(PATHS)}?{_write_query(dice)}", headers)


def _use_method(dice: random.Random) -> Attempt:
    return Attempt(dice.choice(METHODS), dice.choice((*PATHS, *FORM_PATHS)))


def _pretend(dice: random.Random) -> Attempt:
    """Come under a name that is not ours."""
    method = dice.choice(("GET", "POST"))
    target = dice.choice((*PATHS, "/about/", *FORM_PATHS))
    return Attempt(method, target, (("host", dice.choice(HOSTS)),), allowed=frozenset({421, 400}))


def _forge(dice: random.Random) -> Attempt:
    """Send a form from another site, or without the token of the session."""
    odd: Headers = dice.choice((
        (("origin", "http://evil.example"),), (("origin", "null"),), (("origin", ""),),
        (("origin", "http://127.0.0.1:8501@evil.example"),), (("sec-fetch-site", "cross-site"),),
        (("sec-fetch-site", "\xff"),), (),
    ))  # fmt: skip
    token = dice.choice(("", "0" * 64, *TEXTS, "é" * 64))
    body = urlencode({"csrf": token, "name": "forged"}).encode()
    headers = (*odd, ("content-type", "application/x-www-form-urlencoded"))
    return Attempt("POST", dice.choice((*FORM_PATHS, "/lists")), headers, body, FORGED)


def _list_fields(dice: random.Random, csrf: str) -> list[tuple[str, str]]:
    names = ("name", "note", "entry", "version", "change", "firm", "shown", "shortlist", "list",
             "page", "back")  # fmt: skip
    fields = [("csrf", csrf), ("back", dice.choice(("market=germany", _write_query(dice))))]
    for name in dice.choices(names, k=dice.randrange(9)):
        is_number = name in {"entry", "version", "change", "shortlist"}
        known = ("1", "2", "t01", "t02", "list", "firm")
        fields.append((name, dice.choice((*(NUMBERS if is_number else TEXTS), *known * 4))))
    return fields


def _fill_in(dice: random.Random, csrf: str) -> Attempt:
    body = urlencode(_list_fields(dice, csrf)).encode()
    if dice.random() < 0.2:
        body += dice.choice(
            (b"&note=%ff%fe", b"&=&=&", b"&\xff=\x00", b"%", b"&note=%u0041", b";;")
        )
    kind = dice.choice(("application/x-www-form-urlencoded",) * 6 + (
        "application/x-www-form-urlencoded; charset=utf-7", "application/json", "text/plain", "",
        "multipart/form-data", "\xff"))  # fmt: skip
    accept: Headers = (("accept", "application/json"),) if dice.random() < 0.2 else ()
    return Attempt("POST", dice.choice(FORM_PATHS), (("content-type", kind), *accept), body)


def _send_parts(dice: random.Random, csrf: str) -> Attempt:
    """Send a multipart form, more or less broken."""
    boundary = dice.choice(("xx", "xx", "xx", "x" * 70, "x" * 600, "", "\xff", "--"))
    raw = boundary.encode("latin-1")
    parts = []
    for name, text in _list_fields(dice, csrf):
        value = text.encode("utf-8", "replace")
        value = dice.choice((value, value, b"\\ud800", b"+2AA-", b"\xff\xfe\x00\xd8", b"\x00" * 99))
        parts.append((f'name="{name}"', csrf.encode() if name == "csrf" else value))
    if dice.random() < 0.5:
        # An empty file and an old workbook are refused at once; others would be read for seconds.
        name = dice.choice((*(text.replace("\r\n", "") for text in TEXTS), "\\ud800.csv"))
        parts.append((f'name="file"; filename="{name}"', dice.choice((b"", b"\xd0\xcf\x11\xe0"))))
    odd = ("Content-Disposition", "Content-Disposition", "content-disposition", "X", "Content-Type")
    lines = [
        b"--" + raw + b"\r\n" + f"{dice.choice(odd[: 2 + dice.randrange(4)])}: form-data; ".encode()
        + about.encode("utf-8", "replace") + b"\r\n\r\n" + value + b"\r\n"
        for about, value in parts
    ]  # fmt: skip
    body = b"".join(lines) + b"--" + raw + b"--\r\n"
    if dice.random() < 0.3:
        place = dice.randrange(len(body))
        body = body[:place] + dice.randbytes(dice.randrange(4)) + body[place + dice.randrange(9) :]
    kind = f"multipart/form-data; boundary={boundary}"
    if dice.random() < 0.4:
        kind += f"; charset={dice.choice(CODECS)}"
    kind = kind.replace("\0", "%00")
    path = dice.choice(("/lists", "/note", "/name", "/shortlists", "/tick"))
    return Attempt("POST", path, (("content-type", kind),), body)


def _send_much(dice: random.Random, csrf: str, largest: int) -> Attempt:
    """Send a body that is too large, or holds too many fields."""
    kind = ("content-type", "application/x-www-form-urlencoded")
    if dice.random() < 0.3:
        return Attempt("POST", "/tick", (kind,), f"csrf={csrf}".encode() + b"&a=" * 2_500)
    body = f"csrf={csrf}&note=".encode() + b"x" * largest
    return Attempt("POST", dice.choice(FORM_PATHS), (kind,), body, frozenset({413, 400}))


def _garble(dice: random.Random) -> Attempt:
    """Send odd cookies and headers."""
    more: Headers = dice.choice((
        (("cookie", dice.choice(COOKIES)),), (("range", "bytes=0-99999999999999999999"),),
        (("x-forwarded-host", "evil.example"), ("x-forwarded-for", "1.2.3.4, '")),
        (("accept-language", "\xff" * 500),), (("if-modified-since", "0"),),
        (("authorization", "Basic !!!"),), tuple((f"x-{n}", "1" * 90) for n in range(90)),
    ))  # fmt: skip
    return Attempt(dice.choice(("GET", "HEAD")), f"{dice.choice(PATHS)}?{_write_query(dice)}", more)
