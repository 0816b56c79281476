"""The same answers as JSON, for programs; described by `/openapi.json`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cluster_engine import __version__
from cluster_engine.page.list_page import rank_view
from cluster_engine.page.openapi import describe_api
from cluster_engine.page.site import get_site
from cluster_engine.page.view import drop_defaults, read_view
from cluster_engine.reports.explanation import render_explanation
from cluster_engine.reports.shortlist import report_ranking
from cluster_engine.reports.write import render_json

JSON = "application/json"


def tell_health(request: Request) -> Response:
    """Say that the page lives, and with which model."""
    site = get_site(request)
    fresh = site.tell_freshness("")
    return JSONResponse(
        {
            "status": "ok",
            "engine": __version__,
            "pack": site.pack.manifest.name,
            "model": fresh.version if fresh else None,
        }
    )


def list_regions(request: Request) -> Response:
    """Regions, and whether each has a model."""
    site = get_site(request)
    return JSONResponse(
        [
            {"region": one.slug, "name": one.name, "has_model": site.has_model(one.slug)}
            for one in site.region_choices
        ]
    )


def list_markets(request: Request) -> Response:
    """Markets, and how many firms the pack has of each."""
    choices = get_site(request).market_choices
    return JSONResponse(
        [{"market": one.slug, "name": one.name, "firms": one.n_firms} for one in choices]
    )


def rank(request: Request) -> Response:
    """Rank a market."""
    site = get_site(request)
    view = read_view(request.query_params, site.limits)
    market = site.markets.open(view)
    wanted = request.query_params.get("intervals", "") == "1"
    ranking, _ = rank_view(site, view, market, {}, intervals=wanted, patient=True)
    return Response(render_json(report_ranking(ranking)), media_type=JSON)


def explain(request: Request) -> Response:
    """Explain a firm's rank."""
    site = get_site(request)
    view = read_view(request.query_params, site.limits)
    market = site.markets.open(view)
    own = drop_defaults(view, market.plan.scoring.weights)
    firm = request.query_params.get("firm", "")
    found = site.rankings.explain(market, firm, own.user_weights)
    return Response(render_explanation(found, "json"), media_type=JSON)


def tell_api(request: Request) -> Response:
    """Describe these endpoints."""
    return JSONResponse(describe_api(get_site(request).limits))
