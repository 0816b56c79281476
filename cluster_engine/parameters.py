"""Sections of the settings: what each holds. Units and references stand in settings.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concentration:
    """When a sector counts as specialised, and how far small cells are shrunk."""

    specialised_lq: float
    prior_strength: float
    default_plant_size: float


@dataclass(frozen=True, slots=True)
class Relatedness:
    """How the similarity of two sectors is put together."""

    years: int
    minimum_jobs: float
    weights: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Clusters:
    """How traded sectors are clustered."""

    traded_gini: float
    local_sectors: tuple[str, ...]
    traded_sectors: tuple[str, ...]
    methods: tuple[str, ...]
    neighbours: int
    resolutions: tuple[float, ...]
    restarts: int
    numbers: tuple[int, ...]
    maximum_share: float
    smallest: int
    outlier_margin: float
    resamples: int
    subsample: float
    stable_overlap: float
    bridging_share: float
    permutations: int
    split_halves: int


@dataclass(frozen=True, slots=True)
class Niches:
    """What makes a tight group of sectors a niche cluster of a region."""

    tightness: float
    split_level: float
    split_probability: float
    minimum_probability: float
    minimum_jobs_share: float
    maximum_rivals_share: float
    support_sectors: tuple[str, ...]
    full_strength_lq: float
    full_strength_jobs_share: float


@dataclass(frozen=True, slots=True)
class Stars:
    """When a cluster of a region has a star."""

    specialisation_lq: float
    top_share: float


@dataclass(frozen=True, slots=True)
class Place:
    """How firmly the learned curves of where sectors grow are held, and from what on."""

    ridge: float
    smooth: float
    minimum_areas: int


@dataclass(frozen=True, slots=True)
class Regional:
    """How national input coefficients are brought down to the region, and gaps read."""

    delta: float
    resource_sectors: tuple[str, ...]
    traded_share: float


@dataclass(frozen=True, slots=True)
class Scoring:
    """The additive score: base, limit and points per standard deviation."""

    base: float
    limit: float
    criterion_limit: float
    weights: Mapping[str, float]
    knowledge_classes: Mapping[str, float]
    typical_employees: Mapping[str, float]
    rd_intensity_quantile: float
    largest_sales_per_employee: float
    prior_mean: Mapping[str, float]
    prior_sd: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Mover:
    """How weights of the mover criteria are learned from events that name firms."""

    fewest_named: int
    label_rate: float
    ridge: float


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """What is drawn to say how sure a rank is, and how widely."""

    draws: int
    level: float
    weight_sd: float
    link_sd: float
    productivity_sd: float
    size_sd: float
    tie_probability: float


@dataclass(frozen=True, slots=True)
class Value:
    """What a first project is expected to bring."""

    first_project_jobs: float
    plant_elasticity: float
    size_elasticity: float
    smallest_jobs: float
    largest_jobs: float
    log_sd: float


@dataclass(frozen=True, slots=True)
class Gates:
    """What a challenger must keep to become champion by itself."""

    maximum_jobs_change: float
    maximum_firms_loss: float
    stability_loss: float
    score_loss: float
    top_firms: int
    minimum_overlap: float
    minimum_rank_correlation: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How thoroughly a version is judged when it is made."""

    draws: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What a version keeps of the distributions it was made from."""

    bins: int
    smallest_bin: int


@dataclass(frozen=True, slots=True)
class Drift:
    """From what on a difference from the champion's figures is told."""

    psi_watch: float
    psi_act: float
    psi_chance: float
    moved_watch: float
    moved_act: float
    division_watch: float
    division_act: float
    division_floor: float
    unknown_watch: float
    unknown_act: float
    suppressed_watch: float
    suppressed_act: float
    coverage_watch: float
    coverage_act: float


@dataclass(frozen=True, slots=True)
class Page:
    """What the local web page allows, keeps and warns of."""

    upload_bytes: int
    form_bytes: int
    import_memory_bytes: int
    import_seconds: int
    uploads_kept: int
    name_chars: int
    note_chars: int
    rows: int
    rows_most: int
    markets_cached: int
    rankings_cached: int
    draws_cached_bytes: int
    draws_waiting: int
    draws_wait_seconds: float
    threads: int
    workers: int
    interval_firms: int
    weight_largest: float
    weight_step: float
    figures_old_years: int


@dataclass(frozen=True, slots=True)
class Programme:
    """What an approach is expected to bring and to cost, and what a programme may do."""

    success_rate: float
    success_score: float
    success_lift: float
    highest_success_rate: float
    success_rate_sd: float
    success_lift_sd: float
    years_counted: float
    budget: float
    officer_days: float
    meetings: int
    meetings_per_day: float
    visits: int
    preparation_days: float
    far_km: float
    fare: float
    fare_per_km: float
    day_cost: float
    firm_cost: float
    interpreter_day: float
    minimum_firms: int
    maximum_firms: int
    largest_cluster_share: float
    minimum_clusters: int
    draws: int
    solved_draws: int
    gap: float
    most_explained: int
