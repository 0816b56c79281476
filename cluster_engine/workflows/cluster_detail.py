"""All that is known about one cluster: a niche of the region, or a cluster of the nation."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cluster_engine.errors import SettingsError
from cluster_engine.packs.choices import make_slug, refuse_unknown
from cluster_engine.results import Model, NationalModel

N_LINKS = 5
"""Linked clusters shown."""


def describe_cluster(model: Model, nation: NationalModel, asked: str) -> pd.DataFrame:
    """Describe a cluster.

    Parameters
    ----------
    model : Model
        Of the region.
    nation : NationalModel
        The clusters of the nation behind it.
    asked : str
        Name of a niche or a cluster of the nation, or a part of it that fits one only; niches go
        first.

    Returns
    -------
    DataFrame
        about, fact: one row per fact.

    Raises
    ------
    SettingsError
        Nothing fits, or more than one.
    """
    niches = {make_slug(name): str(name) for name in model.niches["name"]}
    clusters = {make_slug(name): str(name) for name in model.clusters["name"]}
    wanted = make_slug(asked)
    for known, describe in ((niches, _describe_niche), (clusters, _describe_national)):
        hits = [slug for slug in known if wanted and wanted in slug]
        if wanted in known:
            hits = [wanted]
        if len(hits) > 1:
            raise SettingsError(
                f"'{asked}' fits {len(hits)} clusters.", hint="Choose one: " + ", ".join(hits) + "."
            )
        if hits:
            return pd.DataFrame(describe(model, nation, known[hits[0]]), columns=["about", "fact"])
    raise refuse_unknown("cluster", asked, {**niches, **clusters})


def _take_row(table: pd.DataFrame, name: str) -> dict[str, Any]:
    """Row of the cluster of that name; names differ within a table."""
    rows: list[dict[str, Any]] = table[table["name"] == name].to_dict("records")  # type: ignore[assignment]
    return rows[0]


def _describe_niche(model: Model, nation: NationalModel, name: str) -> list[tuple[str, str]]:
    row = _take_row(model.niches, name)
    year = model.facts["year"]
    stars = [word for word in ("size", "specialisation", "focus", "growth") if row[f"star_{word}"]]
    facts = [
        ("niche cluster", f"{name}, in {model.region.name}"),
        ("jobs", f"{row['jobs']:,.0f} of {row['national_jobs']:,.0f} in the nation "
                 f"({row['national_share']:.1%}), {year}"),
        ("location quotient", f"{row['lq']:.2f}, 90 % interval {row['lq_low']:.2f} to "
                              f"{row['lq_high']:.2f}; P(specialised) {row['p_specialised']:.3f}"),
        ("rarity", f"{row['areas_with_it']:.0f} other areas above the threshold; "
                   f"{row['rivals_share']:.1%} of all others have as large a share"),
        ("stars", f"{row['stars']:.0f} of 4" + (f": {', '.join(stars)}" if stars else "")),
        ("growth", f"{row['growth']:+.1%} a year; {row['change']:+,.0f} jobs since the first year: "
                   f"{row['change_national']:+,.0f} national growth, {row['change_mix']:+,.0f} "
                   f"sector mix, {row['change_regional']:+,.0f} the region itself"),
        ("relatedness density", f"{row['density']:.2f} of what is related is here"),
        ("knowledge-intensive", f"{row['knowledge_share']:.0%} of its jobs, by Eurostat class"),
        *_list_value(row),
        ("where", str(row["areas"])),
        *(("sector", sector) for sector in str(row["sectors"]).split("; ")),
    ]  # fmt: skip
    return [*facts, *_describe_national(model, nation, str(row["cluster_name"]))]


def _list_value(row: dict[str, Any]) -> list[tuple[str, str]]:
    if pd.isna(row["value_per_job"]):
        return [("value added per job", "not known, or too far from the nation's to be trusted")]
    return [
        ("value added per job", f"£{row['value_per_job']:,.0f}k, nation "
         f"£{row['value_per_job_national']:,.0f}k (of its two-digit industries, modelled)")
    ]  # fmt: skip


def _describe_national(model: Model, nation: NationalModel, name: str) -> list[tuple[str, str]]:
    row = _take_row(nation.clusters, name)
    here = _take_row(model.clusters, name)
    number = int(row["cluster"])
    standing = "stable" if row["is_stable"] else "NOT stable: a neighbourhood, not a border"
    facts = [
        ("cluster of the nation", f"{name}: {row['description']}"),
        ("the region in it", f"{here['jobs']:,.0f} jobs, LQ {here['lq']:.2f}"),
        ("stability", f"overlap {row['overlap']:.2f} with resamples ({standing}); mean membership "
                      f"{row['membership']:.2f}"),
        ("relatedness", f"{row['within']:.2f} inside, {row['between']:.2f} to all others "
                        "(ranks, 0 to 1)"),
    ]  # fmt: skip
    return [*facts, *_list_links(nation, number), *_list_bridges(nation, number)]


def _list_links(nation: NationalModel, number: int) -> list[tuple[str, str]]:
    links = nation.links[(nation.links["first"] == number) | (nation.links["second"] == number)]
    nearest = links.sort_values(["similarity", "first"], ascending=[False, True]).head(N_LINKS)
    names = nation.clusters.set_index("cluster")["name"]
    found = []
    for row in nearest.to_dict("records"):
        is_first = row["first"] == number
        other = row["second"] if is_first else row["first"]
        sells, buys = (
            (row["sales"], row["purchases"]) if is_first else (row["purchases"], row["sales"])
        )
        found.append(
            ("linked to", f"{names[other]}: relatedness {row['similarity']:.2f}; sells it "
             f"£{sells:,.0f}m and buys £{buys:,.0f}m of it (modelled)")
        )  # fmt: skip
    return found


def _list_bridges(nation: NationalModel, number: int) -> list[tuple[str, str]]:
    names = nation.clusters.set_index("cluster")["name"]
    bridges = nation.sectors[nation.sectors["bridges"]]
    near = bridges[(bridges["cluster"] == number) | (bridges["second_cluster"] == number)]
    return [
        ("bridging sector", f"{row['industry']} {row['name']}: {names[row['cluster']]} "
         f"({row['membership']:.2f}) and {names[row['second_cluster']]} "
         f"({row['second_membership']:.2f})")
        for row in near.sort_values("industry").to_dict("records")
    ]  # fmt: skip
