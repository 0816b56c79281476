"""Lists that people bring: upload, quality report, rank."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from cluster_engine.errors import SettingsError
from cluster_engine.page.forms import read
from cluster_engine.page.render import show
from cluster_engine.page.site import Site, clean_name, get_site, read_who
from cluster_engine.page.uploads import Upload

SECTIONS: Mapping[str, str] = {
    "suspicious": "Please look at these", "dropped": "Left out", "estimated": "Estimated figures",
    "missing": "Not known", "codes": "Industry codes", "merged": "Joined", "groups": "Groups",
    "kept": "Kept", "read": "Read", "mended": "Mended", "guessed": "Columns understood as",
    "joint ventures": "Joint ventures", "sensitive areas": "Sensitive areas",
    "home regions": "Home regions", "seats": "Seats",
}  # fmt: skip
"""Sections of the quality report, what needs a person's eye first."""


def show_lists(request: Request) -> Response:
    """Answer with all uploads, and the form for another."""
    site = get_site(request)
    return show(request, "lists.html", uploads=site.uploads.list_all())


def take_list(request: Request, form: FormData) -> Response:
    """Take an uploaded file and have it read."""
    site = get_site(request)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise SettingsError("No file was chosen.", hint="Go back and choose a .csv or .xlsx file.")
    # A path that some browsers send along is nobody's business, and no path is made of it.
    name = clean_name(file.filename.replace("\\", "/").rsplit("/", 1)[-1], site.limits.name_chars)
    identity = site.uploads.add(file.file, name or "list", read_who(request, site))
    return RedirectResponse(f"/lists/{identity}", status_code=303)


def delete_list(request: Request, form: FormData) -> Response:
    """Forget an uploaded list."""
    site, identity = get_site(request), read(form, "list")
    site.uploads.delete(identity)
    site.markets.forget_list(identity)
    return RedirectResponse("/lists", status_code=303)


def show_report(request: Request) -> Response:
    """Answer with the quality report of an upload, or how far its reading is."""
    site = get_site(request)
    upload = site.uploads.get(request.path_params["identity"])
    if upload.state != "ready":
        return show(request, "list_report.html", upload=upload, report={}, mapping=[], markets=[],
                    totals={}, wait=upload.state in ("waiting", "reading"))  # fmt: skip
    rows, mapping = site.uploads.read_report(upload)
    return show(
        request, "list_report.html", upload=upload, report=_sort_rows(rows), mapping=mapping,
        markets=_find_markets(site, upload), wait=False, totals=_find_totals(rows),
    )  # fmt: skip


def _sort_rows(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by section; what counts nothing is left out."""
    told = [row for row in rows if row["count"] != 0]
    names = dict.fromkeys([*SECTIONS, *(str(row["section"]) for row in told)])
    found = {name: [row for row in told if row["section"] == name] for name in names}
    return {SECTIONS.get(name, name): part for name, part in found.items() if part}


def _find_totals(rows: list[dict[str, Any]]) -> dict[str, int]:
    """What a reader asks first: how much was read, how much is left."""
    wanted = {
        ("read", "rows read"): "Rows read",
        ("kept", "firms"): "Firms, at the level of groups",
        ("kept", "status: rankable"): "Can be ranked",
    }
    return {
        wanted[row["section"], row["item"]]: int(row["count"])
        for row in rows
        if (row["section"], row["item"]) in wanted
    }


def _find_markets(site: Site, upload: Upload) -> list[dict[str, Any]]:
    """Markets with rankable firms of a list, the one with most first."""
    path = site.uploads.get_firms(upload.id) / "firms.parquet"
    with site.uploads.reading(upload.id):
        firms = site.workers.run(lambda: pd.read_parquet(path, columns=["country", "status"]))
    counts = firms.loc[firms["status"] == "rankable", "country"].value_counts()
    table = site.pack.read("markets")
    table = table.assign(n=table["country"].map(counts).fillna(0).astype(int))
    found = table.groupby("market", sort=True).agg(
        name=("market_name", "first"), n=("n", "sum"), countries=("n", "size")
    )
    # A country before a group that has nothing more to offer.
    ordered = found.sort_values(["n", "countries"], ascending=[False, True], kind="stable")
    found = ordered[ordered["n"] > 0].reset_index()
    return [{str(name): cell for name, cell in row.items()} for row in found.to_dict("records")]
