"""Where the figures come from, how old they are, and how a list comes about."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from cluster_engine.page.list_page import QUESTIONS
from cluster_engine.page.render import show
from cluster_engine.targeting.criteria import CRITERIA


def show_about(request: Request) -> Response:
    """Answer with the page about model, data and method."""
    return show(
        request, "about.html", region=request.query_params.get("region", "")[:100],
        criteria=CRITERIA, questions=QUESTIONS,
    )  # fmt: skip
