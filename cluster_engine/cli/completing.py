"""Names that the shell completes: regions, markets, clusters, firms, packs.

A completion must be there before the next key: tables are read column by column, without pandas,
unverified, and whatever goes wrong there is nothing to complete.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from cluster_engine.errors import ClusterEngineError

MOST_FIRMS = 50
"""Names of firms offered at once: more is no help."""


class NameType(click.types.StringParamType):
    """A text whose likely values are known."""

    def __init__(self, list_names: Callable[[Mapping[str, Any], str], Iterable[str]]) -> None:
        self._list_names = list_names

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Names that begin with what is typed."""
        options = {name: ctx.params.get(name) for name in ("pack", "region", "market", "models")}
        try:
            names = list(self._list_names(options, incomplete))
        except (ClusterEngineError, OSError, ValueError, KeyError, ImportError):
            return []
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _list_packs(_options: Mapping[str, Any], _typed: str) -> list[str]:
    from cluster_engine.packs.locate import list_pack_folders

    return [folder.name for folder in list_pack_folders()]


def _list_regions(options: Mapping[str, Any], _typed: str) -> list[str]:
    return sorted({row["region"] for row in _read(options, "regions", "region")})


def _list_markets(options: Mapping[str, Any], _typed: str) -> list[str]:
    return sorted({row["market"] for row in _read(options, "markets", "market")})


def _list_firms(options: Mapping[str, Any], typed: str) -> list[str]:
    """Firms of the market, if one is named already: short forms of names, which need no quotes."""
    from cluster_engine.packs.choices import make_slug

    countries = {
        row["country"]
        for row in _read(options, "markets", "market", "country")
        if options["market"] in (None, row["market"])
    }
    names = {
        make_slug(row["firm_name"])
        for row in _read(options, "firms", "firm_name", "country")
        if row["country"] in countries
    }
    return sorted(name for name in names if name.startswith(typed))[:MOST_FIRMS]


def _list_clusters(options: Mapping[str, Any], _typed: str) -> list[str]:
    from cluster_engine.packs.choices import make_slug
    from cluster_engine.packs.names import read_columns
    from cluster_engine.packs.pack import open_pack
    from cluster_engine.registry.aliases import find_aliases
    from cluster_engine.registry.locate import make_key, open_store

    manifest = open_pack(options["pack"]).manifest
    folder = options["models"]
    store = open_store(None if folder is None else Path(folder))
    key = make_key(manifest.name, options["region"] or manifest.default_region)
    for home in store.folders(key):
        if champion := find_aliases(home).champion:
            rows = read_columns(home / champion / "niches.parquet", ("name",))
            return [make_slug(row["name"]) for row in rows]
    return []


def _read(options: Mapping[str, Any], table: str, *columns: str) -> list[dict[str, str]]:
    from cluster_engine.packs.names import read_columns
    from cluster_engine.packs.pack import open_pack

    pack = open_pack(options["pack"])
    return read_columns(pack.folder / pack.manifest.table(table).file, columns)


COMPLETED: Mapping[str, NameType] = {
    "pack": NameType(_list_packs),
    "region": NameType(_list_regions),
    "only_region": NameType(_list_regions),
    "market": NameType(_list_markets),
    "cluster": NameType(_list_clusters),
    "detail": NameType(_list_clusters),
    "firm": NameType(_list_firms),
}
"""Parameter of any command to what completes it."""
