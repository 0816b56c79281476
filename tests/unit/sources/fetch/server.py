"""A statistics server on this machine that speaks the publishers' protocols and fails on demand."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import socket
import struct
import threading
import time
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

READ_TIMEOUT = 0.3
"""Seconds a test waits for an answer that never comes; the one real wait."""


@dataclass
class Document:
    """What lies at a path."""

    body: bytes
    content_type: str = "text/csv"
    etag: str = ""
    last_modified: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    page_limit: int = 0  # above 0: a Nomis answer, of which this many records come at once


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    status: int = 0


class StatisticsServer:
    """Holds documents, and for each path the faults to play before it answers as it should."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.faults: dict[str, list[Any]] = {}
        self.asked: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *told: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # A client that goes away is what many tests are about.
        self.server.handle_error = lambda *_told: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def put(self, path: str, body: bytes | str, **told: Any) -> Document:
        raw = body.encode() if isinstance(body, str) else body
        self.documents[path] = Document(raw, **told)
        return self.documents[path]

    def fail(self, path: str, *faults: Any) -> None:
        self.faults.setdefault(path, []).extend(faults)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        asked = Asked(
            parts.path,
            parse_qs(parts.query),
            {name.lower(): value for name, value in handler.headers.items()},
        )
        self.asked.append(asked)
        waiting = self.faults.get(parts.path, [])
        fault = waiting.pop(0) if waiting else None
        document = self.documents.get(parts.path)
        if isinstance(fault, tuple):
            self.send(handler, asked, fault[0], b"", fault[1])
        elif document is None:
            self.send(handler, asked, 404, b"", {})
        else:
            self.send_document(handler, document, asked, fault)

    def send_document(
        self, handler: BaseHTTPRequestHandler, document: Document, asked: Asked, fault: Any
    ) -> None:
        body = document.body
        if document.page_limit:
            body = cut_page(document, asked.query)
        headers = {"Content-Type": document.content_type, **document.headers}
        # A page has its own version: it changes when its own records change.
        etag = f'"{hashlib.md5(body).hexdigest()}"' if document.etag == "auto" else document.etag
        if etag:
            headers["ETag"] = etag
        if document.last_modified:
            headers["Last-Modified"] = document.last_modified
        sent = asked.headers
        if etag and sent.get("if-none-match") == etag:
            self.send(handler, asked, 304, b"", headers)
            return
        since = sent.get("if-modified-since")
        if since and since == document.last_modified:
            self.send(handler, asked, 304, b"", headers)
            return
        status, start = 200, 0
        version = sent.get("if-range", "")
        if "range" in sent and document.ranges and version in (etag, document.last_modified):
            start = int(sent["range"].removeprefix("bytes=").removesuffix("-"))
            if start >= len(body):
                whole = {"Content-Range": f"bytes */{len(body)}"}
                self.send(handler, asked, 416, b"", whole)
                return
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            status = 206
        self.send(handler, asked, status, body[start:], headers, fault)

    def send(
        self,
        handler: BaseHTTPRequestHandler,
        asked: Asked,
        status: int,
        body: bytes,
        headers: dict[str, str],
        fault: Any = None,
    ) -> None:
        # Before the first byte: the test may look as soon as it has the answer.
        asked.status = status
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if fault == "hang":
            handler.wfile.write(body[:10])
            handler.wfile.flush()
            time.sleep(READ_TIMEOUT * 3)
            handler.close_connection = True
        elif fault in ("truncate", "reset"):
            handler.wfile.write(body[: len(body) // 2])
            handler.wfile.flush()
            if fault == "reset":
                # Linger of 0 seconds: the connection is reset, not closed. Wait until half is read.
                time.sleep(0.05)
                handler.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
            handler.close_connection = True
            handler.connection.close() if fault == "reset" else None
        else:
            handler.wfile.write(body)


def cut_page(document: Document, query: dict[str, list[str]]) -> bytes:
    """Part of a Nomis answer: header, and the records from RecordOffset on."""
    header, *rows = csv.reader(io.StringIO(document.body.decode()))
    offset = int(query["RecordOffset"][0])
    limit = min(int(query["RecordLimit"][0]), document.page_limit)
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([*header, "RECORD_OFFSET", "RECORD_COUNT"])
    for number, row in enumerate(rows[offset : offset + limit], start=offset):
        writer.writerow([*row, number, len(rows)])
    return out.getvalue().encode()


def zip_csv(name: str, text: str) -> bytes:
    """A zip with one CSV in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return out.getvalue()


def calc_digest(body: bytes, algorithm: str = "sha256") -> str:
    """Checksum as a header gives it: base64."""
    return base64.b64encode(hashlib.new(algorithm, body).digest()).decode()


def put_golden_copy(server: StatisticsServer, level1: bytes, level2: bytes) -> None:
    """The index of the newest GLEIF golden copy, and its two files."""
    server.put("/storage/lei2.csv.zip", level1, content_type="application/zip", etag='"l1"')
    server.put("/storage/rr.csv.zip", level2, content_type="application/zip", etag='"l2"')
    index = {
        "data": {
            kind: {
                "publish_date": "2026-11-25 16:00:00",
                "full_file": {
                    "csv": {"url": f"{server.url}/storage/{kind}.csv.zip", "record_count": 2}
                },
            }
            for kind in ("lei2", "rr")
        }
    }
    path = "/api/v2/golden-copies/publishes/latest"
    server.put(path, json.dumps(index), content_type="application/json")


class FakeTime:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
