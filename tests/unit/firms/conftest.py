"""Firm records made by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from cluster_engine.firm_records import COLUMNS, NUMBER_COLUMNS

RecordMaker = Callable[..., pd.DataFrame]


@pytest.fixture
def make_records() -> RecordMaker:
    """Return a function that turns one dict per record into firm records."""

    def make(*rows: dict[str, object]) -> pd.DataFrame:
        full = [
            {
                **{name: np.nan if name in NUMBER_COLUMNS else "" for name in COLUMNS},
                "record_id": f"{row.get('list', 'a')}:{i + 2}",
                "list": "a",
                "role": "firm",
                "row": i + 2,
                **row,
            }
            for i, row in enumerate(rows)
        ]
        frame = pd.DataFrame(full, columns=list(COLUMNS))
        return frame.astype(dict.fromkeys(NUMBER_COLUMNS, "float64"))

    return make
