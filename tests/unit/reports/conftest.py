"""A ranking with names and codes that a spreadsheet would like to change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cluster_engine.reports.handover import Handover
from cluster_engine.results import Market, Ranking, Region

NAMES = (
    "=1+1", "1E10", "1-Jan", "-5", "+49 711", "@SUM(A1)", '=HYPERLINK("http://x","y")', "0111",
    "Müller & Söhne GmbH", "'s-Hertogenbosch NV", "'=1+1", "<script>alert(1)</script>", "TRUE",
    "2011-01-01", "http://evil.example/", "_x0041_", "3/4",
)  # fmt: skip
CODES = ("0111", "2620", "0610", "2932")
LEI = "529900T8BM49AURSDO55"


def make_handover(names: tuple[str, ...] = NAMES) -> Handover:
    """One firm a name; every second one with a website and an LEI whose check digits hold."""
    n = len(names)
    odd = np.arange(n) % 2 == 1
    rows = pd.DataFrame(
        {
            "rank": np.arange(1, n + 1),
            "firm_id": [f"0{place:03}" for place in range(n)],
            "firm_name": names,
            "country": "DE",
            "city": ["Köln" if one else "" for one in odd],
            "industry_code": [CODES[place % len(CODES)] for place in range(n)],
            "industry": "Crops",
            "niche_cluster": ["Motor vehicles & parts" if one else "" for one in odd],
            "score": 60.5 - 0.1 * np.arange(n),
            "rank_low": pd.array([1 if one else pd.NA for one in odd], dtype="Int64"),
            "rank_high": pd.array([9 if one else pd.NA for one in odd], dtype="Int64"),
            "p_top": np.where(odd, 0.123456789, np.nan),
            "reason_1": "=first",
            "reason_2": "",
            "reason_3": "",
            "points_fit": 12.5 - 0.1 * np.arange(n),
            "points_gap": -2.0,
            "band": pd.array([1] * n, dtype="Int64"),
            "data_notes": "figures of 2018; industry coded by hand",
        }
    )
    ranking = Ranking(
        Region("west-midlands", "West Midlands", "region", ("T1",)),
        Market("germany", "Germany", {"DE": "Germany"}),
        rows, 50.0, n, 3, 0.25, "2021-abc", 2021, draws=500, top=25,
    )  # fmt: skip
    firms = pd.DataFrame(
        {
            "firm_id": rows["firm_id"],
            "website": ["https://firm.example" if one else "" for one in odd],
            "domain": ["firm.example" if one else "" for one in odd],
            "employees": np.where(odd, 1234.0, np.nan),
            "lei": [LEI if one else "" for one in odd],
            "strategic_driver": "Access to clients",
        }
    )
    criteria = pd.DataFrame(
        {
            "criterion": ["fit", "gap"],
            "label": ["Cluster fit", "Value-chain gap"],
            "question": ["place", "value"],
            "meaning": ["It fits.", "It is missing."],
            "weight": [3.5, 1.5],
            "nature": ["prior", "user"],
        }
    )
    numbers = ("jobs", "lq", "lq_low", "lq_high", "p_specialised", "national_share", "growth",
               "stars", "value_per_job", "n_listed")  # fmt: skip
    niches = pd.DataFrame(
        {"name": ["Motor vehicles & parts"], **dict.fromkeys(numbers, 1.5), "sectors": ["2910"]}
    )
    gaps = pd.DataFrame(
        {
            "industry": ["Iron", "Nothing"],
            "leaked": [10.0, np.nan],
            "relatedness": [0.5, np.nan],
            "gap": [5.0, np.nan],
            "gap_low": [4.0, np.nan],
            "gap_high": [6.0, np.nan],
            "reason": ["", "not bought"],
            "n_listed": [1, 0],
            "listed": ["=1+1", ""],
        }
    )
    sources = pd.DataFrame(
        [("a", "Jobs", "Office", "2021", "OGL", "https://office.example/jobs")],
        columns=["id", "title", "publisher", "vintage", "licence", "url"],
    )
    quality = pd.DataFrame(
        {"what": ["firms"], "count": pd.array([n], "Int64"), "of": pd.array([n], "Int64"),
         "remark": [""]}
    )  # fmt: skip
    facts = {"pack": "toy", "pack_title": "Toy", "currency": "GBP", "host_country": "GB",
             "classification": "UK SIC 2007"}  # fmt: skip
    return Handover(ranking, firms, criteria, niches, gaps, sources, quality, facts)


@pytest.fixture(scope="module")
def handover() -> Handover:
    """Seventeen firms with difficult names."""
    return make_handover()
