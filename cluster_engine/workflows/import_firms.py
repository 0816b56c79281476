"""Import lists of firms: read, join, roll up, code, and shape as the tables that are ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine import __version__
from cluster_engine.errors import DataError
from cluster_engine.firm_schemas import FIRM_IDENTITIES, FIRM_INDUSTRIES, FIRM_NOTES, FIRMS
from cluster_engine.firms.heads import lift_industries
from cluster_engine.firms.lookups import is_among
from cluster_engine.firms.record_industries import (
    Assigned,
    Corrected,
    Sources,
    apply_corrections,
    assign_industries,
)
from cluster_engine.firms.sensitive_areas import flag_sensitive_areas, note_areas
from cluster_engine.packs.firm_list import FirmListTables, require_free, write_firm_list
from cluster_engine.packs.pack import Pack
from cluster_engine.sources.corrections import read_corrections
from cluster_engine.workflows.firm_homes import find_firm_homes
from cluster_engine.workflows.firm_list_inputs import (
    ImportRequest,
    Lists,
    Setting,
    read_lists,
    read_setting,
)
from cluster_engine.workflows.identify_firms import (
    PACK_LIST,
    Identified,
    identify_firms,
    join_texts,
)
from cluster_engine.workflows.import_report import Parts, write_rows
from cluster_engine.workflows.progress import Progress, be_silent

SIZE_CLASSES = next(column.values for column in FIRMS.columns if column.name == "size_class")
ABROAD = ("patents", "patents_abroad", "trademarks_abroad")


@dataclass(frozen=True, slots=True)
class Imported:
    """An imported list.

    Attributes
    ----------
    tables : FirmListTables
        What is ranked.
    rows : DataFrame
        The quality report: section, item, count, detail.
    provenance : Mapping
        Files with their checksums, pack and version of the engine; JSON-ready.
    """

    tables: FirmListTables
    rows: pd.DataFrame
    provenance: Mapping[str, Any]


def import_firms(request: ImportRequest, *, on_progress: Progress = be_silent) -> Imported:
    """Import one or several lists.

    Parameters
    ----------
    request : ImportRequest
    on_progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Imported
        Nothing has been written yet; see :func:`save_import`.

    Raises
    ------
    DataError
        A list, the mapping or the corrections are faulty; every fault is named.
    LimitError
        A list is beyond the limits.
    SettingsError
        An unknown format or decimal mark.
    """
    setting = read_setting(request.pack)
    corrections = (
        None
        if request.corrections is None
        else read_corrections(request.corrections, setting.tables.classes)
    )
    lists = read_lists(request, on_progress=on_progress)
    found = identify_firms(lists, setting, on_progress=on_progress)
    on_progress("Coding", 0, 1)
    assigned = _assign(found, lists, setting)
    members = found.heads.members
    industries = lift_industries(assigned.industries, members)
    identities = _shape_identities(found)
    corrected = Corrected(industries, frozenset(), ())
    if corrections is not None:
        corrected = apply_corrections(industries, identities.fillna(""), corrections)
    firms = _shape_firms(found, lists, assigned, corrected.industries, setting.pack)
    codes = corrected.industries[is_among(corrected.industries["firm_id"], firms["firm_id"])]
    areas = flag_sensitive_areas(
        found.heads.firms[["firm_id", "description"]], codes, setting.areas
    )
    homes = find_firm_homes(_tell_seats(firms, found), codes, _read_labels(setting.pack))
    notes = [found.heads.notes, note_areas(areas), homes.notes]
    tables = FirmListTables(
        firms,
        codes[list(FIRM_INDUSTRIES.column_names)].reset_index(drop=True),
        pd.concat(notes, ignore_index=True).drop_duplicates()[list(FIRM_NOTES.column_names)],
        identities,
        homes.table,
        _name_investors(lists.events, found),
    )
    on_progress("Coding", 1, 1)
    rows = write_rows(
        Parts(lists, found, assigned, corrected, tables, areas, setting.pack.manifest.host_country)
    )
    provenance = {
        "engine": __version__,
        "pack": setting.pack.manifest.name,
        "inputs": list(lists.files),
    }
    return Imported(tables, rows, provenance)


def save_import(imported: Imported, folder: Path, *, force: bool = False) -> None:
    """Write an import as a folder, at once or not at all.

    Raises
    ------
    SettingsError
        The folder may not be written to; see `packs.firm_list.require_free`.
    """
    require_free(folder, force=force)
    rows = imported.rows.astype(object).where(imported.rows.notna(), None)
    report = {**imported.provenance, "report": rows.to_dict("records")}
    write_firm_list(folder, imported.tables, report)


def _assign(found: Identified, lists: Lists, setting: Setting) -> Assigned:
    try:
        return assign_industries(found.merged.records, _list_sources(setting, found))
    except DataError as fault:
        raise DataError(lists.name_files(fault.problems), hint=fault.hint) from fault


def _list_sources(setting: Setting, found: Identified) -> Sources:
    twins = found.twins
    known = pd.DataFrame(columns=list(FIRM_INDUSTRIES.column_names))
    if len(twins):
        table = setting.pack.read("firm_industries")
        back = pd.DataFrame({"pack_firm": twins.to_numpy(), "own": twins.index.to_numpy()})
        both = table.merge(back, left_on="firm_id", right_on="pack_firm")
        known = both.assign(firm_id=both["own"])[list(FIRM_INDUSTRIES.column_names)]
    return Sources(setting.tables, setting.jobs, setting.coder, known)


def _tell_seats(firms: pd.DataFrame, found: Identified) -> pd.DataFrame:
    """Return firm_id, country, city and postcode, which only the lists tell."""
    postcode = found.heads.firms.set_index("firm_id")["postcode"]
    seats = firms[["firm_id", "country", "city"]]
    return seats.assign(postcode=postcode.reindex(seats["firm_id"]).to_numpy())


def _read_labels(pack: Pack) -> pd.Series[str]:
    """Return the short name of each industry of a pack, by code."""
    return pack.read("industries", columns=("industry", "name")).set_index("industry")["name"]


def _shape_identities(found: Identified) -> pd.DataFrame:
    """One row per entity and head: by these a firm is found again."""
    records = found.merged.records.set_index("firm_id")
    members = found.heads.members
    own = records.reindex(members["member_id"]).reset_index(drop=True)
    named = own.assign(
        firm_id=members["firm_id"].to_numpy(),
        pack_firm=found.twins.reindex(members["member_id"]).to_numpy(),
    )
    heads = found.heads.firms.assign(pack_firm=None)
    outside = heads[heads["firm_id"].str.startswith("group-")]
    columns = list(FIRM_IDENTITIES.column_names)
    both = pd.concat([part[columns] for part in (named, outside) if len(part)] or [named[columns]],
                     ignore_index=True)  # fmt: skip
    filled = {name: both[name].replace("", None) for name in columns[2:]}
    return both.assign(**filled)


def _shape_firms(
    found: Identified, lists: Lists, assigned: Assigned, industries: pd.DataFrame, pack: Pack
) -> pd.DataFrame:
    heads = found.heads.firms
    by_member = found.heads.members
    holding = by_member.loc[is_among(by_member["member_id"], assigned.holding), "firm_id"]
    status = np.where(
        is_among(heads["firm_id"], industries["firm_id"]), "rankable",
        np.where(is_among(heads["firm_id"], holding), "holding code", "no code"),
    )  # fmt: skip
    size = heads["size_class"].str.lower()
    table = heads.assign(
        firm_name=heads["name"],
        source=_join_lists(found, lists).to_numpy(),
        status=status,
        year=heads["year"].round().astype("Int64"),
        size_class=size.where(size.isin(SIZE_CLASSES), None),
        **{name: heads[name].replace("", None) for name in ("city", "website")},
        **_find_abroad(found, pack),
    )
    return table[list(FIRMS.column_names)].sort_values("firm_id", ignore_index=True)


def _join_lists(found: Identified, lists: Lists) -> pd.Series[str]:
    """Names of the lists each firm stands in."""
    name = lists.origins.set_index("record_id")["list"].astype("str")
    members = found.merged.members.merge(
        found.heads.members.rename(columns={"firm_id": "head"}), left_on="firm_id",
        right_on="member_id",
    )[["record_id", "head"]]  # fmt: skip
    told = members.assign(list=name.reindex(members["record_id"]).fillna(PACK_LIST).to_numpy())
    told = told[["head", "list"]].drop_duplicates().sort_values(["head", "list"])
    return join_texts(told, "head", "list", "+").reindex(found.heads.firms["firm_id"])


def _find_abroad(found: Identified, pack: Pack) -> dict[str, pd.Series[float]]:
    """Patents and trade marks, which only the pack tells."""
    ids = found.heads.firms["firm_id"]
    twin = found.twins.reindex(ids)
    if not twin.notna().any():
        return {name: pd.Series(np.nan, index=ids.index) for name in ABROAD}
    table = pack.read("firms", columns=("firm_id", *ABROAD)).set_index("firm_id")
    own = table.reindex(twin.to_numpy())
    return {name: own[name].astype("float64").set_axis(ids.index) for name in ABROAD}


def _name_investors(events: pd.DataFrame | None, found: Identified) -> pd.DataFrame | None:
    """Give every event the firm it belongs to; '' where that firm was left out."""
    if events is None:
        return None
    member = found.merged.members.set_index("record_id")["firm_id"]
    head = found.heads.members.set_index("member_id")["firm_id"]
    firm = head.reindex(member.reindex(events["record_id"]).to_numpy()).fillna("").to_numpy()
    return events.assign(firm_id=firm)
