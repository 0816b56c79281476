"""Judge lists of whom to call: which origins and sectors come to a region."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.targeting.place.events import Places, lay_out_events
from cluster_engine.workflows.event_rounds import MODEL, SECTOR_LQ, draw_intervals, foretell_all

Floats = NDArray[np.float64]

TOPS = (5, 10, 20)
NATION = "the nation's pairs"
OWN = "the region's own pairs"


def judge_lists(
    events: pd.DataFrame, weights: pd.DataFrame, places: Places, split: int, n_draws: int, seed: int
) -> pd.DataFrame:
    """Judge lists of whom to call: pairs of origin and sector in order, for every region.

    A pair's place is its rate of projects in the nation times the region's chance to be chosen. Of
    later projects in a region, recall is the share whose pair stands among the list's first k.

    Returns
    -------
    DataFrame
        list, k, recall, low, high.
    """
    early, late = events[events["year"] <= split], events[events["year"] > split]
    pairs, rate, mix = _list_pairs(early, weights, split)
    asked = lay_out_events(
        pd.concat([early, pairs.assign(area=places.areas[0])], ignore_index=True),
        pd.concat([weights, mix], ignore_index=True),
        places,
    )
    learned = asked.events["year"].to_numpy() <= split
    shares = foretell_all(asked, learned, ~learned)
    past = _count_pairs(early, pairs, places)
    scores = {MODEL: rate[:, None] * shares[MODEL], SECTOR_LQ: rate[:, None] * shares[SECTOR_LQ]}
    scores[NATION] = np.tile(rate[:, None], (1, len(places.areas)))
    # The nation's rate decides between pairs that the region had as often.
    scores[OWN] = past + 1e-6 * rate[:, None]
    key = {pair: n for n, pair in enumerate(zip(pairs["origin"], pairs["sector"], strict=True))}
    row = np.array([key.get(pair, -1) for pair in zip(late["origin"], late["sector"], strict=True)])
    column = late["area"].map({area: n for n, area in enumerate(places.areas)}).to_numpy()
    groups = np.unique(late["firm_group"].to_numpy(dtype=str), return_inverse=True)[1]
    hits: dict[str, Floats] = {}
    for name, score in scores.items():
        place = np.argsort(np.argsort(-score, axis=0, kind="stable"), axis=0)
        stood = np.where(row >= 0, place[row, column], len(pairs))
        for k in TOPS:
            hits[f"{name}|{k}"] = (stood < k).astype(np.float64)
    found = draw_intervals(hits, groups.astype(np.int64), n_draws, seed)
    return pd.DataFrame(
        [
            (name.split("|")[0], int(name.split("|")[1]), value.value, value.low, value.high)
            for name, value in found.items()
        ],
        columns=["list", "k", "recall", "low", "high"],
    )


def _list_pairs(
    early: pd.DataFrame, weights: pd.DataFrame, split: int
) -> tuple[pd.DataFrame, Floats, pd.DataFrame]:
    """All pairs of an origin and a sector seen, their rates, and their industries."""
    n_pairs = early.groupby(["origin", "sector"]).size().unstack(fill_value=0)
    counts = n_pairs.to_numpy(dtype=np.float64)
    total = counts.sum()
    # Half a project's weight on what origin and sector would give if they had no bond.
    apart = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    rate = ((counts + 0.5 * apart) / total).ravel()
    grid = pd.MultiIndex.from_product([n_pairs.index, n_pairs.columns]).to_frame(index=False)
    pairs = grid.set_axis(["origin", "sector"], axis=1).assign(year=split + 1)
    ids = [f"pair-{n:06d}" for n in range(len(pairs))]
    pairs = pairs.assign(event_id=ids, firm_group=ids)
    used = early[["sector", "event_id"]].merge(weights, on="event_id")
    typical = used.groupby(["sector", "industry"], as_index=False)["weight"].sum()
    mix = pairs[["event_id", "sector"]].merge(typical, on="sector")
    return pairs, rate, mix[["event_id", "industry", "weight"]]


def _count_pairs(early: pd.DataFrame, pairs: pd.DataFrame, places: Places) -> Floats:
    counted = early.groupby(["origin", "sector", "area"]).size().unstack(fill_value=0)
    index = pd.MultiIndex.from_frame(pairs[["origin", "sector"]])
    wide = counted.reindex(index=index, columns=list(places.areas)).fillna(0.0)
    return wide.to_numpy(dtype=np.float64)
