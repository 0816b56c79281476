"""Shortlists: tick, leave out, take off, note, undo, download."""

from __future__ import annotations

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from cluster_engine.errors import SettingsError
from cluster_engine.page.exports import EXPORTS, WITHOUT_RANGES, find_export, report_shortlist
from cluster_engine.page.forms import go_back, read, read_all, read_back, read_number
from cluster_engine.page.picked import ChangedMeanwhileError, FirmPicked, State
from cluster_engine.page.render import show
from cluster_engine.page.site import (
    NAME_COOKIE,
    SHORTLIST_COOKIE,
    YEAR_SECONDS,
    Site,
    clean_name,
    find_shortlist,
    get_site,
    read_who,
    write_cookie,
)
from cluster_engine.page.view import View, drop_defaults, read_weights

HISTORY_SHOWN = 50


def show_shortlist(request: Request) -> Response:
    """Answer with the shortlist the reader works on."""
    site = get_site(request)
    shortlist, _ = find_shortlist(request, site)
    entries = site.shortlists.list_entries(shortlist.id) if shortlist else []
    changes = site.shortlists.list_changes(shortlist.id, HISTORY_SHOWN) if shortlist else []
    return show(
        request, "shortlist.html", changes=changes, exports=tuple(EXPORTS),
        listed=[one for one in entries if one.state == "listed"],
        left_out=[one for one in entries if one.state == "excluded"],
        views={one.id: _to_view(one.firm) for one in entries},
        names={one.slug: one.name for one in (*site.region_choices, *site.market_choices)},
    )  # fmt: skip


def download_shortlist(request: Request) -> Response:
    """Answer with the shortlist as a file."""
    site = get_site(request)
    export = find_export(request.path_params["ending"])
    shortlist, _ = find_shortlist(request, site)
    if shortlist is None:
        raise SettingsError("There is no shortlist yet.", hint="Tick a firm on a list first.")
    report = report_shortlist(site, shortlist)
    name = shortlist.name or "shortlist"
    name += WITHOUT_RANGES if report.facts["firms_without_ranges"] else ""
    return site.workers.run(lambda: export.answer_report(report, name))


def tick(request: Request, form: FormData) -> Response:
    """Add the firms that are ticked, and take off those that were shown and are not."""
    site, view = get_site(request), read_back(request, form)
    ticked, shown = set(read_all(form, "firm")), set(read_all(form, "shown"))
    change, number = None, _get_shortlist(request, site)
    picks = _pick(site, view, ticked | shown)
    on_list = {
        entry.firm.firm_id
        for entry in site.shortlists.list_entries(number)
        if entry.state == "listed"
    }
    for firm_id, firm in picks.items():
        state: State = "listed" if firm_id in ticked else "removed"
        if (firm_id in on_list) != (state == "listed"):
            change = site.shortlists.put(number, firm, state, read_who(request, site)) or change
    if request.headers.get("accept") == "application/json":
        listed = {one.id: one.n_listed for one in site.shortlists.list_all()}
        return JSONResponse({"listed": listed[number], "change": change})
    return go_back(request, form, done=change)


def leave_out(request: Request, form: FormData) -> Response:
    """Leave a firm out of the lists this shortlist is made from."""
    return _put_one(request, form, "excluded")


def take_off(request: Request, form: FormData) -> Response:
    """Take a firm off the shortlist, or bring one back that was left out."""
    return _put_one(request, form, "removed")


def add(request: Request, form: FormData) -> Response:
    """Add one firm."""
    return _put_one(request, form, "listed")


def undo(request: Request, form: FormData) -> Response:
    """Undo a firm's latest change."""
    site = get_site(request)
    site.shortlists.undo(read_number(form, "change"), read_who(request, site))
    return go_back(request, form)


def write_note(request: Request, form: FormData) -> Response:
    """Save a note; if somebody else was faster, show both texts and save nothing."""
    site = get_site(request)
    note = read(form, "note").replace("\r\n", "\n").replace("\0", "").strip()
    if len(note) > site.limits.note_chars:
        raise SettingsError(
            f"A note may have {site.limits.note_chars:,} characters. Got {len(note):,}.",
            hint="Go back and shorten it.",
        )
    entry, version = read_number(form, "entry"), read_number(form, "version")
    try:
        change = site.shortlists.write_note(entry, note, version, read_who(request, site))
    except ChangedMeanwhileError as fault:
        return show(
            request, "conflict.html", status=409, fault=fault, note=note, page=read(form, "page"),
            back=read_back(request, form).to_query(), firm=read(form, "firm"),
        )  # fmt: skip
    return go_back(request, form, done=change)


def create_shortlist(request: Request, form: FormData) -> Response:
    """Make a shortlist and work on it from now on."""
    site = get_site(request)
    name = clean_name(read(form, "name"), site.limits.name_chars)
    if not name:
        raise SettingsError("A shortlist needs a name.", hint="E.g. Germany, autumn mission.")
    return _choose(site.shortlists.create(name, read_who(request, site)))


def choose_shortlist(request: Request, form: FormData) -> Response:
    """Work on another shortlist from now on."""
    number = read_number(form, "shortlist")
    if all(one.id != number for one in get_site(request).shortlists.list_all()):
        raise SettingsError("There is no such shortlist.", hint="Load the page again.")
    return _choose(number)


def set_name(request: Request, form: FormData) -> Response:
    """Remember who works here; stands in the history of what is changed."""
    site = get_site(request)
    answer = go_back(request, form)
    value = write_cookie(clean_name(read(form, "name"), site.limits.name_chars))
    answer.set_cookie(NAME_COOKIE, value, YEAR_SECONDS, httponly=True, samesite="strict")
    return answer


def _choose(number: int) -> Response:
    answer = RedirectResponse("/shortlist", status_code=303)
    answer.set_cookie(SHORTLIST_COOKIE, str(number), YEAR_SECONDS, httponly=True, samesite="strict")
    return answer


def _put_one(request: Request, form: FormData, state: State) -> Response:
    site, view = get_site(request), read_back(request, form)
    number = _get_shortlist(request, site)
    firm_id = read(form, "firm")
    known = [
        one.firm for one in site.shortlists.list_entries(number) if one.firm.firm_id == firm_id
    ]
    # A firm on the shortlist can be taken off even where its list is gone.
    firm = known[0] if known and state == "removed" else _pick(site, view, {firm_id})[firm_id]
    change = site.shortlists.put(number, firm, state, read_who(request, site))
    return go_back(request, form, done=change)


def _get_shortlist(request: Request, site: Site) -> int:
    found, _ = find_shortlist(request, site)
    return found.id if found else site.shortlists.get_default(read_who(request, site))


def _pick(site: Site, view: View, wanted: set[str]) -> dict[str, FirmPicked]:
    """Firms of a view as they are picked, by firm_id.

    Raises
    ------
    SettingsError
        One is not in the view's market.
    """
    market = site.markets.open(view)
    own = drop_defaults(view, market.plan.scoring.weights)
    firms = market.measured.features.firms
    here = firms[firms["firm_id"].isin(wanted)]
    found = {
        str(row.firm_id): FirmPicked(
            view.list, str(row.firm_id), str(row.firm_name), str(row.country),
            market.scene.model.region.slug, market.scene.market.slug, " ".join(own.weight_texts),
        )
        for row in here.itertuples()
    }  # fmt: skip
    unknown = sorted(wanted - set(found))
    if unknown:
        raise SettingsError(
            f"There is no firm '{unknown[0][:60]}' in this list.", hint="Load the page again."
        )
    return found


def _to_view(firm: FirmPicked) -> View:
    return View(firm.region, firm.market, firm.list, weights=read_weights(firm.weights.split()))
