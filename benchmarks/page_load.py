"""Let many people use the page at once for a while: errors, waiting times, memory.

    python benchmarks/page_load.py [SECONDS] [USERS]
    python benchmarks/page_load.py 600 50

Everybody is a client of their own, on loopback, who does what staff do: open a market, move
weights, open a firm, tick, note, look at the shortlist, download, now and then undo or bring a list
of their own, with a pause to read in between. Without pauses the page would only show how long the
queue is. Prints memory, open files and threads of the page by the minute; lists that are being read
are so in processes of their own and do not count. Errors are answers that are not as they should
be, connections that break, and waits beyond a minute. Memory is flat if the last fifth of the run
takes hardly more than the second fifth; the first one fills what is kept. Ends with 1 where there
was an error or memory is not flat.
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
from dataclasses import dataclass
from pathlib import Path

import httpx

MARKETS = ("germany", "japan", "india", "france", "sweden", "united-states", "norway")
PAUSE_SECONDS = (2.0, 8.0)
UNDOES, WANTS_WORKBOOK, TAKES_SHORTLIST, BRINGS_LIST = 0.1, 0.15, 0.2, 0.04
"""Shares of the rounds in which somebody does this; a list of one's own is rare."""
WARM_UP_SECONDS = 15.0
SAMPLE_SECONDS = 5.0
MINUTE = 60.0
CSRF = re.compile(r'name="csrf" value="([0-9a-f]+)"')
FIRM = re.compile(r'name="shown" value="([^"]+)"')
NOTE = re.compile(r'name="entry" value="(\d+)"><input type="hidden" name="version" value="(\d+)"')
IDENTITY = re.compile(r"(?:/lists/|list=)([0-9a-f]{16})")
CHANGE = re.compile(r'name="change" value="(\d+)"')
PATIENCE_SECONDS = 60.0
"""Whoever waits longer has gone."""
READ_SECONDS = 200
"""For a list of one's own to be read, in a queue of one at a time."""
GOOD = {"note": (200, 409), "undo": (200, 409)}
"""By kind, where it is not 200 alone. 409: somebody else was faster, and the page said so."""
RANGES = {
    "rank intervals": lambda answer: 'data-intervals="1"' in answer.text,
    "open a firm": lambda answer: "<dt>90 % sure</dt>" in answer.text,
    **dict.fromkeys(
        ("download csv", "download xlsx", "download shortlist"),
        lambda answer: "-without-ranges" not in answer.headers["content-disposition"],
    ),
}
"""Whether an answer, by kind, holds the ranges of ranks that were asked for."""
SETTLED, LAST = (0.2, 0.4), (0.8, 1.0)
"""Shares of a run that are compared: before, markets are opened and what is kept is filled."""
FLAT = 1.05
"""Mean memory of the last fifth by that of the second: minutes without a trend differ as much."""
OWN_LIST = "name;country;city;nace;employees\n" + "".join(
    f"Muster {number} GmbH;DE;Ulm;{code};{20 + number * 7 % 900}\n"
    for number in range(300)
    for code in (("29.32", "25.62", "28.41")[number % 3],)
)


class Log:
    """What happened, by kind of request."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)
        self.faults: Counter[str] = Counter()
        self.without_ranges: Counter[str] = Counter()
        self.conflicts = 0
        self.bytes = 0
        self.is_over = False


async def call(
    client: httpx.AsyncClient, log: Log, kind: str, path: str, file: str = "", **form: object
) -> str:
    """Ask once and note how long it took; returns the text."""
    start = time.perf_counter()
    files = {"file": ("list.csv", file, "text/csv")} if file else None
    try:
        answer = await (client.post(path, data=form, files=files) if form else client.get(path))
    except httpx.HTTPError as fault:
        if log.is_over:
            # Cut off by the end, and no fault of the page.
            return ""
        log.faults[f"{kind}: {type(fault).__name__}"] += 1
        return ""
    took = time.perf_counter() - start
    log.took[kind].append(took)
    log.conflicts += answer.status_code == 409
    log.bytes += len(answer.content)
    if answer.status_code not in GOOD.get(kind, (200,)):
        log.faults[f"{kind}: {answer.status_code}"] += 1
    elif kind in RANGES and not RANGES[kind](answer):
        log.without_ranges[kind] += 1
    if took > PATIENCE_SECONDS:
        log.faults[f"{kind}: took more than {PATIENCE_SECONDS:.0f} s"] += 1
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
    text = await call(client, log, "tick", "/tick", **form, shown=firm, firm=firm)
    change = CHANGE.search(text)
    if change and chance.random() < UNDOES:
        await call(client, log, "undo", "/undo", **form, change=change[1])
    await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
    entries = NOTE.findall(await call(client, log, "shortlist", "/shortlist"))
    if entries:
        entry, version = chance.choice(entries)
        more = {"entry": entry, "version": version, "note": f"seen {chance.random():.6f}"}
        await call(client, log, "note", "/note", **form, **more)
    ending = "xlsx" if chance.random() < WANTS_WORKBOOK else "csv"
    await call(client, log, f"download {ending}", f"/download/list.{ending}?{query}")
    if entries and chance.random() < TAKES_SHORTLIST:
        await call(client, log, "download shortlist", "/download/shortlist.csv")
    if chance.random() < BRINGS_LIST:
        await bring_list(client, log, token[1])
    await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))


async def bring_list(client: httpx.AsyncClient, log: Log, token: str) -> None:
    """Upload a list, wait for its report, rank it, and delete it again."""
    text = await call(client, log, "upload", "/lists", file=OWN_LIST, csrf=token)
    found = IDENTITY.search(text)
    if not found:
        return
    for _ in range(READ_SECONDS):
        await asyncio.sleep(1.0)
        text = await call(client, log, "report", f"/lists/{found[1]}")
        if text and "data-wait" not in text:
            break
    if "Can be ranked" not in text:
        log.faults["upload: not read"] += 1
        return
    await call(client, log, "rank an upload", f"/?market=germany&list={found[1]}")
    await call(client, log, "delete", "/lists/delete", csrf=token, list=found[1])


async def be_user(address: str, number: int, log: Log) -> None:
    """Work without end; every second user has a shortlist of their own."""
    chance = random.Random(number)  # noqa: S311 - no secret
    async with httpx.AsyncClient(
        base_url=address, timeout=PATIENCE_SECONDS, follow_redirects=True
    ) as client:
        token = CSRF.search(await call(client, log, "first page", "/"))
        if token and number % 2:
            await call(
                client, log, "new shortlist", "/shortlists", csrf=token[1], name=f"u{number}"
            )
        await asyncio.sleep(chance.uniform(*PAUSE_SECONDS))
        while True:
            await act(client, log, chance)


@dataclass(frozen=True, slots=True)
class Sample:
    """What a process takes at one moment; memory in MB."""

    second: float
    resident: float
    peak: float
    files: int
    threads: int


def measure(process: int, second: float) -> Sample:
    """Measure a process (Linux)."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    values = {
        name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+)", status, re.MULTILINE)
    }
    files = len(list(Path(f"/proc/{process}/fd").iterdir()))
    return Sample(second, values["VmRSS"] / 1024, values["VmHWM"] / 1024, files, values["Threads"])


async def watch(process: int, samples: list[Sample]) -> None:
    """Measure a process without end."""
    start = time.monotonic()
    while True:
        samples.append(measure(process, time.monotonic() - start))
        await asyncio.sleep(SAMPLE_SECONDS)


async def run_users(
    address: str, users: int, seconds: float, log: Log, *, process: int, samples: list[Sample]
) -> None:
    """Let everybody work until the time is up, in the midst of whatever they do."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            asyncio.get_running_loop().call_later(seconds - 0.1, setattr, log, "is_over", True)
            everybody = (be_user(address, number, log) for number in range(users))
            await asyncio.gather(watch(process, samples), *everybody)


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
    told = ", ".join(
        f"{kind} {log.without_ranges[kind]} of {len(log.took[kind])}"
        for kind in RANGES if kind in log.took
    )  # fmt: skip
    print(f"Answered without ranges of ranks, as others waited for theirs: {told}.")


def print_samples(samples: list[Sample]) -> None:
    """Print memory by the minute: the mean and the most of its samples."""
    print("\n| minute | MB resident, mean | most | open files, most | threads |\n"
          "|---:|---:|---:|---:|---:|")  # fmt: skip
    minutes: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        minutes[int(sample.second // MINUTE) + 1].append(sample)
    for minute, own in minutes.items():
        resident = [one.resident for one in own]
        print(f"| {minute} | {statistics.mean(resident):,.0f} | {max(resident):,.0f} | "
              f"{max(one.files for one in own)} | {max(one.threads for one in own)} |")  # fmt: skip


def judge_memory(samples: list[Sample]) -> bool:
    """Print whether memory is flat, and return it."""
    end = samples[-1].second
    before, after = (
        [one.resident for one in samples if low * end <= one.second <= high * end]
        for low, high in (SETTLED, LAST)
    )
    later = [one for one in samples if one.second >= end / 2]
    slope = statistics.linear_regression(
        [one.second / MINUTE for one in later], [one.resident for one in later]
    ).slope
    growth = statistics.mean(after) / statistics.mean(before)
    print(
        f"\nSecond fifth {statistics.mean(before):,.0f} MB, last {statistics.mean(after):,.0f} MB "
        f"({growth - 1:+.1%}): {'flat' if growth <= FLAT else 'RISING'}. Second half: "
        f"{slope:+.1f} MB a minute; peak of the run {samples[-1].peak:,.0f} MB."
    )
    return growth <= FLAT


def main() -> None:
    """Print the figures."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    users = int(sys.argv[2]) if len(sys.argv) > 2 else 50
    log = Log()
    warm: list[Sample] = []
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory() as folder:
        child = subprocess.Popen(
            [sys.executable, "-m", "cluster_engine", "serve", "--port", "0", "--no-browser",
             "--quiet", "--data", folder],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        address = (child.stdout.readline() if child.stdout else "").strip()

        def run(length: float, log: Log, samples: list[Sample]) -> None:
            everybody = run_users(address, users, length, log, process=child.pid, samples=samples)
            asyncio.run(everybody)

        try:
            httpx.get(address, timeout=60)
            run(min(seconds, WARM_UP_SECONDS), Log(), warm)
            start = time.monotonic()
            run(seconds, log, samples)
            took = time.monotonic() - start
            samples.append(measure(child.pid, took))
        finally:
            child.terminate()
            child.wait(60)
    total = sum(len(one) for one in log.took.values())
    print(f"{users} users, {took:.0f} s, {total:,} requests ({total / took:.0f} a second), "
          f"{log.bytes / 1e6:,.0f} MB answered\n")  # fmt: skip
    print_log(log)
    print(f"\nAt the start: {warm[0].resident:,.0f} MB, {warm[0].files} open files.")
    print_samples(samples)
    is_flat = judge_memory(samples)
    sys.exit(0 if is_flat and not log.faults else 1)


if __name__ == "__main__":
    main()
