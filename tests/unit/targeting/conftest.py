"""A region of four sectors and the means to invent firms for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cluster_engine.parameters import Scoring, Uncertainty
from cluster_engine.results import Market, Model, Region
from cluster_engine.settings import read_settings
from cluster_engine.targeting.criteria import PARTS
from cluster_engine.targeting.features import FirmTables

Firm = dict[str, Any]
UNKNOWN_FIRM: Firm = {
    "firm_name": "Firm", "country": "DE", "city": "Berlin", "year": 2022, "employees": np.nan,
    "sales": np.nan, "rd": np.nan, "sales_growth": np.nan, "size_class": None,
    "patents_abroad": np.nan, "trademarks_abroad": np.nan, "status": "rankable",
    "operating_profit": np.nan,
}  # fmt: skip
KNOWN_FIRM: Firm = UNKNOWN_FIRM | {
    "employees": 1000.0, "sales": 200.0, "rd": 8.0, "sales_growth": 0.05, "size_class": "small",
    "patents_abroad": 9.0, "trademarks_abroad": 4.0, "operating_profit": 10.0,
}  # fmt: skip


@pytest.fixture(scope="session")
def sectors() -> pd.DataFrame:
    """Sector table of a model: cars in a niche, car parts close to it, banks, and one unknown."""
    return pd.DataFrame(
        {
            "industry": ["2910", "2932", "6419", "9900"],
            "name": ["Motor vehicles", "Car parts", "Banks", "Nobody's business"],
            "knowledge_class": [
                "medium-high-technology manufacturing", "medium-high-technology manufacturing",
                "knowledge-intensive financial services", "",
            ],
            "jobs": [12000.0, 8000.0, 3000.0, 0.0],
            "lq": [4.5, 2.0, 0.6, np.nan],
            "niche": [0, -1, -1, -1],
            "niche_name": ["Motor vehicles", None, None, None],
            "nearest_niche_name": ["Motor vehicles"] * 4,
            "niche_affinity": [1.0, 0.7, 0.1, 0.0],
            "specialisation": [2.0, 1.0, -0.5, np.nan],
            "affinity": [1.0, 0.7, 0.1, 0.0],
            "pull": [1.2, 0.9, -0.4, np.nan],
            "pull_error": [0.3, 0.3, 0.2, np.nan],
            "pull_own": [0.7, 0.4, -0.2, np.nan],
            "pull_related": [0.3, 0.3, -0.1, np.nan],
            "pull_cluster": [0.1, 0.1, 0.0, np.nan],
            "pull_trade": [0.1, 0.1, -0.1, np.nan],
            "pull_skills": [0.0, 0.0, 0.0, np.nan],
            "supplier": [1.5, 2.0, 0.2, np.nan],
            "customer": [1.0, 1.5, 0.3, np.nan],
            "class_level": [0.75, 0.75, 0.5, np.nan],
            "io_name": ["Motor vehicles", "Motor vehicles", "Banking", ""],
            "supplier_demand": [400.0, 1400.0, 1.0, 0.0],
            "supplier_leakage": [100.0, 500.0, 0.5, 0.0],
            "supplier_niche_name": ["Motor vehicles", "Motor vehicles", "", ""],
            "input_name": ["Metal products", "Metal products", "", ""],
            "input_share": [0.2, 0.1, 0.0, 0.0],
            "input_lq": [2.5, 2.5, 0.0, 0.0],
            "national_jobs": [40000.0, 45000.0, 60000.0, 10.0],
            "lq_reason": ["", "", "", "no jobs"],
            "shrunk_lq": [4.0, 2.0, 0.7, np.nan],
            "membership": [0.8, 0.6, 0.5, np.nan],
            "cluster_name": ["Vehicles", "Vehicles", "Finance", "Local: nothing"],
            "plant_size": [300.0, 100.0, 50.0, 60.0],
            "lq_shape": [42.0, 82.0, 62.0, np.nan],
            "lq_rate": [10.5, 41.0, 88.0, np.nan],
            "n_firms": [10.0, 20.0, 30.0, 1.0],
            "value_per_job": [90.0, 80.0, 120.0, np.nan],
            "value_per_job_national": [85.0, 85.0, 130.0, np.nan],
            "value_basis": ["region", "region", "region", ""],
            "value_group": ["Motor vehicles", "Motor vehicles", "Finance", ""],
            "added_value": np.log2([85.0, 85.0, 130.0, np.nan]),
            "multiplier": [1.2, 1.2, 1.1, np.nan],
            "multiplier_low": [1.1, 1.1, 1.05, np.nan],
            "multiplier_high": [1.4, 1.4, 1.2, np.nan],
            "gap_value": [900.0, 900.0, 10.0, np.nan],
            "gap_low": [700.0, 700.0, 5.0, np.nan],
            "gap_high": [1000.0, 1000.0, 12.0, np.nan],
            "gap_leaked": [1000.0, 1000.0, 100.0, np.nan],
            "gap_relatedness": [0.9, 0.9, 0.1, np.nan],
            "gap_reason": ["", "", "", "outside the input-output table"],
            "gap": np.log10([901.0, 901.0, 11.0, np.nan]),
            "buyers": ["Motor vehicles (£300m)", "Motor vehicles (£300m)", "", ""],
            "sellers": ["Metal products (8 % of its output)"] * 2 + ["", ""],
        }
    )  # fmt: skip


@pytest.fixture(scope="session")
def scoring() -> Scoring:
    """Settings of the shipped names and values made up here."""
    weights = dict.fromkeys(read_settings().scoring.weights, 2.0)
    return replace(
        read_settings().scoring,
        base=50.0,
        limit=2.5,
        weights=weights | {"cluster_fit": 7.0},
        knowledge_classes={},
        typical_employees={
            "mega": 100000, "large": 25000, "mid": 6000, "small": 1500, "micro": 300, "nano": 80,
            "unknown": 250,
        },
        rd_intensity_quantile=0.25,
    )  # fmt: skip


@pytest.fixture(scope="session")
def uncertainty() -> Uncertainty:
    """As shipped, with fewer draws."""
    return replace(read_settings().uncertainty, draws=60)


@pytest.fixture(scope="session")
def germany() -> Market:
    return Market("germany", "Germany", {"DE": "Germany"})


@pytest.fixture(scope="session")
def make_firms() -> Callable[..., FirmTables]:
    """Make the two firm tables: firm_id to (industry or shares of industries, figures)."""

    def make(
        firms: Mapping[str, tuple[str | Mapping[str, float], Firm]],
    ) -> FirmTables:
        rows = [{"firm_id": firm_id} | KNOWN_FIRM | own for firm_id, (_, own) in firms.items()]
        links = [
            {
                "firm_id": firm_id,
                "industry": industry,
                "weight": weight,
                "basis": "official code",
                "confidence": np.nan,
            }
            for firm_id, (shares, _) in firms.items()
            for industry, weight in (
                {shares: 1.0} if isinstance(shares, str) else dict(shares)
            ).items()
        ]
        columns = ["firm_id", *KNOWN_FIRM]
        table = pd.DataFrame(rows, columns=columns).astype(
            {"firm_id": "str", "country": "str", "status": "str", "size_class": "str"}
        )
        linked = pd.DataFrame(
            links, columns=["firm_id", "industry", "weight", "basis", "confidence"]
        )
        return FirmTables(table, linked.astype({"firm_id": "str", "industry": "str"}))

    return make


@pytest.fixture(scope="session")
def unknown_firm() -> Firm:
    """Figures of a firm of which nothing is known."""
    return UNKNOWN_FIRM


@pytest.fixture(scope="session")
def flat_reference(scoring: Scoring) -> dict[str, Any]:
    """A yardstick of mean 0 and standard deviation 1 everywhere."""
    spread = {"mean": 0.0, "sd": 1.0}
    return {
        "typical": {
            "employees": dict(scoring.typical_employees),
            "sales_per_employee": {"median": -0.5, "sd": 0.3},
            "rd_intensity": {"classes": {"low": 0.1}, "all": 0.05},
            "lines": {
                "patents_abroad": {"intercept": 0.25, "slope": 0.0},
                "trademarks_abroad": {"intercept": 0.5, "slope": 0.0},
            },
            "rd_ceiling": 1.0,
            "mean": dict.fromkeys(PARTS, 0.125),
        },
        "absent": [],
        "residuals": dict.fromkeys(PARTS, 1.0),
        "families": {},
        "parts": dict.fromkeys(PARTS, spread),
        "criteria": dict.fromkeys(scoring.weights, spread),
    }


@pytest.fixture(scope="session")
def make_model(sectors: pd.DataFrame) -> Callable[[Mapping[str, Any]], Model]:
    def make(reference: Mapping[str, Any]) -> Model:
        region = Region("toyshire", "Toyshire", "region", ("T1",))
        nothing = pd.DataFrame()
        settings = {
            "regional": {"delta": 0.3}, "concentration": {"prior_strength": 2.0},
        }  # fmt: skip
        facts = {"version": "2024-abc", "year": 2024, "inputs": {"settings": settings}}
        return Model(region, sectors, nothing, nothing, reference, facts)

    return make
