"""The score as formulas over a firm's columns, for engines that do not hold the firms in memory.

What follows from a firm's industries is worked out once per profile (a mix of industries that firms
share) by the code that scores firms; what follows from its own figures is written as SQL scalar
expressions of the same arithmetic. :mod:`cluster_engine.targeting.features`, `unknown` and
`reference` say what is meant; tests hold the two against each other.

Two libraries may differ in the last bits of a logarithm, and points are rounded: so the formulas
come with the band within which they may differ. An engine that rounds up within it finds all firms
that could be among the best; :func:`cluster_engine.targeting.score.score_firms` decides.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Scoring
from cluster_engine.results import Model
from cluster_engine.targeting.criteria import CRITERIA, Criterion
from cluster_engine.targeting.features import (
    SECTOR_PARTS,
    FirmFeatures,
    FirmTables,
    build_features,
)
from cluster_engine.targeting.part_formulas import (
    cut_at,
    write_filled,
    write_known,
    write_number,
)
from cluster_engine.targeting.rank import name_niche
from cluster_engine.targeting.reference import Reference, find_spread, scale, standardise
from cluster_engine.targeting.score import POINT_DIGITS
from cluster_engine.targeting.unknown import BY_SIZE, fill_unknown

Floats = NDArray[np.float64]

PART_ERROR = 1e-12
"""Largest difference of a part between two libraries: parts are below 20 in size, where 1e-12 is
280 units in the last place; logarithm, power and root are good to 4."""

ROUNDING_ERROR = 1e-9
"""Hundredths of points by which a sum may differ for its own rounding: the largest weight of 100
gives 30,000 of them, in which 1e-9 is 270 units in the last place."""

OWN_COLUMNS: Mapping[str, str] = {
    "firm_id": "VARCHAR", "employees": "DOUBLE", "sales": "DOUBLE", "rd": "DOUBLE",
    "sales_growth": "DOUBLE", "operating_profit": "DOUBLE", "size_class": "VARCHAR",
    "patents_abroad": "DOUBLE", "trademarks_abroad": "DOUBLE", "home_lq": "DOUBLE",
    "in_host": "DOUBLE", "rival_sites": "DOUBLE", "recent_projects": "DOUBLE",
}  # fmt: skip
"""Columns of firms that profiles leave unknown, with the types that SQL gives them."""


FOLLOWING = frozenset({"employees", "rd_intensity", "rd", *BY_SIZE})
"""Parts for which something else stands in than the mean."""


@dataclass(frozen=True, slots=True)
class Formulas:
    """A score as formulas.

    Attributes
    ----------
    profiles : DataFrame
        profile, fixed (hundredths of points that follow from the industries alone), niche;
        ``g_rd_intensity`` and ``s_<part>``, which formulas refer to; ``u_<part>``: whether it is
        unknown. Profiles without a usable industry are left out.
    known : mapping of str to str
        Parts as far as they are known; NULL where not.
    filled : mapping of str to str
        Parts with what stands in for unknown ones, by ``k_<part>`` and earlier ``f_<part>``.
    points : mapping of str to (str, float)
        Unrounded hundredths of points of each criterion with figures of the firm, and by how much
        another library's arithmetic may differ.
    """

    profiles: pd.DataFrame
    known: Mapping[str, str]
    filled: Mapping[str, str]
    points: Mapping[str, tuple[str, float]]


def write_formulas(model: Model, scoring: Scoring, profiles: pd.DataFrame) -> Formulas:
    """Write the score of a model as formulas.

    Parameters
    ----------
    model : Model
    scoring : Scoring
        Weights and limits.
    profiles : DataFrame
        profile (int), industry, weight, basis, confidence: as firm_industries, by profile.
    """
    features = _build_profile_features(model, scoring, profiles)
    filled, unknown = fill_unknown(features, model.reference)
    mixed = [criterion for criterion in CRITERIA if not _is_fixed(criterion)]
    table = _fix_points(features, filled, model, scoring)
    columns = {part: f"s_{part}" for criterion in mixed for part in criterion.parts
               if part in SECTOR_PARTS}  # fmt: skip
    for part, column in columns.items():
        table[column] = _scale_sector(part, filled, features, model.reference, scoring)
    table["g_rd_intensity"] = filled["rd_intensity"]
    table = table.assign(**{f"u_{part}": unknown[part] for part in SECTOR_PARTS})
    return Formulas(
        table.sort_values("profile", ignore_index=True),
        write_known(scoring.largest_sales_per_employee),
        write_filled(model.reference),
        {
            criterion.name: _write_points(criterion, model.reference, scoring)
            for criterion in mixed
            if scoring.weights[criterion.weight_name]
            and find_spread(criterion, model.reference)["sd"] > 0
        },
    )


def find_most(
    formulas: Formulas, model: Model, scoring: Scoring, lacking: Collection[str]
) -> Floats:
    """Most hundredths of points that a firm of each profile can have, shape (n_profiles,).

    Parameters
    ----------
    formulas, model, scoring
    lacking : collection of str
        Parts known of no firm of the market, for which all have the same.
    """
    constant = {part: model.reference["typical"]["mean"][part] for part in lacking
                if part not in SECTOR_PARTS and part not in FOLLOWING}  # fmt: skip
    most = formulas.profiles["fixed"].to_numpy(dtype=np.float64)
    for criterion in CRITERIA:
        if criterion.name in formulas.points:
            most = most + find_criterion_most(
                criterion, formulas.profiles, model.reference, scoring, constant
            )
    return most


def _is_fixed(criterion: Criterion) -> bool:
    return all(part in SECTOR_PARTS for part in criterion.parts)


def _build_profile_features(model: Model, scoring: Scoring, profiles: pd.DataFrame) -> FirmFeatures:
    """Features of one firm per profile that has no figures of its own."""
    numbers = np.unique(profiles["profile"].to_numpy())
    blank = {
        name: np.full(len(numbers), np.nan, "float64" if kind == "DOUBLE" else "object")
        for name, kind in OWN_COLUMNS.items()
    }
    # The number of a profile is the name of its firm: texts would take three times as long.
    firms = pd.DataFrame(blank | {"firm_id": numbers, "status": "rankable"})
    return build_features(
        FirmTables(firms, profiles.assign(firm_id=profiles["profile"])),
        model.sectors,
        largest_sales_per_employee=scoring.largest_sales_per_employee,
    )


def _fix_points(
    features: FirmFeatures, filled: Mapping[str, Floats], model: Model, scoring: Scoring
) -> pd.DataFrame:
    fixed = tuple(criterion for criterion in CRITERIA if _is_fixed(criterion))
    values = standardise(filled, features.trust, model.reference, scoring, fixed)
    points = [
        np.round(scoring.weights[criterion.weight_name] * values[criterion.name], POINT_DIGITS)
        for criterion in fixed
    ]
    main = features.firms["main_industry"]
    niche = name_niche(model.sectors.set_index("industry").reindex(main))
    return pd.DataFrame(
        {
            "profile": features.firms["firm_id"].astype("int32").to_numpy(),
            "fixed": np.rint(np.sum(points, axis=0) * 10.0**POINT_DIGITS),
            "niche": niche,
        }
    )


def _scale_sector(
    part: str,
    filled: Mapping[str, Floats],
    features: FirmFeatures,
    reference: Reference,
    scoring: Scoring,
) -> Floats:
    return scale(filled[part], reference["parts"][part], scoring.limit) * features.trust


def _write_points(
    criterion: Criterion, reference: Reference, scoring: Scoring
) -> tuple[str, float]:
    """Hundredths of points, and the band within which they may differ."""
    if criterion.family:
        raise NotImplementedError("A family of criteria with figures of firms has no formula yet.")
    spread = find_spread(criterion, reference)
    terms, error = [], 0.0
    for part in criterion.parts:
        if part in SECTOR_PARTS:
            terms.append(f"s_{part}")
            continue
        own = reference["parts"][part]
        if own["sd"] > 0:
            value = f"(f_{part} - {write_number(own['mean'])}) / {write_number(own['sd'])}"
            terms.append(cut_at(value, scoring.limit))
            error += PART_ERROR / own["sd"]
    n_parts = len(criterion.parts)
    mean = f"(({' + '.join(terms) or '0e0'}) / {write_number(n_parts)})"
    value = f"({mean} - {write_number(spread['mean'])}) / {write_number(spread['sd'])}"
    size = scoring.weights[criterion.weight_name] * 10.0**POINT_DIGITS
    band = size * error / n_parts / spread["sd"] + ROUNDING_ERROR
    return f"{write_number(size)} * {cut_at(value, scoring.criterion_limit)}", band


def find_criterion_most(
    criterion: Criterion,
    table: pd.DataFrame,
    reference: Reference,
    scoring: Scoring,
    constant: Mapping[str, float | Floats],
) -> Floats:
    """Most hundredths of points that a firm of each profile can get from a criterion.

    Parameters
    ----------
    criterion : Criterion
    table : DataFrame
        Profiles of :class:`Formulas`.
    reference, scoring
    constant : mapping of str to float, or ndarray of float, shape (n_profiles,)
        Parts of the firms' own whose value is given.

    Returns
    -------
    ndarray of float, shape (n_profiles,)
    """
    spread = find_spread(criterion, reference)
    highest = np.zeros(len(table))
    for part in criterion.parts:
        if part in SECTOR_PARTS:
            highest = highest + table[f"s_{part}"].to_numpy(dtype=np.float64)
        elif part in constant:
            value = np.broadcast_to(constant[part], len(table))
            highest = highest + scale(value, reference["parts"][part], scoring.limit)
        elif reference["parts"][part]["sd"] > 0:
            highest = highest + scoring.limit
    value = scale(highest / len(criterion.parts), spread, scoring.criterion_limit)
    # One more for what is rounded up.
    return np.ceil(scoring.weights[criterion.weight_name] * value * 10.0**POINT_DIGITS) + 1.0
