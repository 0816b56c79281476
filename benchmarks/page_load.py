"""Let many people use the page at once for a while: errors, waiting times, memory.

    python benchmarks/page_load.py [SECONDS] [USERS]

Everybody is a client of their own, on loopback, who does what staff do: open a market, move
weights, open a firm, tick, note, look at the shortlist, download, with a pause to read in between.
Without pauses the page would only show how long the queue is.
"""

from __future__ import annotations

import asyncio
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path

import httpx

MARKETS = ("germany", "japan", "india", "france", "sweden", "united-states", "norway")
PAUSE_SECONDS = (2.0, 8.0)
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
FIRM = re.compile(r'name="shown" value="([^"]+)"')
NOTE = re.compile(r'name="entry" value="(\d+)"><input type="hidden" name="version" value="(\d+)"')
GOOD = (200, 409)
"""409: somebody else was faster with a note, and the page said so."""


class Log:
    """What happened, by kind of request."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.faults: Counter[str] = Counter()
        self.conflicts = 0
        self.is_over = False


async def call(client: httpx.AsyncClient, log: Log, kind: str, path: str, **form: object) -> str:
    """Ask once and note how long it took; returns the text."""
    start = time.perf_counter()
    try:
        answer = await (client.post(path, data=form) if form else client.get(path))
    except httpx.HTTPError as fault:
        if log.is_over:
            # Cut off by the end, and no fault of the page.
            return ""
        log.faults[f"{kind}: {type(fault).__name__}"] += 1
        return ""
    log.took[kind].append(time.perf_counter() - start)
    log.conflicts += answer.status_code == 409
    if answer.status_code not in GOOD:
        log.faults[f"{kind}: {answer.status_code}"] += 1
    return answer.text


async def act(client: httpx.AsyncClient, log: Log, chance: random.Random) -> None:
    """Do what a person does with one market."""
    market = chance.choice(MARKETS)
    query = f"market={market}"
    text = await call(client, log, "open a market", f"/?{query}")
    for _ in range(4):
        weights = f"&w_gap={chance.randrange(20) / 2}&w_knowledge={chance.randrange(20) / 2}"
        part = f"/?{query}{weights}&part=list&intervals="
        text = await call(client, log, "move a weight", f"{part}0") or text
        await asyncio.sleep(chance.uniform(0.1, 0.6))
    await call(client, log, "rank intervals", f"{part}1")
    firms, token = FIRM.findall(text), CSRF.search(text)
    if not firms or token is None:
        return
    firm = chance.choice(firms)
    await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
    await call(client, log, "open a firm", f"/firm?{query}&firm={firm}")
    form = {"csrf": token[1], "page": "list", "back": query}
    await call(client, log, "tick", "/tick", **form, shown=firm, firm=firm)
    await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
    entries = NOTE.findall(await call(client, log, "shortlist", "/shortlist"))
    if entries:
        entry, version = chance.choice(entries)
        more = {"entry": entry, "version": version, "note": f"seen {chance.random():.6f}"}
        await call(client, log, "note", "/note", **form, **more)
    await call(client, log, "download", f"/download/list.csv?{query}")
    await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))


async def be_user(address: str, number: int, log: Log) -> None:
    """Work without end; every second user has a shortlist of their own."""
    chance = random.Random(number)  # noqa: S311 - no secret
    async with httpx.AsyncClient(base_url=address, timeout=60, follow_redirects=True) as client:
        token = CSRF.search(await call(client, log, "first page", "/"))
        if token and number % 2:
            await call(
                client, log, "new shortlist", "/shortlists", csrf=token[1], name=f"u{number}"
            )
        await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
        while True:
            await act(client, log, chance)


def read_memory(process: int) -> float:
    """Resident MB of a process (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else float("nan")


def count_files(process: int) -> int:
    """Open files of a process (Linux)."""
    return len(list(Path(f"/proc/{process}/fd").iterdir()))


async def run_users(address: str, users: int, seconds: float, log: Log) -> None:
    """Let everybody work until the time is up, in the midst of whatever they do."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            asyncio.get_running_loop().call_later(seconds - 0.1, setattr, log, "is_over", True)
            await asyncio.gather(*(be_user(address, number, log) for number in range(users)))


def print_log(log: Log) -> None:
    """Print waiting times and faults."""
    print("| request | times | ms, median | 95 % | slowest |\n|---|---:|---:|---:|---:|")
    for kind, took in sorted(log.took.items()):
        ordered = sorted(one * 1000 for one in took)
        tail = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
        print(f"| {kind} | {len(ordered):,} | {statistics.median(ordered):,.0f} | {tail:,.0f} | "
              f"{ordered[-1]:,.0f} |")  # fmt: skip
    print(f"\nErrors: {sum(log.faults.values())} {dict(log.faults) or ''}. "
          f"Notes that somebody else had changed, told so: {log.conflicts}.")  # fmt: skip


def main() -> None:
    """Print the figures."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    users = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    log = Log()
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen(
            [sys.executable, "-m", "cluster_engine", "serve", "--port", "0", "--no-browser",
             "--quiet", "--data", folder],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        address = (child.stdout.readline() if child.stdout else "").strip()
        try:
            httpx.get(address, timeout=60)
            before = read_memory(child.pid), count_files(child.pid)
            asyncio.run(run_users(address, users, min(seconds, 15.0), Log()))
            warm = read_memory(child.pid), count_files(child.pid)
            start = time.monotonic()
            asyncio.run(run_users(address, users, seconds, log))
            took = time.monotonic() - start
            after = read_memory(child.pid), count_files(child.pid)
        finally:
            child.terminate()
            child.wait(30)
    total = sum(len(one) for one in log.took.values())
    print(f"{users} users, {took:.0f} s, {total:,} requests ({total / took:.0f} a second)\n")
    print_log(log)
    for label, (memory, files) in (("started", before), ("warm", warm), ("after", after)):
        print(f"{label}: {memory:.0f} MB, {files} open files")


if __name__ == "__main__":
    main()
