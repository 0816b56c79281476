"""The card of a model: what a person should know before trusting it, in Markdown."""

from __future__ import annotations

from cluster_engine.results import Model

TOP_NICHES = 12


def write_card(model: Model) -> str:
    """Write the card of a model.

    Parameters
    ----------
    model : Model
        A finished model.

    Returns
    -------
    str
        Markdown; the same model gives the same text.
    """
    facts, settings = model.facts, model.facts["inputs"]["settings"]
    weights = settings["scoring"]["weights"]
    lines = [
        f"# {model.region.name}: model {facts['version']}",
        "",
        f"Employment of {facts['year']}: {facts['jobs']:,.0f} jobs of "
        f"{facts['national_jobs']:,.0f} in the base "
        f"({facts['jobs'] / facts['national_jobs']:.1%}); "
        f"{facts['n_missing']} figures not published and taken as 0.",
        "",
        "## Clusters",
        "",
        f"{facts['n_clustered']} of {facts['n_sectors']} four-digit sectors are traded and large "
        f"enough to cluster; {facts['n_clusters']} clusters of the nation; "
        f"{facts['n_niches']} niche clusters of the region.",
        f"Stability: mean adjusted Rand index {facts['stability']:.2f} over "
        f"{settings['clusters']['resamples']} bootstrap resamples of areas (1 = the same every "
        "time, 0 = chance).",
        "",
        "| niche cluster | jobs | LQ | share of national jobs |",
        "|---|---:|---:|---:|",
        *(
            f"| {niche.name_} | {niche.jobs:,.0f} | {niche.lq:.2f} | {niche.national_share:.1%} |"
            for niche in model.niches.rename(columns={"name": "name_"})
            .head(TOP_NICHES)
            .itertuples()
        ),
        "",
        "## Score",
        "",
        f"Weights are priors, not learned from outcomes. Yardstick: {facts['n_firms']:,} firms of "
        "the pack.",
        "",
        "| criterion | points per standard deviation |",
        "|---|---:|",
        *(f"| {name} | {weight:g} |" for name, weight in weights.items()),
        "",
        "## Sources",
        "",
        *(
            f"- {source['title']}, {source['vintage']} ({source['licence']})"
            for source in facts["sources"]
        ),
        "",
    ]
    return "\n".join(lines)
