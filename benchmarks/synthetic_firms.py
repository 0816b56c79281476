"""Write a converted list of firms that do not exist, spread as real ones are.

    python benchmarks/synthetic_firms.py ROWS FOLDER [SEED]

Countries and industries have the shares of the default pack's firms and of the nation's jobs;
size is Pareto (Zipf's law: Axtell 2001, exponent 1.06); sales per employee are log-normal; figures
are unknown about as often as company registers leave them out (our guess). One firm in six has a
second industry. Rows are written as they are made: memory does not grow with them. Same seed, same
bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute

from cluster_engine.packs.dataset_tables import FIRM_SCHEMA, NOTE_SCHEMA, PROFILE_SCHEMA
from cluster_engine.packs.firm_dataset import FirmDataset
from cluster_engine.packs.firm_dataset_writer import DatasetWriter
from cluster_engine.packs.pack import open_pack

SIZE_EXPONENT = 1.06
LARGEST = 2_000_000.0
UNKNOWN = {
    "employees": 0.45, "sales": 0.5, "rd": 0.97, "sales_growth": 0.6, "patents_abroad": 0.95,
    "trademarks_abroad": 0.95, "home_lq": 0.2,
}  # fmt: skip
SECOND_INDUSTRY = 1 / 6
N_MIXES = 4_000
CHUNK = 500_000
SCRAMBLE = 2_654_435_761
"""Odd, so that multiplying by it modulo 2**32 gives every number once."""


@dataclass(frozen=True, slots=True)
class World:
    """Shares of countries, and of mixes of industries."""

    countries: list[str]
    country_shares: NDArray[np.float64]
    mixes: pa.Table
    mix_shares: NDArray[np.float64]


def make_world(generator: np.random.Generator) -> World:
    """Take shares from the default pack."""
    pack = open_pack()
    firms = pack.read("firms")["country"].value_counts().sort_index()
    codes = pack.read("firm_industries")["industry"].value_counts()
    employment = pack.read("employment")
    jobs = employment["jobs"].groupby(employment["industry"].str[:4]).sum()
    industries = sorted(pack.read("industries").query("level == 4")["industry"])
    weight = codes.reindex(industries).fillna(0) / codes.sum()
    weight += jobs.reindex(industries).fillna(0) / jobs.sum()
    share = (weight / weight.sum()).to_numpy(dtype=np.float64)
    second = generator.choice(len(industries), (N_MIXES, 2), p=share)
    pairs = sorted({tuple(pair) for pair in second.tolist() if pair[0] != pair[1]})
    rows, shares = [], []
    kinds = (("official code", None, 0.7), ("activity text", 0.85, 0.2),
             ("activity text", 0.6, 0.1))  # fmt: skip
    mixes = [((first,), share[first] * (1 - SECOND_INDUSTRY)) for first in range(len(industries))]
    mixes += [(pair, share[pair[0]] * SECOND_INDUSTRY * 0.1) for pair in pairs]
    for places, chance in sorted(mixes):
        for basis, confidence, part in kinds:
            for place, weight in zip(places, (1.0,) if len(places) == 1 else (0.6, 0.4),
                                     strict=True):  # fmt: skip
                rows.append((len(shares), industries[place], weight, basis, confidence))
            shares.append(chance * part)
    columns = list(zip(*rows, strict=True))
    total = np.array(shares)
    return World(
        list(firms.index),
        (firms / firms.sum()).to_numpy(dtype=np.float64),
        pa.table([pa.array(column) for column in columns], names=PROFILE_SCHEMA.names).cast(
            PROFILE_SCHEMA
        ),
        total / total.sum(),
    )


def write_firms(folder: Path, n_firms: int, seed: int = 0) -> FirmDataset:
    """Write so many firms into an empty folder."""
    generator = np.random.default_rng(seed)
    world = make_world(generator)
    writer = DatasetWriter(folder)
    per_country = generator.multinomial(n_firms, world.country_shares)
    for country, number in zip(world.countries, per_country, strict=True):
        profiles = np.repeat(
            np.arange(len(world.mix_shares), dtype=np.int32),
            generator.multinomial(number, world.mix_shares),
        )
        for start, stop in _cut(profiles):
            writer.write(_make_firms(country, profiles[start:stop], start, generator))
    notes = NOTE_SCHEMA.empty_table()
    return writer.close(world.mixes, notes, {"synthetic": str(n_firms), "seed": str(seed)})


def _cut(profiles: NDArray[np.int32]) -> Iterator[tuple[int, int]]:
    """Chunks that end where a profile does, so that each can be put in order by itself."""
    start = 0
    while start < len(profiles):
        stop = min(start + CHUNK, len(profiles))
        if stop < len(profiles):
            stop = int(np.searchsorted(profiles, profiles[stop - 1], side="right"))
        yield start, stop
        start = stop


def _make_firms(
    country: str, profiles: NDArray[np.int32], first: int, generator: np.random.Generator
) -> pa.Table:
    n = len(profiles)
    numbers = (np.arange(first, first + n, dtype=np.uint64) * SCRAMBLE) % 2**32
    numbers = numbers[np.lexsort((numbers, profiles))]
    text = compute.utf8_lpad(pa.array(numbers).cast(pa.string()), 10, "0")
    employees = np.floor(np.minimum(generator.pareto(SIZE_EXPONENT, n) + 1.0, LARGEST))
    sales = employees * generator.lognormal(np.log(0.15), 0.9, n)
    columns = {
        "firm_id": compute.binary_join_element_wise(country, text, ""),
        "firm_name": compute.binary_join_element_wise("Firm ", text, ""),
        "country": pa.repeat(country, n),
        "source": pa.repeat("synthetic", n),
        "status": pa.array(np.where(generator.random(n) < 0.98, "rankable", "holding code")),
        "year": pa.repeat(2023, n),
        "profile": pa.array(profiles),
    }
    figures = {
        "employees": employees,
        "sales": np.round(sales, 3),
        "rd": np.round(sales * generator.beta(1.0, 25.0, n), 3),
        "sales_growth": np.round(generator.normal(0.03, 0.12, n), 3),
        "patents_abroad": np.floor(generator.pareto(1.2, n) * 2.0),
        "trademarks_abroad": np.floor(generator.pareto(1.2, n) * 2.0),
        "home_lq": np.round(generator.lognormal(0.0, 0.7, n), 2),
    }
    for name, values in figures.items():
        columns[name] = pa.array(values, mask=generator.random(n) < UNKNOWN[name])
    return pa.table(
        [columns.get(field.name, pa.nulls(n, field.type)) for field in FIRM_SCHEMA],
        names=FIRM_SCHEMA.names,
    ).cast(FIRM_SCHEMA)


def main() -> None:
    """Write a folder."""
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True)
    dataset = write_firms(folder, int(float(sys.argv[1])), *map(int, sys.argv[3:4]))
    size = sum(file.bytes for file in dataset.files)
    print(f"{dataset.n_firms:,} firms, {len(dataset.files)} files, {size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
