"""Where firms are already, as far as imported lists tell: sites in the host country, projects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cluster_engine.firm_schemas import FIRM_FACTS
from cluster_engine.packs.firm_list import FirmListTables
from cluster_engine.packs.pack import Pack
from cluster_engine.results import Region

RECENT_YEARS = 5
"""Years back in which a project counts as recent; as `firm_schemas.FIRM_FACTS` says."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the region is, to tell its projects from those of its rivals.

    Attributes
    ----------
    host : str
        ISO code of the host country.
    own : frozenset of str
        Base areas of the region.
    places : mapping of str to frozenset of str
        Base areas by name or code of a region of the pack, in lower case.
    """

    host: str
    own: frozenset[str]
    places: Mapping[str, frozenset[str]]


def read_ground(pack: Pack, region: Region) -> Ground:
    """Read the names by which events may call the regions of a pack."""
    regions, areas = pack.read("regions"), pack.read("areas")
    places: dict[str, frozenset[str]] = {}
    for name, group in regions.groupby("region_name"):
        places[str(name).lower()] = frozenset(group["area"])
    for area, name in zip(areas["area"], areas["area_name"], strict=True):
        places |= {str(text).lower(): frozenset([str(area)]) for text in (area, name)}
    return Ground(pack.manifest.host_country, frozenset(region.areas), places)


def derive_presence(
    tables: FirmListTables, ground: Ground, *, as_of: pd.Series | None = None
) -> pd.DataFrame | None:
    """Tell presence from the members of groups and from events that name firms.

    Parameters
    ----------
    tables : FirmListTables
        An imported list.
    ground : Ground
    as_of : Series of float, optional
        By firm_id, the year up to which events are known; then only what has a date counts.
        Without it, everything up to the latest event.

    Returns
    -------
    DataFrame or None
        Contract FIRM_FACTS, in order of firm_id. A firm with a company or project in the host
        country is there; of the others that is not known. Where a list has events, a firm that
        none names has no recent project and no rival site that the list knows. None where the
        list tells nothing.
    """
    firms = tables.firms.sort_values("firm_id", kind="stable")
    ids = firms["firm_id"].to_numpy(dtype=object)
    home = firms.set_index("firm_id")["country"]
    in_host = pd.Series(np.nan, index=ids)
    if as_of is None:
        members = tables.firm_identities
        there = members[(members["country"] == ground.host).to_numpy(dtype=bool, na_value=False)]
        in_host[in_host.index.isin(there["firm_id"])] = 1.0
    in_host[home.reindex(ids).to_numpy() == ground.host] = np.nan
    events = _list_events(tables, home)
    rivals = recent = pd.Series(np.nan, index=ids)
    if len(events):
        until = events["year"].max() if as_of is None else events["firm_id"].map(as_of)
        dated = events.assign(until=until)
        past = dated[dated["year"] <= dated["until"]]
        fresh = past[past["year"] > past["until"] - RECENT_YEARS]
        recent = _count(fresh["firm_id"], ids)
        here = past[past["country"] == ground.host]
        in_host[in_host.index.isin(here["firm_id"])] = 1.0
        rivals = _count(here.loc[_is_rival(here, ground), "firm_id"], ids)
    if in_host.isna().all() and recent.isna().all():
        return None
    facts = pd.DataFrame(
        {
            "firm_id": ids, "in_host": in_host.to_numpy(), "rival_sites": rivals.to_numpy(),
            "recent_projects": recent.to_numpy(), "parent": None,
        }
    )  # fmt: skip
    return facts[list(FIRM_FACTS.column_names)]


def _list_events(tables: FirmListTables, home: pd.Series) -> pd.DataFrame:
    """Dated events abroad that name a firm of the list."""
    if tables.events is None:
        return pd.DataFrame(columns=["firm_id", "year", "country", "region", "state"])
    events = tables.events
    named = events[events["firm_id"].isin(home.index) & events["year"].notna()]
    abroad = named["country"].ne("") & (named["country"] != named["firm_id"].map(home))
    return named[abroad.to_numpy(dtype=bool)]


def _count(firm_ids: pd.Series, ids: np.ndarray) -> pd.Series:
    return firm_ids.value_counts().reindex(ids, fill_value=0).astype("float64")


def _is_rival(events: pd.DataFrame, ground: Ground) -> np.ndarray:
    """Whether a project in the host country went to a place known to lie outside the region."""
    unknown: frozenset[str] = frozenset()
    found = np.zeros(len(events), dtype=bool)
    for column in ("region", "state"):
        if column in events:
            places = [ground.places.get(str(text).lower(), unknown) for text in events[column]]
            found |= np.array([_is_outside(place, ground) for place in places], dtype=bool)
    return found


def _is_outside(place: frozenset[str], ground: Ground) -> bool:
    """Whether a place is known and no part of it belongs to the region."""
    return bool(place) and not place & ground.own
