"""What a reader looks at, as it stands in the address: region, market, firms, weights, order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from cluster_engine.errors import SettingsError
from cluster_engine.parameters import Page
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.workflows.user_weights import UserWeights

WEIGHT_PREFIX = "w_"
WEIGHT_NAMES: tuple[str, ...] = tuple(dict.fromkeys(one.weight_name for one in CRITERIA))
SORTS: Mapping[str, str] = {
    "rank": "Rank", "firm_name": "Firm", "industry": "Industry", "niche_cluster": "Niche cluster",
    "country": "Country",
}  # fmt: skip
"""Columns a list can be put in order by, and what they are called."""

LONGEST = 200
"""Characters of a name in an address."""

WITH_PACK = "+pack"


@dataclass(frozen=True, slots=True)
class View:
    """What is shown.

    Attributes
    ----------
    region, market : str
        As in the address; '' for the default region, and for no market yet.
    list : str
        '' for the firms of the pack; an upload's id; or that and '+pack', for both.
    clusters : tuple of str
        Niche clusters by name; empty: all firms.
    weights : mapping of str to float
        Those the reader has set.
    search : str
        Part of a firm's name.
    sort : str
        One of ``SORTS``.
    rows : int
        Firms shown.
    """

    region: str = ""
    market: str = ""
    list: str = ""
    clusters: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    search: str = ""
    sort: str = "rank"
    rows: int = 0

    @property
    def upload(self) -> str:
        """Id of the upload whose firms are ranked; '' for the pack's."""
        return find_upload(self.list)

    @property
    def with_pack(self) -> bool:
        """Whether the pack's firms are ranked beside those of an upload."""
        return self.list.endswith(WITH_PACK)

    @property
    def weight_texts(self) -> tuple[str, ...]:
        """Weights as the command line has them."""
        return tuple(f"{name}={value:g}" for name, value in sorted(self.weights.items()))

    @property
    def user_weights(self) -> UserWeights:
        """Weights for the workflows."""
        return UserWeights(texts=self.weight_texts)

    def to_query(self, **changes: object) -> str:
        """Write the view as the query of an address, some of it changed."""
        view = replace(self, **changes)  # type: ignore[arg-type]
        pairs: list[tuple[str, str]] = [
            (name, str(getattr(view, name)))
            for name in ("region", "market", "list")
            if getattr(view, name)
        ]
        pairs += [("cluster", name) for name in view.clusters]
        pairs += [(f"{WEIGHT_PREFIX}{name}", f"{value:g}") for name, value in view.weights.items()]
        pairs += [("search", view.search)] if view.search else []
        pairs += [("sort", view.sort)] if view.sort != "rank" else []
        pairs += [("rows", str(view.rows))] if view.rows else []
        return urlencode(pairs)


def find_upload(listed: str) -> str:
    """Id of the upload that a view's list holds; '' for the pack's firms alone."""
    return listed.removesuffix(WITH_PACK)


def read_view(query: QueryParams, limits: Page) -> View:
    """Read a view from an address.

    Raises
    ------
    SettingsError
        A number is none, or out of its range; a name is too long; an order is unknown.
    """
    for name, value in query.multi_items():
        if len(value) > LONGEST:
            raise SettingsError(f"The '{name[:40]}' in the address is too long.")
    sort = query.get("sort") or "rank"
    if sort not in SORTS:
        raise SettingsError(
            f"A list cannot be put in order by '{sort}'.", hint=f"Known: {', '.join(SORTS)}."
        )
    return View(
        region=query.get("region", ""),
        market=query.get("market", ""),
        list=query.get("list", ""),
        clusters=tuple(dict.fromkeys(name for name in query.getlist("cluster") if name)),
        weights=_read_weights(query, limits),
        search=query.get("search", "").strip(),
        sort=sort,
        rows=_read_rows(query.get("rows", ""), limits),
    )


def drop_defaults(view: View, weights: Mapping[str, float]) -> View:
    """Leave out weights that are the model's own: the reader has not set those."""
    own = {name: value for name, value in view.weights.items() if value != weights.get(name)}
    return replace(view, weights=own)


def read_weights(texts: Sequence[str]) -> dict[str, float]:
    """Read weights back that :attr:`View.weight_texts` wrote."""
    return {name: float(value) for name, _, value in (text.partition("=") for text in texts)}


def _read_weights(query: QueryParams, limits: Page) -> dict[str, float]:
    found = {}
    for name in WEIGHT_NAMES:
        text = query.get(f"{WEIGHT_PREFIX}{name}", "")
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not 0 <= value <= limits.weight_largest:
            raise SettingsError(
                f"The weight of '{name}' must be a number from 0 to {limits.weight_largest:g}. "
                f"Got '{text}'."
            )
        found[name] = value + 0.0
    return found


def _read_rows(text: str, limits: Page) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= limits.rows_most:
        raise SettingsError(
            f"The number of firms shown must be from 1 to {limits.rows_most}. Got '{text}'."
        )
    return int(text)
