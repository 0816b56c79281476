"""Templates to answers: every text escaped, nothing undefined."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cluster_engine.page.site import make_context
from cluster_engine.reports.write import drop_controls
from cluster_engine.targeting.criteria import CRITERIA

STATIC = {
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""All files there are, by name: no path is ever made from an address."""

DAY_SECONDS = 86_400


@cache
def get_environment() -> Environment:
    """Templates of the package."""
    found = Environment(
        loader=PackageLoader("cluster_engine.page", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["plain"] = lambda text: drop_controls(str(text))
    found.filters["day"] = lambda when: str(when)[:10]
    found.filters["minute"] = lambda when: str(when)[:16].replace("T", " ")
    found.filters["weights"] = name_weights
    found.globals["asset"] = lambda name: f"/static/{name}?v={_read_static(name)[1]}"
    return found


def name_weights(texts: Iterable[str]) -> str:
    """Write weights as people know them: 'gap=4' as 'Value-chain gap 4'."""
    labels = {one.weight_name: one.label for one in reversed(CRITERIA)}
    pairs = (text.partition("=") for text in texts)
    return ", ".join(f"{labels.get(name, name)} {value}" for name, _, value in pairs)


def show(
    request: Request, template: str, *, status: int = 200, region: str = "", **context: Any
) -> Response:
    """Render a whole page."""
    page = get_environment().get_template(template)
    return HTMLResponse(page.render(make_context(request, region, **context)), status_code=status)


def serve_static(request: Request) -> Response:
    """Answer with a file of the package."""
    name = request.path_params["name"]
    if name not in STATIC:
        return Response(status_code=404)
    body, _ = _read_static(name)
    headers = {"Cache-Control": f"private, max-age={DAY_SECONDS}"}
    return Response(body, media_type=STATIC[name], headers=headers)


@cache
def _read_static(name: str) -> tuple[bytes, str]:
    """Bytes of a file, and what tells its versions apart."""
    body = files("cluster_engine.page").joinpath("static", name).read_bytes()
    return body, hashlib.sha256(body).hexdigest()[:12]
