"""What all pages share: the pack, the models, the shortlists, and what stands on every page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import Request

from cluster_engine import __version__
from cluster_engine.errors import ClusterEngineError
from cluster_engine.packs.pack import Pack
from cluster_engine.page.markets import Markets
from cluster_engine.page.picked import Shortlist
from cluster_engine.page.rankings import Rankings
from cluster_engine.page.shortlists import Shortlists
from cluster_engine.page.uploads import Uploads
from cluster_engine.page.workers import Workers
from cluster_engine.parameters import Page
from cluster_engine.registry.locate import ModelStore, make_key
from cluster_engine.registry.versions import load_champion
from cluster_engine.reports.write import drop_controls
from cluster_engine.results import Model
from cluster_engine.workflows.freshness import Freshness, tell_freshness
from cluster_engine.workflows.live_ranking import find_champion_version

NAME_COOKIE, SHORTLIST_COOKIE = "cluster_engine_name", "cluster_engine_shortlist"
YEAR_SECONDS = 365 * 24 * 3600
KINDS: Mapping[str, str] = {"region": "Regions", "area": "Areas", "country": "Countries"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from a menu.

    Attributes
    ----------
    slug, name : str
    group : str
        Heading in the menu.
    n_firms : int
        Firms of a market; 0 for a region.
    """

    slug: str
    name: str
    group: str = ""
    n_firms: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """The page's parts.

    Attributes
    ----------
    pack : Pack
    store : ModelStore
    limits : Page
    shortlists : Shortlists
    uploads : Uploads
    workers : Workers
    markets : Markets
    rankings : Rankings
    region_choices, market_choices : tuple of Choice
        What the menus offer.
    """

    pack: Pack
    store: ModelStore
    limits: Page
    shortlists: Shortlists
    uploads: Uploads
    workers: Workers
    markets: Markets
    rankings: Rankings
    region_choices: tuple[Choice, ...]
    market_choices: tuple[Choice, ...]
    _models: dict[tuple[str, str], Model] = field(default_factory=dict)

    def tell_freshness(self, region: str) -> Freshness | None:
        """How fresh a region's champion is; None where it has none, or is unknown."""
        try:
            found = self.markets.find_region(region)
            version = find_champion_version(self.pack, found, self.store)
            if version is None:
                return None
            key = (found.slug, version)
            if key not in self._models:
                named = make_key(self.pack.manifest.name, found.slug)
                model = load_champion(self.store, named, Model)
                if model is None:
                    return None
                self._models[key] = model
            today = datetime.now(UTC).date()
            return tell_freshness(
                self.pack, self._models[key], self.store, today=today,
                old_years=self.limits.figures_old_years,
            )  # fmt: skip
        except ClusterEngineError:
            # Told where the list would stand; a page about something else must not fail by it.
            return None

    def has_model(self, region: str) -> bool:
        """Whether a region can be ranked at once."""
        return make_key(self.pack.manifest.name, region) in self.store.list_keys()


def list_regions(pack: Pack) -> tuple[Choice, ...]:
    """Regions for the menu, by kind and name."""
    table = pack.read("regions")[["region", "region_name", "kind"]].drop_duplicates("region")
    ordered = table.sort_values("region_name", kind="stable")
    return tuple(
        Choice(str(row.region), str(row.region_name), heading)
        for kind, heading in KINDS.items()
        for row in ordered[ordered["kind"] == kind].itertuples()
    )


def list_markets(pack: Pack) -> tuple[Choice, ...]:
    """Markets for the menu: groups of countries first, then countries, with their firms."""
    firms = pack.read("firms", columns=("country",))["country"].value_counts()
    table = pack.read("markets")
    table = table.assign(n=table["country"].map(firms).fillna(0))
    found = []
    for slug, rows in table.groupby("market", sort=True):
        heading = "Groups of countries" if len(rows) > 1 else "Countries"
        name = str(rows["market_name"].iloc[0])
        found.append(Choice(str(slug), name, heading, int(rows["n"].sum())))
    return tuple(sorted(found, key=lambda one: (one.group == "Countries", one.name)))


def get_site(request: Request) -> Site:
    """Parts of the page that a request came to."""
    site: Site = request.app.state.site
    return site


def clean_name(text: str, limit: int) -> str:
    """Make a name that somebody typed fit to be shown: one line, no controls, not too long."""
    return drop_controls(" ".join(text.split()))[:limit].strip()


def read_who(request: Request, site: Site) -> str:
    """Name the reader has typed; '' if none."""
    return clean_name(unquote(request.cookies.get(NAME_COOKIE, "")), site.limits.name_chars)


def write_cookie(value: str) -> str:
    """Make a text fit for a cookie."""
    return quote(value, safe="")


def find_shortlist(request: Request, site: Site) -> tuple[Shortlist | None, list[Shortlist]]:
    """Return the shortlist the reader works on, and all; None where there is none yet."""
    every = site.shortlists.list_all()
    wanted = request.cookies.get(SHORTLIST_COOKIE, "")
    for one in every:
        if str(one.id) == wanted:
            return one, every
    return (every[0] if every else None), every


def make_context(request: Request, region: str = "", **more: Any) -> dict[str, Any]:
    """Put together what every page shows, and more."""
    site = get_site(request)
    shortlist, every = find_shortlist(request, site)
    change = request.query_params.get("done", "")
    done = site.shortlists.get_change(int(change)) if is_number(change) else None
    return {
        "csrf": request.state.csrf,
        "who": read_who(request, site),
        "shortlist": shortlist,
        "shortlists": every,
        "fresh": site.tell_freshness(region),
        "region_asked": region,
        "pack": site.pack.manifest,
        "engine": __version__,
        "limits": site.limits,
        "done": done if done is not None and done.can_undo else None,
        "here": request.url.path,
        **more,
    }


def is_number(text: str) -> bool:
    """Whether a text is a number that a row of the store may have."""
    return text.isascii() and text.isdecimal() and len(text) < 16
