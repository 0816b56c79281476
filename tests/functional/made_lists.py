"""Lists of firms made for tests, as folders of imported lists and as converted ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.firm_schemas import (
    FIRM_HOMES,
    FIRM_IDENTITIES,
    FIRM_INDUSTRIES,
    FIRM_NOTES,
    FIRMS,
)
from cluster_engine.packs.firm_list import FirmListTables, write_firm_list

COUNTRIES = ("AT", "CH", "DE")
INDUSTRIES = ("2910", "2932", "2550", "4711", "6201", "1051", "9999")
"""The last is unknown to every model."""

CHOICES: dict[str, tuple[Any, ...]] = {
    "employees": (None, None, 0.0, 10.0, 10.0, 250.0, 10_000.0, 1_900_000.0),
    "sales": (None, None, 0.0, 1.5, 100.0, 100.0, 90_000.0),
    "rd": (None, None, 0.0, 0.5, 40.0, 5_000.0),
    "sales_growth": (None, -0.9, 0.0, 0.05, 2.0),
    "size_class": (None, "mega", "mid", "nano"),
    "operating_profit": (None, None, -5.0, 0.0, 30.0),
    "patents_abroad": (None, None, 0.0, 3.0, 900.0),
    "trademarks_abroad": (None, None, 0.0, 3.0),
    "year": (None, 2021),
    "status": ("rankable", "rankable", "rankable", "no code"),
    "city": (None, "Ulm"),
}
"""Few values of each, so that firms tie; absent ones, nothing, and far too much are among them."""


def make_tables(n_firms: int, seed: int) -> FirmListTables:
    """Make a list of so many firms."""
    draw = np.random.default_rng(seed)
    ids = [f"f{number:04d}'{{files}}" for number in draw.permutation(n_firms)]
    firms: dict[str, Any] = {column.name: [None] * n_firms for column in FIRMS.columns}
    firms |= {name: [values[k] for k in draw.integers(0, len(values), n_firms)]
              for name, values in CHOICES.items()}  # fmt: skip
    firms |= {"firm_id": ids, "firm_name": [f"=Firm <{name}>" for name in ids],
              "source": ["made"] * n_firms,
              "country": list(draw.choice(COUNTRIES, n_firms))}  # fmt: skip
    codes = []
    for name in ids:
        own = draw.choice(INDUSTRIES, draw.integers(0, 4), replace=False)
        shares = {1: (1.0,), 2: (0.5, 0.5), 3: (0.6, 0.3, 0.1)}.get(len(own), ())
        sure = draw.choice([np.nan, 1.0, 0.7, 0.2])
        codes += [(name, code, share, "activity text", sure)
                  for code, share in zip(own, shares, strict=True)]  # fmt: skip
    quotients = [np.nan, 0.0, 0.9, 12.0]
    homes = [
        (name, "DE11", "Stuttgart", "city", "29", draw.choice(quotients), None, 2015)
        for name in ids
        if draw.random() < 0.6
    ]
    notes = [(name, "group", "belongs to =1+1") for name in ids if draw.random() < 0.1]
    return FirmListTables(
        _frame(firms, FIRMS),
        pd.DataFrame(codes, columns=list(FIRM_INDUSTRIES.column_names)),
        pd.DataFrame(notes, columns=list(FIRM_NOTES.column_names)),
        pd.DataFrame(columns=list(FIRM_IDENTITIES.column_names)),
        pd.DataFrame(homes, columns=list(FIRM_HOMES.column_names)),
    )


def _frame(columns: dict[str, Any], contract: Any) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    numbers = [column.name for column in contract.columns if column.kind != "text"]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def make_facts(tables: FirmListTables, seed: int) -> pd.DataFrame:
    """Facts of most firms, three of them to a parent."""
    draw = np.random.default_rng(seed)
    ids = tables.firms["firm_id"].tolist()
    rows = [
        (
            name,
            draw.choice([np.nan, 0.0, 1.0]),
            draw.choice([np.nan, 0.0, 4.0]),
            np.nan,
            draw.choice([None, "P1", "P2"]),
        )
        for name in ids
        if draw.random() < 0.8
    ]
    columns = ["firm_id", "in_host", "rival_sites", "recent_projects", "parent"]
    return pd.DataFrame(rows, columns=columns)


def write_list(folder: Path, tables: FirmListTables) -> Path:
    """Write the folder of an imported list."""
    write_firm_list(folder, tables, {})
    return folder
