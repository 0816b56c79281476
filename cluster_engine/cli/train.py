"""`cluster-engine train`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import (
    models_option,
    mover_options,
    pack_option,
    promotion_options,
    quiet_option,
    region_option,
    seed_option,
)
from cluster_engine.cli.output import show_progress


@click.command()
@region_option
@click.option("--year", type=int, help="Latest year of jobs to use; the pack's default without it.")
@click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Thresholds and weights, TOML; see cluster_engine/settings.toml.",
)  # fmt: skip
@click.option(
    "--similarity", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="A similarity matrix of your own, CSV: four-digit codes in first column and header.",
)  # fmt: skip
@click.option(
    "--names", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Names for clusters and niches, CSV: scope, industry, name.",
)  # fmt: skip
@mover_options
@promotion_options
@seed_option
@pack_option
@models_option
@quiet_option
def train(
    region: str | None,
    year: int | None,
    settings_file: Path | None,
    similarity: Path | None,
    names: Path | None,
    movers: Path | None,
    label_rate: float | None,
    policy: str,
    seed: int,
    pack: str | None,
    models: Path | None,
    quiet: bool,
) -> None:
    """Analyse a region and make the result its champion, if the gates let it pass.

    The same data, settings and seed give the same version; then nothing is done. The gates compare
    it with the present champion; their limits stand in settings.toml under [gates].

    \b
    Examples:
      cluster-engine train --region west-midlands
      cluster-engine train --region wales --settings my_weights.toml
      cluster-engine train --similarity labour_flows.csv --names our_names.csv
      cluster-engine train --movers fdi_markets --label-rate 0.6
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.workflows.train import TrainRequest, train_region

    request = TrainRequest(
        region, pack, year, settings_file, seed, similarity, names,
        policy, movers, label_rate,  # type: ignore[arg-type]
    )  # fmt: skip
    with show_progress(quiet) as progress:
        trained = train_region(request, open_store(models), on_progress=progress)
    facts = trained.model.facts
    state = "trained" if trained.is_new else "was trained before with the same inputs"
    decision = trained.decision
    role = "is kept as challenger" if decision.outcome == "kept" else "is the champion"
    click.echo(
        f"{trained.model.region.name}: model {facts['version']} {state} and {role}: "
        f"{facts['n_clusters']} clusters, {facts['n_niches']} niche clusters, "
        f"stability {facts['stability']:.2f}, yardstick of {facts['n_firms']:,} firms."
    )
    click.echo(f"Mover criteria: {facts['mover']['basis']} weights; {facts['mover']['reason']}.")
    if decision.outcome != "unchanged":
        click.echo(f"{decision.outcome.capitalize()}: {decision.reason}.")
