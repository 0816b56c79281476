"""Send hostile requests to a page that runs, and tell what it should not have answered.

With schemathesis installed (it is no dependency: ``pip install schemathesis`` in any environment,
and ``--schemathesis`` with its path) the JSON endpoints are tried first, as ``/openapi.json``
describes them. Then requests drawn at random, for all endpoints: hostile paths, methods, names of
hosts, cookies, forms of other sites, broken multipart, huge bodies, bytes that are no HTTP, and now
and then a list that has been changed at random. Looks for status 500 and above, tracebacks and
paths of this machine in answers, HTML of theirs, missing headers, connections that end in silence.

    .venv/bin/python scripts/fuzz_page.py --seconds 60
    .venv/bin/python scripts/fuzz_page.py --seconds 3600 --schemathesis /tmp/st/bin/schemathesis
"""

from __future__ import annotations

import http.client
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import click

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.fuzz.mutate import mutate  # noqa: E402
from tests.unit.page.hostile import Attempt, draw_attempt, find_faults  # noqa: E402

CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')
IDENTITY = re.compile(r"^/lists/([0-9a-f]{16})$")
NOT_HTTP = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"\x00" * 200, b"A" * 200_000,
    b"POST /name HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
    b"POST /name HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n",
    b"POST /name HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /\xff\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
)  # fmt: skip
LIST = (
    "name;country;city;nace;employees\n<script>alert(9)</script> AG;DE;Ulm;29.32;500\n"
    '=HYPERLINK("http://bad.example") GmbH;DE;Bonn;29.32;90\n+49 Teile KG;DE;Köln;29.10;2500\n'
).encode()
LISTS_SHARE = 1 / 150
NOT_HTTP_SHARE = 1 / 25
LARGEST = 300_000
"""Bytes: more than a form may have."""
HUGE_UPLOAD = 51_000_000
"""Bytes: more than a list may have."""
READ_SECONDS = 60.0
UVICORN_REFUSES = b"Invalid HTTP request received."
"""The words of the server itself about what is no HTTP; the page never sees that."""


@dataclass
class Tally:
    """What was sent and answered."""

    requests: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def blame(self, attempt: Attempt, fault: str) -> None:
        """Keep a fault and what led to it."""
        told = f"{attempt.method} {attempt.target[:200]} {attempt.headers!r:.200} "
        self.faults.append(f"{fault}: {told}{attempt.body[:400]!r}")
        click.echo(self.faults[-1], err=True)


class Caller:
    """Sends requests in one session."""

    def __init__(self, host: str, port: int, tally: Tally, secrets: tuple[str, ...]) -> None:
        self.host, self.port = host, port
        self._tally = tally
        self._secrets = secrets
        self._connection = http.client.HTTPConnection(host, port, timeout=READ_SECONDS)
        self._connection.request("GET", "/shortlist")
        answer = self._connection.getresponse()
        self._cookie = str(answer.getheader("set-cookie")).partition(";")[0]
        found = CSRF.search(answer.read().decode())
        self.csrf = found[1] if found else ""

    def send(self, attempt: Attempt) -> tuple[int, str, str]:
        """Send a request and judge the answer; returns its status, Location and text."""
        try:
            status, headers, body = self._ask(attempt)
        except (http.client.HTTPException, OSError) as fault:
            self._connection.close()
            self._tally.blame(attempt, f"no answer ({type(fault).__name__})")
            return 0, "", ""
        self._tally.statuses[status] += 1
        if body != UVICORN_REFUSES:
            for fault in find_faults(attempt, status, headers, body, self._secrets):
                self._tally.blame(attempt, fault)
        location = next((value for name, value in headers if name == "location"), "")
        return status, location, body.decode("utf-8", "replace")

    def _ask(self, attempt: Attempt) -> tuple[int, list[tuple[str, str]], bytes]:
        given = {name for name, _ in attempt.headers}
        own = {"host": f"{self.host}:{self.port}", "cookie": self._cookie}
        headers = [*((name, value) for name, value in own.items() if name not in given),
                   *attempt.headers]  # fmt: skip
        if attempt.body or attempt.method == "POST":
            headers.append(("content-length", str(len(attempt.body))))
        self._connection.putrequest(
            attempt.method, attempt.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in headers:
            self._connection.putheader(name, value.encode("latin-1"))
        self._connection.endheaders(attempt.body)
        answer = self._connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def send_bytes(self, raw: bytes) -> None:
        """Send what is no HTTP; the server may hang up, and must go on."""
        with socket.create_connection((self.host, self.port), timeout=READ_SECONDS) as plain:
            try:
                plain.sendall(raw)
                plain.shutdown(socket.SHUT_WR)
                plain.recv(65_536)
            except OSError:
                # To be hung up on is what such bytes deserve.
                return

    def bring_list(self, dice: random.Random) -> None:
        """Upload a list that was changed at random, look at it, rank it, delete it."""
        body = mutate(LIST, dice) if dice.random() < 0.8 else LIST
        _, location, _ = self.send(self._write_upload(body))
        found = IDENTITY.match(location)
        if found is None:
            return
        end, waits = time.monotonic() + READ_SECONDS, True
        while waits and time.monotonic() < end:
            time.sleep(0.3)
            _, _, text = self.send(Attempt("GET", location))
            waits = "data-wait" in text
        for query in (f"list={found[1]}", f"list={found[1]}%2Bpack"):
            self.send(Attempt("GET", f"/?market=germany&{query}"))
            self.send(Attempt("GET", f"/download/list.xlsx?market=germany&{query}"))
        fields = urlencode({"csrf": self.csrf, "list": found[1]}).encode()
        kind = ("content-type", "application/x-www-form-urlencoded")
        self.send(Attempt("POST", "/lists/delete", (kind,), fields))

    def send_huge(self) -> None:
        """Upload more than may be: the answer must come, not a connection that breaks off."""
        attempt = self._write_upload(b"x" * HUGE_UPLOAD)
        status, _, text = self.send(attempt)
        if status != 413 or "MB may be sent" not in text:
            self._tally.blame(Attempt("POST", "/lists"), f"a huge upload is answered {status}")

    def _write_upload(self, body: bytes) -> Attempt:
        head = (
            f'--xx\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{self.csrf}\r\n--xx\r\n'
            'Content-Disposition: form-data; name="file"; filename="../<b>.csv"\r\n\r\n'
        ).encode()
        kind = ("content-type", "multipart/form-data; boundary=xx")
        return Attempt("POST", "/lists", (kind,), head + body + b"\r\n--xx--\r\n")


def fuzz(caller: Caller, tally: Tally, seconds: float, seed: int) -> None:
    """Send requests until the time is up."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    tally.requests["huge upload"] += 1
    caller.send_huge()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        chance = dice.random()
        if chance < LISTS_SHARE:
            tally.requests["list"] += 1
            caller.bring_list(dice)
        elif chance < LISTS_SHARE + NOT_HTTP_SHARE:
            tally.requests["no HTTP"] += 1
            raw = dice.choice(NOT_HTTP)
            caller.send_bytes(raw if dice.random() < 0.5 else mutate(raw, dice))
        else:
            tally.requests["request"] += 1
            caller.send(draw_attempt(dice, caller.csrf, largest=LARGEST))
    status, _, _ = caller.send(Attempt("GET", "/health"))
    if status != 200:
        tally.blame(Attempt("GET", "/health"), "the page does not live any more")


def run_schemathesis(program: str, address: str, seconds: float, seed: int) -> bool:
    """Let schemathesis try the JSON endpoints; returns whether it was content.

    Its check that every input of the right form is taken is left out: a name of a region or a firm
    has the right form and may be nobody's.
    """
    told = ["run", f"{address}openapi.json", "--max-time", f"{seconds:.0f}", "--seed", str(seed),
            "--checks", "all", "--exclude-checks", "positive_data_acceptance",
            "--continue-on-failure", "--no-color"]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        ran = subprocess.run([program, *told], cwd=folder, check=False)  # noqa: S603
    return ran.returncode == 0


def read_memory(process: int) -> float:
    """Resident MB of a process (Linux)."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text("ascii"))
    return int(found[1]) / 1024 if found else float("nan")


def report(tally: Tally, seconds: float) -> None:
    """Print what was sent and answered."""
    sent = ", ".join(f"{count:,} × {kind}" for kind, count in tally.requests.items())
    click.echo(f"\n{sum(tally.statuses.values()):,} answers in {seconds:.0f} s to {sent}.")
    click.echo("| status | answers |\n|---:|---:|")
    for status, count in sorted(tally.statuses.items()):
        click.echo(f"| {status} | {count:,} |")
    click.echo(f"\nFaults: {len(tally.faults)}.")


@click.command()
@click.option("--seconds", default=60.0, show_default=True, help="For each of the two.")
@click.option("--seed", default=0, show_default=True)
@click.option("--schemathesis", default="schemathesis", show_default=True, help="Its program.")
@click.option("--pack", help="As for 'cluster-engine serve'.")
@click.option("--models", help="As for 'cluster-engine serve'.")
def main(
    seconds: float, seed: int, schemathesis: str, pack: str | None, models: str | None
) -> None:
    """Fuzz the page; exit 1 where it did what it must not."""
    tally, content = Tally(), True
    with tempfile.TemporaryDirectory(prefix="fuzz-page-") as folder:
        log = Path(folder) / "log"
        told = [sys.executable, "-m", "cluster_engine", "serve", "--port", "0", "--no-browser",
                "--data", str(Path(folder) / "data")]  # fmt: skip
        told += ["--pack", pack] if pack else []
        told += ["--models", models] if models else []
        with log.open("wb") as stderr:
            page = subprocess.Popen(  # noqa: S603
                told, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        address = page.stdout.readline().strip() if page.stdout else ""
        if not address:
            raise click.ClickException(log.read_text("utf-8"))
        try:
            program = shutil.which(schemathesis)
            if program is None:
                click.echo("schemathesis is not installed: random requests only.")
            else:
                content = run_schemathesis(program, address, seconds, seed)
            # Only now: a connection that is idle for longer than a minute is closed.
            caller = Caller("127.0.0.1", int(address.rstrip("/").rpartition(":")[2]), tally,
                            (folder, str(ROOT)))  # fmt: skip
            caller.send(Attempt("GET", "/?market=germany"))
            before, start = read_memory(page.pid), time.monotonic()
            fuzz(caller, tally, seconds, seed)
            report(tally, time.monotonic() - start)
            click.echo(f"Memory of the page: {before:.0f} MB, then {read_memory(page.pid):.0f} MB.")
        finally:
            page.send_signal(signal.SIGINT)
            code = page.wait(READ_SECONDS)
        words = log.read_text("utf-8", "replace")
    click.echo(f"The page ended with code {code}; tracebacks in its window: "
               f"{words.count('Traceback')}.")  # fmt: skip
    if "Traceback" in words:
        click.echo(words, err=True)
    sys.exit(1 if tally.faults or not content or code or "Traceback" in words else 0)


if __name__ == "__main__":
    main()
