"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cluster_engine.cli.defaults import add_lists_of_project
from cluster_engine.cli.output_options import Output, output_options, quiet_option

if TYPE_CHECKING:
    from cluster_engine.workflows.rank_request import UserLists

__all__ = [
    "FirmChoice", "Judgement", "Output", "comparison_options", "firm_options", "judgement_options",
    "models_option", "mover_options", "output_options", "pack_option", "promotion_options",
    "quiet_option", "region_option", "seed_option",
]  # fmt: skip

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

region_option: Decorator = click.option(
    "--region", metavar="NAME", help="Host region; the pack's default without it."
)
pack_option: Decorator = click.option(
    "--pack", metavar="NAME|FOLDER", help="Data to use; Great Britain without it."
)
models_option: Decorator = click.option(
    "--models",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where trained models lie; also CLUSTER_ENGINE_MODELS.",
)
seed_option: Decorator = click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
    help="Seed of the clustering when a model is trained.",
)  # fmt: skip


LIST = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class FirmChoice:
    """Which firms: the user's lists, lists to respect, and what else is known about firms."""

    firms: tuple[Path, ...]
    with_pack: bool
    exclude: tuple[Path, ...]
    include: tuple[Path, ...]
    mapping: Path | None
    corrections: Path | None
    facts: Path | None

    def check(self, match_report: Path | None = None, output: Path | None = None) -> None:
        """Refuse options that do not go together, and an output that would replace an input."""
        given = (*self.firms, *self.exclude, *self.include, self.mapping, self.corrections,
                 self.facts)  # fmt: skip
        for path in given:
            for place in (output, match_report):
                if path and place and place.exists() and place.samefile(path):
                    raise click.UsageError(f"{place} is read by this command: name another file.")
        if (self.with_pack or self.mapping or self.corrections) and not self.firms:
            raise click.UsageError("--with-pack, --mapping and --corrections need --firms.")
        if match_report is not None and not self.exclude + self.include:
            raise click.UsageError("--match-report needs --exclude or --include.")

    def as_lists(self) -> UserLists:
        """The same, as the use cases take it."""
        from cluster_engine.workflows.rank_request import UserLists

        return UserLists(*(getattr(self, name) for name in UserLists.__dataclass_fields__))


def firm_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about firms; the command gets them as one ``choice``."""
    names = tuple(FirmChoice.__dataclass_fields__)

    @wraps(function)
    def call(*arguments: Any, **others: Any) -> Any:
        given = add_lists_of_project({name: others.pop(name) for name in names})
        choice = FirmChoice(**given)
        return function(*arguments, choice=choice, **others)

    command: Callable[..., Any] = call
    for option in (
        click.option(
            "--facts", type=LIST, metavar="FILE",
            help="CSV with firm_id, in_host, rival_sites, recent_projects, parent: what you know.",
        ),
        click.option("--corrections", type=LIST, help="Industries of --firms that you set right."),
        click.option("--mapping", type=LIST, help="Which column of --firms holds what (TOML)."),
        click.option(
            "--include", multiple=True, type=LIST, metavar="FILE",
            help="Rank only the firms of this list. May be repeated.",
        ),
        click.option(
            "--exclude", multiple=True, type=LIST, metavar="FILE",
            help="Leave out the firms of this list (clients, do-not-contact). May be repeated.",
        ),
        click.option(
            "--with-pack", is_flag=True, help="Rank the pack's firms together with --firms."
        ),
        click.option(
            "--firms", multiple=True, type=click.Path(path_type=Path),
            metavar="FILE|FOLDER",
            help="Rank your firms in place of the pack's: a list, or an imported one. "
            "May be repeated.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whose weights, and how the draws behind the intervals are made."""

    weights: Path | None
    weight: tuple[str, ...]
    draws: int | None
    seed: int


def judgement_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about weights and draws; the command gets them as one ``judgement``."""
    names = tuple(Judgement.__dataclass_fields__)

    @wraps(function)
    def call(*arguments: Any, **others: Any) -> Any:
        judgement = Judgement(*(others.pop(name) for name in names))
        return function(*arguments, judgement=judgement, **others)

    command: Callable[..., Any] = call
    for option in (
        click.option(
            "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
            help="Seed of the draws behind the intervals of ranks.",
        ),
        click.option(
            "--draws", type=click.IntRange(0, 100_000), metavar="N",
            help="Draws behind the intervals; 500 without it; 0: no intervals.",
        ),
        click.option(
            "--weight", multiple=True, metavar="NAME=NUMBER",
            help="Set the weight of a criterion, e.g. gap=2 (points per standard deviation). "
            "May be repeated.",
        ),
        click.option(
            "--weights", type=LIST, metavar="FILE.toml", help="Set weights by a file: gap = 2"
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def mover_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the list to learn weights from, and what is known of its events."""
    folder = click.option(
        "--movers", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
        help="An imported list whose events name firms: learn from it how much the criteria about "
             "firms count.",
    )  # fmt: skip
    rate = click.option(
        "--label-rate", type=click.FloatRange(0, 1, min_open=True), metavar="SHARE",
        help="Share of the firms that invested abroad whom these events name; a prior without it.",
    )  # fmt: skip
    return folder(rate(function))


def promotion_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --force-promote and --no-promote; the command gets them as one ``policy``."""

    @wraps(function)
    def call(*arguments: Any, force_promote: bool, no_promote: bool, **others: Any) -> Any:
        if force_promote and no_promote:
            raise click.UsageError("Choose one of --force-promote and --no-promote.")
        policy = "force" if force_promote else "never" if no_promote else "gates"
        return function(*arguments, policy=policy, **others)

    command: Callable[..., Any] = call
    for option in (
        click.option("--no-promote", is_flag=True, help="Keep the champion in any case."),
        click.option(
            "--force-promote", is_flag=True, help="Make it champion without asking the gates."
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def comparison_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --year, --base and --threshold."""
    for option in (
        click.option(
            "--threshold", type=click.FloatRange(0, min_open=True), metavar="LQ",
            help="LQ of the probability of specialisation; 1.25 without it.",
        ),
        click.option(
            "--base", multiple=True, metavar="REGION",
            help="Compare with these regions instead of the whole nation; may be repeated.",
        ),
        click.option("--year", type=int, help="Year of the jobs; the pack's default without it."),
    ):  # fmt: skip
        function = option(function)
    return function
