"""Learn how much the mover criteria count from an imported list whose events name firms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.packs.firm_list import FirmListTables, is_firm_list, read_firm_list_folder
from cluster_engine.packs.pack import Pack
from cluster_engine.results import Model
from cluster_engine.settings import Settings
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.mover import MOVER_CRITERIA, learn_mover
from cluster_engine.targeting.mover_weights import PRIOR, MoverWeights
from cluster_engine.targeting.reference import standardise
from cluster_engine.targeting.unknown import fill_unknown
from cluster_engine.workflows.known_presence import derive_presence, read_ground
from cluster_engine.workflows.national import hash_frame


@dataclass(frozen=True, slots=True)
class Movers:
    """Firms and the events that name them.

    Attributes
    ----------
    tables : FirmListTables
        With events.
    digest : str
        Of what is learned from.
    """

    tables: FirmListTables
    digest: str


def read_movers(folder: Path) -> Movers:
    """Read the list to learn from.

    Parameters
    ----------
    folder : Path
        As `data import firms` writes it, from a list of projects such as fDi Markets.

    Raises
    ------
    SettingsError
        It is no imported list, or one without events.
    """
    if not is_firm_list(folder):
        raise SettingsError(
            f"{folder} is no imported list.",
            hint="Make one: cluster-engine data import firms FILE --output FOLDER",
        )
    tables = read_firm_list_folder(folder)
    if tables.events is None or not tables.events["firm_id"].ne("").any():
        raise SettingsError(
            f"The list {folder} holds no events that name firms: nothing can be learned from it.",
            hint="Import a list of projects (fDi Markets) together with the firms' figures.",
        )
    parts = [hash_frame(table) for table in (tables.firms, tables.firm_industries, tables.events)]
    return Movers(tables, "-".join(part[:16] for part in parts))


def set_label_rate(settings: Settings, label_rate: float | None) -> Settings:
    """Put what the user knows of the events in the place of the prior."""
    if label_rate is None:
        return settings
    return replace(settings, mover=replace(settings.mover, label_rate=label_rate))


def learn_weights(
    movers: Movers | None, model: Model, pack: Pack, settings: Settings
) -> MoverWeights:
    """Learn from events later than the firms' figures; priors where there is nothing to learn.

    Parameters
    ----------
    movers : Movers or None
    model : Model
        With sectors and yardstick: firms have the values that ranking gives them.
    pack : Pack
    settings : Settings

    Returns
    -------
    MoverWeights
        An event up to the year of a firm's own figures counts as presence, a later one as the
        outcome. Firms without a year of their figures are not learned from.
    """
    if movers is None:
        return PRIOR
    tables = movers.tables
    as_of = tables.firms.set_index("firm_id")["year"].astype("float64").dropna()
    dated = tables.firms["firm_id"].isin(as_of.index)
    known = replace(tables, firms=tables.firms[dated.to_numpy()])
    facts = derive_presence(known, read_ground(pack, model.region), as_of=as_of)
    features = build_features(
        FirmTables(known.firms, tables.firm_industries, tables.firm_homes, facts),
        model.sectors,
        largest_sales_per_employee=settings.scoring.largest_sales_per_employee,
    )
    if features.firms.empty:
        return replace(PRIOR, reason="no firm of the list has both an industry and dated figures")
    filled, _ = fill_unknown(features, model.reference)
    values = standardise(filled, features.trust, model.reference, settings.scoring)
    ids = features.firms["firm_id"]
    return learn_mover(
        {name: values[name] for name in MOVER_CRITERIA},
        ids.isin(_name_later(tables.events, as_of)).to_numpy(dtype=bool),
        settings.scoring.weights,
        settings.mover,
    )


def _name_later(events: pd.DataFrame | None, as_of: pd.Series) -> set[str]:
    """Firms with an event after the year of their figures."""
    if events is None:
        return set()
    later = events["year"] > events["firm_id"].map(as_of)
    return set(events.loc[later.to_numpy(dtype=bool), "firm_id"])
