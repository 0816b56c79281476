"""The firms that are ranked when a user brings lists: whose, without whom, only whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.firm_records import NUMBER_COLUMNS, TEXT_COLUMNS
from cluster_engine.firm_schemas import FIRM_HOMES
from cluster_engine.packs.firm_list import FirmListTables, is_firm_list, read_firm_list_folder
from cluster_engine.packs.pack import Pack
from cluster_engine.results import Market, Region
from cluster_engine.workflows.firm_list_inputs import ImportRequest
from cluster_engine.workflows.identify_firms import FROM_PACK, make_records
from cluster_engine.workflows.import_firms import import_firms
from cluster_engine.workflows.known_presence import derive_presence, read_ground
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.rank_request import UserLists
from cluster_engine.workflows.wanted_lists import Matches, match_lists

ENTITY_FACTS = ("name", "country", "city", "website", "lei", "bvd_id", "isin", "registry_number")


@dataclass(frozen=True, slots=True)
class Universe:
    """Firms of one market to rank.

    Attributes
    ----------
    firms, firm_industries, firm_notes, firm_homes : DataFrame
        Contracts of these names.
    firm_facts : DataFrame or None
        Where the firms are already, as far as the lists and the pack tell.
    matches : tuple of Matches
        What each list to respect found.
    sentence : str
        What the user's own lists hold; '' without them.
    leis : mapping of str to str
        Legal entity identifiers that the lists give, by firm_id.
    """

    firms: pd.DataFrame
    firm_industries: pd.DataFrame
    firm_notes: pd.DataFrame
    firm_homes: pd.DataFrame
    firm_facts: pd.DataFrame | None
    matches: tuple[Matches, ...]
    sentence: str = ""
    leis: Mapping[str, str] = field(default_factory=dict)


def choose_firms(
    choice: UserLists,
    pack: Pack,
    market: Market,
    region: Region,
    *,
    on_progress: Progress = be_silent,
) -> Universe:
    """Put together the firms of a market that are to be ranked.

    Parameters
    ----------
    choice : UserLists
    pack : Pack
    market : Market
    region : Region
        Tells what is a rival's site.

    Raises
    ------
    SettingsError
        Options that do not go together.
    DataError
        A list is faulty.
    """
    if choice.with_pack and not choice.firms:
        raise SettingsError("--with-pack needs a list.", hint="Add --firms FILE or FOLDER.")
    lists = _open_lists(choice, pack, on_progress)
    firms, told, entities = _gather(choice, pack, lists, market)
    kept, matches = _respect(choice, market, firms, entities)
    ids = set(kept["firm_id"])
    industries, notes, homes = (
        table[table["firm_id"].isin(ids)].reset_index(drop=True) for table in told
    )
    return Universe(
        kept.reset_index(drop=True),
        industries,
        notes,
        homes,
        _gather_facts(choice, pack, lists, region),
        matches,
        _tell(lists, market),
        _list_leis(entities),
    )


def _list_leis(entities: pd.DataFrame) -> dict[str, str]:
    known = entities[entities["lei"] != ""].drop_duplicates("firm_id")
    return dict(zip(known["firm_id"].astype(str), known["lei"].astype(str), strict=True))


def _gather_facts(
    choice: UserLists, pack: Pack, lists: list[FirmListTables], region: Region
) -> pd.DataFrame | None:
    """What the lists tell of presence, and the pack of its own firms."""
    ground = read_ground(pack, region)
    found = [derive_presence(tables, ground) for tables in lists]
    if (not lists or choice.with_pack) and pack.has("firm_facts"):
        found.append(pack.read("firm_facts"))
    known = [facts for facts in found if facts is not None]
    if not known:
        return None
    return pd.concat(known, ignore_index=True).drop_duplicates("firm_id")


def _tell(lists: list[FirmListTables], market: Market) -> str:
    if not lists:
        return ""
    firms = pd.concat([table.firms for table in lists])
    here = firms[firms["country"].isin(market.countries)]
    usable = int((here["status"] == "rankable").sum())
    return (
        f"Your lists hold {len(firms):,} firms, {len(here):,} of them from {market.name}, "
        f"{usable:,} with an industry."
    )


def read_pack_notes(pack: Pack) -> pd.DataFrame:
    """Return the notes of the pack's firms; none where the pack has none."""
    if not pack.has("firm_notes"):
        return pd.DataFrame(columns=["firm_id", "kind", "note"])
    return pack.read("firm_notes")


def read_pack_homes(pack: Pack) -> pd.DataFrame:
    """Return the home regions of the pack's firms; none where the pack has none."""
    if not pack.has("firm_homes"):
        return pd.DataFrame(columns=list(FIRM_HOMES.column_names))
    return pack.read("firm_homes")


def _open_lists(choice: UserLists, pack: Pack, on_progress: Progress) -> list[FirmListTables]:
    """Read imported lists, and import the others, all together."""
    for path in choice.firms:
        if not path.exists() and not is_firm_list(path):
            raise SettingsError(f"There is no file or folder {path}.", hint="Check --firms.")
    folders = [path for path in choice.firms if path.is_dir()]
    for path in folders:
        if not is_firm_list(path):
            raise SettingsError(
                f"{path} is no imported list.",
                hint="Make one: cluster-engine data import firms FILE --output FOLDER",
            )
    tables = [read_firm_list_folder(path) for path in folders]
    files = tuple(path for path in choice.firms if not path.is_dir())
    if files:
        request = ImportRequest(
            files, mapping=choice.mapping, corrections=choice.corrections, pack=str(pack.folder)
        )
        tables.append(import_firms(request, on_progress=on_progress).tables)
    return tables


def _gather(
    choice: UserLists, pack: Pack, lists: list[FirmListTables], market: Market
) -> tuple[pd.DataFrame, tuple[pd.DataFrame, ...], pd.DataFrame]:
    """Return firms; industries, notes, homes; and entities (firm records with firm_id)."""
    firms = [table.firms for table in lists]
    industries = [table.firm_industries for table in lists]
    notes = [table.firm_notes for table in lists]
    homes = [table.firm_homes for table in lists]
    entities = [_list_entities(table.firm_identities) for table in lists]
    if not lists or choice.with_pack:
        own = pack.read("firms")
        own = own[own["country"].isin(market.countries)]
        known = {firm for table in lists for firm in table.firm_identities["pack_firm"].dropna()}
        own = own[~own["firm_id"].isin(known)]
        firms.append(own)
        industries.append(pack.read("firm_industries"))
        notes.append(read_pack_notes(pack))
        homes.append(read_pack_homes(pack))
        entities.append(make_records(own[["firm_id", *FROM_PACK]]).assign(
            firm_id=own["firm_id"].to_numpy()))  # fmt: skip
    every = pd.concat([part for part in firms if len(part)] or firms[:1], ignore_index=True)
    every = every[every["country"].isin(market.countries)].drop_duplicates("firm_id")
    codes, told, home, known_by = (
        pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        for parts in (industries, notes, homes, entities)
    )
    codes = codes.drop_duplicates(["firm_id", "industry"])
    home = home.drop_duplicates("firm_id")
    here = known_by["firm_id"].isin(set(every["firm_id"]))
    return every, (codes, told, home), known_by[here]


def _list_entities(identities: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, object] = dict.fromkeys(TEXT_COLUMNS, "")
    columns |= dict.fromkeys(NUMBER_COLUMNS, np.nan)
    facts = {name: identities[name].fillna("").astype("str") for name in ENTITY_FACTS}
    table = pd.DataFrame(columns, index=identities.index).assign(**facts)
    ids = "entity:" + pd.Series(range(len(table)), index=table.index).astype("str")
    kinds = dict.fromkeys(TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
    typed = table.assign(record_id=ids).astype(kinds)
    return typed.assign(firm_id=identities["firm_id"].to_numpy()).reset_index(drop=True)


def _respect(
    choice: UserLists, market: Market, firms: pd.DataFrame, entities: pd.DataFrame
) -> tuple[pd.DataFrame, tuple[Matches, ...]]:
    kept, found = firms, []
    if choice.include:
        matches = match_lists(choice.include, entities, firms, market, action="kept")
        wanted = {firm for one in matches for firm in one.firms}
        kept = kept[kept["firm_id"].isin(wanted)]
        found += matches
    if choice.exclude:
        matches = match_lists(choice.exclude, entities, firms, market, action="left out")
        barred = {firm for one in matches for firm in one.firms}
        kept = kept[~kept["firm_id"].isin(barred)]
        found += matches
    return kept, tuple(found)
