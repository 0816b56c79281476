"""The nouns that travel between rooms: frozen, plain, with their shapes and units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


LOCAL = -1
"""Cluster of the sectors that are in none: they follow the population."""


@dataclass(frozen=True, slots=True)
class Region:
    """A host region: one or several base areas of a pack.

    Attributes
    ----------
    slug, name : str
        Short name for the command line, and the name as shown.
    kind : str
        'area', 'region' or 'country'.
    areas : tuple of str
        Codes of its base areas, sorted.
    """

    slug: str
    name: str
    kind: str
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """An overseas market: one country or a group of them.

    Attributes
    ----------
    slug, name : str
        Short name for the command line, and the name as shown.
    countries : mapping of str to str
        ISO 3166-1 alpha-2 code to name.
    """

    slug: str
    name: str
    countries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Model:
    """What a champion knows: plain tables and constants, nothing that could run.

    Attributes
    ----------
    region : Region
        The host region.
    sectors : DataFrame
        One row per four-digit sector; see docs/model.md for the columns.
    niches : DataFrame
        Niche clusters of the region, the one with most jobs first.
    clusters : DataFrame
        Clusters of the nation, with the region's jobs in them.
    reference : mapping
        Mean and standard deviation of every criterion part over the firms of the pack, and the
        typical values used where a firm's own are unknown.
    facts : mapping
        Year, totals, stability, settings, seed, and the sources' vintages.
    """

    region: Region
    sectors: pd.DataFrame
    niches: pd.DataFrame
    clusters: pd.DataFrame
    reference: Mapping[str, Any]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NationalModel:
    """Clusters of the nation's sectors, found once for all regions; plain tables.

    Attributes
    ----------
    sectors : DataFrame
        One row per four-digit sector: where it belongs and how firmly; see docs/model.md.
    memberships : DataFrame
        industry, cluster, membership: every cluster in which a sector has some part.
    clusters : DataFrame
        One row per cluster: name, description, size, stability, scores.
    links : DataFrame
        One row per pair of clusters: how related they are, and what they trade.
    scores : DataFrame
        Validation scores of clusters, methods and official groups, in sample and held out.
    chance : DataFrame
        The scores beside what chance gives.
    moves : DataFrame
        Sectors that were moved, joined or placed by rule, and why.
    facts : mapping
        Version, year, inputs, settings, stability, packages.
    """

    sectors: pd.DataFrame
    memberships: pd.DataFrame
    clusters: pd.DataFrame
    links: pd.DataFrame
    scores: pd.DataFrame
    chance: pd.DataFrame
    moves: pd.DataFrame
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ranking:
    """An ordered list of firms for one region and market.

    Attributes
    ----------
    region : Region
    market : Market
    rows : DataFrame
        One row per firm, best first; the columns of the shortlist.
    base : float
        Score of a firm that is average on every criterion; score = base + sum of points.
    n_ranked, n_unranked : int
        Firms of the market that were ranked, and those without a usable industry code.
    size_correlation : float
        Spearman correlation of score and size over the ranked firms: how far the list is just a
        sort by size. NaN with fewer than three.
    version : str
        Model version.
    year : int
        Year of the employment figures.
    missing : tuple of str
        Parts of criteria that are known of no firm: they add nothing.
    user_weights : mapping of str to float
        Weights that the user has set.
    learned_weights : mapping of str to float
        Weights learned from events that name firms; the others are priors.
    draws, seed : int
        Behind the intervals of the ranks.
    top : int
        Length of the list that ``p_top`` is about.
    """

    region: Region
    market: Market
    rows: pd.DataFrame
    base: float
    n_ranked: int
    n_unranked: int
    size_correlation: float
    version: str
    year: int
    missing: tuple[str, ...] = ()
    user_weights: Mapping[str, float] = field(default_factory=dict)
    learned_weights: Mapping[str, float] = field(default_factory=dict)
    draws: int = 0
    seed: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True)
class ProjectValue:
    """What a first project of a firm is expected to bring.

    Attributes
    ----------
    jobs, jobs_low, jobs_high : float
        New jobs, with a 90 % interval.
    jobs_nature : {"prior", "given"}
    value_per_job : float
        £ thousand a year; NaN where not known.
    value_basis : {"region", "nation", ""}
        Whose figure that is.
    value_group : str
        Industries it is for.
    multiplier : float
        Type I, value added, of the region.
    gva_direct, gva, gva_low, gva_high : float
        £m a year: of the project itself; with its suppliers in the region, and a 90 % interval.
    data_hub_gva : float
        £m by the rule of the UK Data Hub; NaN where project or multiplier is not known.
    data_hub_basis : {"capital expenditure", "jobs", ""}
    """

    jobs: float
    jobs_low: float
    jobs_high: float
    jobs_nature: str
    value_per_job: float
    value_basis: str
    value_group: str
    multiplier: float
    gva_direct: float
    gva: float
    gva_low: float
    gva_high: float
    data_hub_gva: float
    data_hub_basis: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a firm has its rank: the calculation itself, with the evidence and the doubts.

    Attributes
    ----------
    ranking : Ranking
        The list, cut to this firm; its row holds score, points, rank and interval.
    criteria : DataFrame
        One row per criterion, most points first: criterion, label, question, weight,
        weight_nature, standardised, points, evidence (tuple of str).
    parts : DataFrame
        One row per part of a criterion: criterion, part, label, unit, nature, value and average
        (in words), is_known.
    codes : DataFrame
        The firm's industries: industry, name, weight, basis, confidence.
    unknown : DataFrame
        What is not known, and what stands in for it: label, stand_in, unit.
    changes : DataFrame
        What would change the rank: change, score, rank.
    value : ProjectValue
    proposition : str
        One line to open a talk with.
    driver, driver_from : str
        Strategic driver of the Data Hub, and the criterion it follows from.
    notes : tuple of str
        What a person should look at first.
    """

    ranking: Ranking
    criteria: pd.DataFrame
    parts: pd.DataFrame
    codes: pd.DataFrame
    unknown: pd.DataFrame
    changes: pd.DataFrame
    value: ProjectValue
    proposition: str
    driver: str
    driver_from: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One part of an evaluation: what was asked, what came out, and what it means.

    Attributes
    ----------
    name : str
        Short name, as in file names and JSON keys.
    title : str
        Heading of its part of the card.
    question : str
        One or two sentences: what was learned from what, and judged on what.
    tables : tuple of (str, DataFrame)
        Caption and figures, in the order of the card; numbers unrounded.
    sentences : tuple of str
        Findings in plain words, also where a baseline wins.
    facts : mapping
        JSON-ready figures that other parts of the engine rely on (gates, reports).
    """

    name: str
    title: str
    question: str
    tables: tuple[tuple[str, pd.DataFrame], ...]
    sentences: tuple[str, ...]
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceModel:
    """What makes regions enter, grow or gain in sectors: additive curves, as plain tables.

    Evidence (log-odds, or log intensity of choice) = level + sum over terms of a curve of a
    feature, straight between its knots and flat beyond them. An unknown feature adds 0.

    Attributes
    ----------
    outcome : str
        'entry', 'growth' or 'gain'.
    terms : DataFrame
        One row per term, in order: term, group, words, unit, direction (1 never falls, -1 never
        rises, 0 free), reach (highest minus lowest point) and spread (standard deviation over all
        areas and sectors).
    curves : DataFrame
        term, knot (unit of the feature), effect (0 on average over all areas and sectors) and
        error (standard error of the rise since the average cell learned from).
    facts : mapping
        JSON-ready: family, year, windows with their levels, cells, penalty.
    """

    outcome: str
    terms: pd.DataFrame
    curves: pd.DataFrame
    facts: Mapping[str, Any]
