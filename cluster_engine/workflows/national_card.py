"""The report card of the clusters of the nation, in Markdown: every score, also where it loses."""

from __future__ import annotations

import pandas as pd

from cluster_engine.clustering.marking import IN_SAMPLE, SAME_FIGURES
from cluster_engine.clustering.selection import (
    CONSENSUS,
    SCORES,
    average_folds,
)
from cluster_engine.results import NationalModel
from cluster_engine.workflows.national_scores import call_method, find_held_out, select_held_out

HEADERS = ("VS-Cluster", "VS-Industry", "VS-Cluster 95", "VS-Industry 95")


def write_national_card(model: NationalModel) -> str:
    """Write the card.

    Parameters
    ----------
    model : NationalModel
        Finished clusters.

    Returns
    -------
    str
        Markdown; the same model gives the same text.
    """
    facts = model.facts
    lines = [
        f"# Clusters of the nation: {facts['version']}",
        "",
        f"{facts['n_clustered']} traded sectors in {facts['n_clusters']} clusters; the largest "
        f"holds {facts['largest_share']:.1%} of the sectors. Cut at {facts['number']} before "
        "clusters of fewer than "
        f"{facts['inputs']['settings']['clusters']['smallest']} sectors were joined.",
        "",
        *_write_held_out(model),
        *_write_in_sample(model),
        *_write_chance(model),
        *_write_stability(model),
        *_write_moves(model),
    ]
    return "\n".join(lines)


def _write_held_out(model: NationalModel) -> list[str]:
    if select_held_out(model).empty:
        return ["Not marked on figures left out: there is one matrix only.", ""]
    shown = find_held_out(model)
    folds = average_folds(select_held_out(model))
    by_family = folds.assign(vs=(folds["vs_cluster"] + folds["vs_industry"]) / 2.0)
    own = by_family[
        (by_family["method"] == CONSENSUS) & (by_family["number"] == model.facts["number"])
    ].set_index("held_out")
    levels = [name for name in shown["method"] if (shown.set_index("method")["number"][name]) == 0]
    lines = [
        "## Marked on figures left out",
        "",
        "Clusters are built without a family of figures and marked on it; the mean over families. "
        "VS-Cluster (VS-Industry) is the share of clusters (sectors) more related inside than to "
        "the mean of the other clusters, '95' to their 95th percentile. A cluster of one sector "
        "fails. For single methods the best of all numbers of clusters is shown, which flatters "
        "them.",
        "",
        "| clusters | cut | VS | " + " | ".join(HEADERS) + " |",
        "|---|---:|---:|" + "---:|" * len(HEADERS),
        *(
            f"| {call_method(row['method'])} | {row['number']:g} | {row['vs']:.3f} | "
            + " | ".join(f"{row[name]:.3f}" for name in SCORES)
            + " |"
            for row in shown.to_dict("records")
        ),
        "",
        "| left out | " + " | ".join([call_method(CONSENSUS), *levels]) + " |",
        "|---|" + "---:|" * (1 + len(levels)),
    ]
    losses = []
    for family in own.index:
        rivals = by_family[by_family["held_out"] == family].set_index("method")["vs"]
        figures = [float(own.loc[family, "vs"]), *(float(rivals[level]) for level in levels)]
        lines.append(f"| {family} | " + " | ".join(f"{value:.3f}" for value in figures) + " |")
        losses += [
            f"On {family} left out, the {level} score higher ({value:.3f} against "
            f"{figures[0]:.3f})."
            for level, value in zip(levels, figures[1:], strict=True)
            if value > figures[0]
        ]
    return [*lines, "", *_list_losses(shown, losses), ""]


def _list_losses(shown: pd.DataFrame, losses: list[str]) -> list[str]:
    own = shown[shown["method"] == CONSENSUS].iloc[0]
    better = shown[(shown["score"] > own["score"]) & (shown["method"] != CONSENSUS)]
    losses = losses + [
        f"By the mean of the four scores, {row['method']} at {row['number']:g} scores higher "
        f"({row['score']:.3f} against {own['score']:.3f})."
        for row in better.to_dict("records")
    ]
    if not losses:
        return ["No official group and no single method scores higher."]
    return ["**Where the chosen clusters lose:**", "", *(f"- {text}" for text in losses)]


def _write_in_sample(model: NationalModel) -> list[str]:
    shown = model.scores[model.scores["held_out"].isin([IN_SAMPLE, SAME_FIGURES])]
    return [
        "## Marked on the figures they were built on",
        "",
        "| matrix | part in the clusters | clusters | n | singletons | "
        + " | ".join(HEADERS) + " |",
        "|---|---|---|---:|---:|" + "---:|" * len(HEADERS),
        *(
            f"| {row['matrix']} | {row['held_out']} | {row['method']} | {row['n_clusters']} | "
            f"{row['singletons']} | " + " | ".join(f"{row[name]:.3f}" for name in SCORES) + " |"
            for row in shown.to_dict("records")
        ),
        "",
    ]  # fmt: skip


def _write_chance(model: NationalModel) -> list[str]:
    return [
        "## Against chance",
        "",
        "Validation scores of clusters built without the figures named, and modularity, beside "
        "those of the same labels dealt out at random; for 'best communities' the similarities are "
        "dealt anew and searched again.",
        "",
        "| measure | on | reached | chance: mean | chance: 99 % | draws below | draws |",
        "|---|---|---:|---:|---:|---:|---:|",
        *(
            f"| {row['measure']} | {row['what']} | {row['score']:.3f} | {row['mean']:.3f} | "
            f"{row['p99']:.3f} | {row['share_below']:.1%} | {row['n_draws']} |"
            for row in model.chance.to_dict("records")
        ),
        "",
    ]


def _write_stability(model: NationalModel) -> list[str]:
    facts, settings = model.facts, model.facts["inputs"]["settings"]["clusters"]
    loose = model.clusters[~model.clusters["is_stable"]]
    bridges = model.sectors[model.sectors["bridges"]]
    names = model.clusters.set_index("cluster")["name"]
    lines = [
        "## Stability",
        "",
        f"Mean adjusted Rand index {facts['stability']:.3f} over {settings['resamples']} resamples "
        "of areas and years, each compared with the consensus of all others (1 = the same every "
        "time, 0 = chance).",
        "",
    ]
    if len(loose):
        lines += [
            f"Not stable (mean best overlap below {settings['stable_overlap']:g} with the clusters "
            "of resamples; read these as a neighbourhood, not as a border):",
            "",
            *(
                f"- {row['name']} ({row['n_sectors']} sectors, overlap {row['overlap']:.2f})"
                for row in loose.to_dict("records")
            ),
        ]
    else:
        lines.append("Every cluster is found again in the resamples.")
    lines += ["", f"{len(bridges)} sectors bridge two clusters; the strongest:", ""]
    share = bridges["second_membership"] / bridges["membership"]
    strongest = bridges.assign(share=share).sort_values(
        ["share", "industry"], ascending=[False, True]
    )
    lines += [
        f"- {row['industry']} {row['name']}: {names[row['cluster']]} ({row['membership']:.2f}) and "
        f"{names[row['second_cluster']]} ({row['second_membership']:.2f})"
        for row in strongest.head(12).to_dict("records")
    ]
    return [*lines, ""]


def _write_moves(model: NationalModel) -> list[str]:
    names = model.clusters.set_index("cluster")["name"].to_dict()
    titles = model.sectors.set_index("industry")["name"]
    lines = [
        "## Sectors moved by rule",
        "",
        *(
            f"- {row['industry']} {titles[row['industry']]}: {row['rule']}; to "
            f"{names[row['target']]}"
            + (f" from {names[row['origin']]}" if row["origin"] in names else "")
            for row in model.moves.to_dict("records")
        ),
        "",
    ]
    changes = model.facts["changes"]
    if model.facts["follows"]:
        kept = sum(1 for c in changes if c["old"] is not None and c["new"] is not None)
        new = [names[c["new"]] for c in changes if c["old"] is None]
        gone = sum(1 for c in changes if c["new"] is None)
        lines += [
            "## Against the clusters before",
            "",
            f"Follows {model.facts['follows']}: {kept} clusters kept their identity, "
            f"{len(new)} are new{': ' + '; '.join(new) if new else ''}, {gone} are gone.",
            "",
        ]
    return lines
