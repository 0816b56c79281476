"""The list: choose, weigh, see it ranked at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from cluster_engine.errors import ClusterEngineError
from cluster_engine.page.exports import EXPORTS, WITHOUT_RANGES, find_export
from cluster_engine.page.faults import find_status
from cluster_engine.page.picked import Entry
from cluster_engine.page.render import get_environment, show
from cluster_engine.page.site import Site, find_shortlist, get_site
from cluster_engine.page.view import SORTS, View, drop_defaults, read_view
from cluster_engine.results import Ranking
from cluster_engine.targeting.criteria import CRITERIA, Criterion
from cluster_engine.workflows.live_ranking import LiveMarket, Wish, hand_over

QUESTIONS: Mapping[str, str] = {
    "place": "Would it choose this region?",
    "mover": "Can it expand abroad?",
    "value": "What would it bring?",
}


@dataclass(frozen=True, slots=True)
class Slider:
    """A weight to move."""

    name: str
    label: str
    meaning: str
    value: float
    own: float
    step: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list, ready for its template.

    Attributes
    ----------
    view : View
        Without weights that are the model's own.
    ranking : Ranking
    rows : list of mapping
        Firms as shown, in the order asked for.
    notes : tuple of str
    has_intervals : bool
    n_hidden : int
        Firms of the market that the shortlist leaves out.
    """

    view: View
    ranking: Ranking
    rows: list[dict[str, Any]]
    notes: tuple[str, ...]
    has_intervals: bool
    n_hidden: int


def show_list(request: Request) -> Response:
    """Answer with the page, or with the list alone where the script asks for it."""
    site = get_site(request)
    view = read_view(request.query_params, site.limits)
    if request.query_params.get("part") == "list":
        return _show_part(request, site, view)
    if not view.market:
        return show(request, "welcome.html", region=view.region, view=view, **_list_choices(site))
    try:
        market = site.markets.open(view)
        listed = make_list(request, view, market, intervals=_are_cheap(market, site))
        context = {
            "listed": listed,
            "problem": None,
            **_describe(market, listed.view, site.limits.weight_step),
        }
        status = 200
    except ClusterEngineError as fault:
        context = {"listed": None, "problem": fault, "clusters": (), "sliders": {}, "market": None}
        status = find_status(fault)
    return show(
        request, "list.html", status=status, region=view.region,
        view=context["listed"].view if context["listed"] else view, sorts=SORTS,
        exports=tuple(EXPORTS), **_list_choices(site), **context,
    )  # fmt: skip


def _show_part(request: Request, site: Site, view: View) -> Response:
    market = site.markets.open(view)
    wanted = request.query_params.get("intervals", "") == "1"
    listed = make_list(request, view, market, intervals=wanted)
    page = get_environment().get_template("_list.html")
    shortlist, _ = find_shortlist(request, site)
    return HTMLResponse(
        page.render(listed=listed, view=listed.view, sorts=SORTS, shortlist=shortlist,
                    csrf=request.state.csrf, exports=tuple(EXPORTS))
    )  # fmt: skip


def download_list(request: Request) -> Response:
    """Answer with the list as a file."""
    site = get_site(request)
    export = find_export(request.path_params["ending"])
    view = read_view(request.query_params, site.limits)
    market = site.markets.open(view)
    entries = _find_entries(request, site, view)
    ranking, _ = rank_view(site, view, market, entries, intervals=True, patient=True)
    own = drop_defaults(view, market.plan.scoring.weights)
    name = f"{ranking.market.slug}-for-{ranking.region.slug}"
    # Whoever opens the file must see that ranges were left out, and can be had by asking again.
    name += "" if ranking.draws else WITHOUT_RANGES
    return site.workers.run(
        lambda: export.answer_list(hand_over(market, own.user_weights, ranking), name)
    )


def make_list(request: Request, view: View, market: LiveMarket, *, intervals: bool) -> Listed:
    """Rank a market as a reader wants it, with what the shortlist says of its firms."""
    site = get_site(request)
    view = drop_defaults(view, market.plan.scoring.weights)
    entries = _find_entries(request, site, view)
    ranking, notes = rank_view(site, view, market, entries, intervals=intervals)
    # Where many wait for theirs, the list comes without and the script asks again.
    intervals = ranking.draws > 0
    longest = int(ranking.rows["rank_high"].max()) if intervals and len(ranking.rows) else 0
    rows: list[dict[str, Any]] = [
        {
            **{str(name): cell for name, cell in row.items()},
            "country_name": ranking.market.countries.get(str(row["country"]), row["country"]),
            "reasons": [row[f"reason_{place}"] for place in (1, 2, 3) if row[f"reason_{place}"]],
            "entry": entries.get(str(row["firm_id"])),
            "bar": _place_bar(row, longest),
        }
        for row in ranking.rows.to_dict("records")
    ]
    if view.sort != "rank":
        rows.sort(key=lambda row: (row[view.sort] == "", str(row[view.sort]).casefold()))
    hidden = sum(entry.state == "excluded" for entry in entries.values())
    return Listed(view, ranking, rows, notes, intervals, hidden)


def rank_view(
    site: Site, view: View, market: LiveMarket, entries: Mapping[str, Entry], *, intervals: bool,
    patient: bool = False,
) -> tuple[Ranking, tuple[str, ...]]:  # fmt: skip
    """Rank a market as a view asks for, without the firms that are left out."""
    out = frozenset(firm for firm, entry in entries.items() if entry.state == "excluded")
    own = drop_defaults(view, market.plan.scoring.weights)
    wish = Wish(
        own.user_weights, own.clusters, own.search, hidden=out,
        top=own.rows or site.limits.rows, draws=None if intervals else 0,
    )  # fmt: skip
    return site.rankings.rank(market, wish, patient=patient)


def _find_entries(request: Request, site: Site, view: View) -> dict[str, Entry]:
    """Entries of the reader's shortlist about firms of this view, by firm_id."""
    shortlist, _ = find_shortlist(request, site)
    if shortlist is None:
        return {}
    return {
        entry.firm.firm_id: entry
        for entry in site.shortlists.list_entries(shortlist.id)
        if replace(view, list=entry.firm.list).upload == view.upload
        or (view.with_pack and not entry.firm.list)
    }


def _are_cheap(market: LiveMarket, site: Site) -> bool:
    return len(market.measured.features.firms) <= site.limits.interval_firms


def _place_bar(row: Mapping[Any, Any], longest: int) -> tuple[float, float, float] | None:
    """Start, width and rank of an interval, in percent of the drawing; the scale is logarithmic.

    The difference between ranks 1 and 10 matters, that between 491 and 500 does not.
    """
    if not longest:
        return None
    scale = math.log(longest + 1)
    low, high, rank = (
        math.log(float(row[name])) / scale * 100 for name in ("rank_low", "rank_high", "rank")
    )
    return round(low, 1), round(max(high - low, 1.0), 1), round(rank, 1)


def _list_choices(site: Site) -> dict[str, Any]:
    ready = [one for one in site.uploads.list_all() if one.state == "ready"]
    known = {one.slug for one in site.region_choices if site.has_model(one.slug)}
    return {
        "regions": site.region_choices, "trained": known, "markets": site.market_choices,
        "uploads": ready,
    }  # fmt: skip


def _describe(market: LiveMarket, view: View, step: float) -> dict[str, Any]:
    """Clusters and weights that can be chosen; ``step`` is that of the sliders."""
    own = market.plan.scoring.weights
    sliders: dict[str, list[Slider]] = {heading: [] for heading in QUESTIONS.values()}
    for criterion in CRITERIA:
        name = criterion.weight_name
        if all(slider.name != name for group in sliders.values() for slider in group):
            sliders[QUESTIONS[criterion.question]].append(_make_slider(criterion, view, own, step))
    return {
        "clusters": [str(name) for name in market.scene.model.niches["name"]],
        "sliders": sliders,
        "market": market.scene.market,
    }


def _make_slider(criterion: Criterion, view: View, own: Mapping[str, float], step: float) -> Slider:
    name = criterion.weight_name
    value = view.weights.get(name, own[name])
    # A browser would move a learned weight to the nearest step, as if the reader had set it.
    is_even = math.isclose(own[name] / step, round(own[name] / step))
    return Slider(
        name,
        criterion.label,
        criterion.meaning,
        value,
        own[name],
        f"{step:g}" if is_even else "any",
    )
