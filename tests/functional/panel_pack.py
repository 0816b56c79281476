"""A pack with enough areas, sectors and years to learn from, invented on top of the toy pack."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

N_AREAS, N_DIVISIONS, N_YEARS = 18, 10, 7
IO_INDUSTRIES = ("C10", "C25", "C29", "G47", "JK", "P85")


def _grow_jobs(generator: np.random.Generator, n_sectors: int) -> np.ndarray:
    """Jobs by year, area and sector: cells drift towards the strength of their division."""
    division = np.arange(n_sectors) // 5
    strength = generator.normal(0, 0.9, (N_AREAS, N_DIVISIONS))[:, division]
    cell = strength + generator.normal(0, 1.2, (N_AREAS, n_sectors))
    usual = np.outer(generator.lognormal(0, 0.5, N_AREAS), generator.lognormal(4.6, 0.7, n_sectors))
    years = []
    for _ in range(N_YEARS):
        cell = cell + 0.25 * (strength - cell) + generator.normal(0, 0.35, cell.shape)
        noise = generator.gamma(6.0, 1 / 6.0, cell.shape)
        years.append(5 * np.round(usual * np.exp(cell - 0.8) * noise / 5))
    return np.array(years)


def _name_industries(codes: list[str], known: set[str]) -> pd.DataFrame:
    """Rows of the classification at every level, but for those that are known."""
    levels = [(code[:n], n) for code in codes for n in (2, 3, 4, 5)]
    new = pd.DataFrame(dict.fromkeys(levels, 0).keys(), columns=["industry", "level"])
    return new[~new["industry"].isin(known)].assign(
        parent=lambda t: t["industry"].str[:-1].where(t["level"] > 2, ""),
        label=lambda t: "Sector " + t["industry"], name=lambda t: "Sector " + t["industry"],
        knowledge_class=lambda t: np.where(
            t["industry"].str[1].astype(int) % 2 == 0,
            "high-tech knowledge-intensive services", "low-technology manufacturing",
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def panel_pack(tmp_path_factory: pytest.TempPathFactory, toy_pack: Path) -> Path:
    """Folder of a pack: 18 areas, about 50 sectors more than the toy pack, 2015 to 2021."""
    folder = tmp_path_factory.mktemp("panel") / "panel-land"
    shutil.copytree(toy_pack, folder)
    generator = np.random.default_rng(11)
    areas = [f"TY{number}" for number in range(1, N_AREAS + 1)]
    codes = [
        f"{division}{group}{place}0"
        for division in range(60, 60 + N_DIVISIONS)
        for group, place in ((1, 1), (1, 2), (1, 3), (2, 1), (2, 2))
    ]
    read = {path.stem: pd.read_csv(path, dtype=str) for path in folder.glob("*.csv")}
    known = set(read["industries"]["industry"])
    new = _name_industries(codes, known)
    codes = [code for code in codes if code not in known]
    jobs = _grow_jobs(generator, 5 * N_DIVISIONS)[:, :, : len(codes)]
    cube = pd.DataFrame(
        {
            "year": np.repeat(range(2015, 2015 + N_YEARS), N_AREAS * len(codes)).astype(str),
            "area": np.tile(np.repeat(areas, len(codes)), N_YEARS),
            "industry": np.tile(codes, N_YEARS * N_AREAS),
            "jobs": jobs.ravel(),
        }
    )
    old = read["employment"]
    extra = {
        "areas": pd.DataFrame(
            {"area": areas[6:], "area_name": areas[6:], "other_code": areas[6:]}
        ),
        "industries": new,
        "employment": cube,
        "enterprises": pd.DataFrame(
            {"industry": codes, "size_band": "10 to 39", "mean_size": 20, "enterprises": 100}
        ),
        "io_concordance": pd.DataFrame(
            {
                "industry": codes, "weight": 1,
                "io_industry": [IO_INDUSTRIES[int(code[1]) % len(IO_INDUSTRIES)] for code in codes],
            }
        ),
    }  # fmt: skip
    read["employment"] = pd.concat(
        [old[old["year"] == "2021"].assign(year=str(year)) for year in range(2015, 2022)]
    )
    manifest = (folder / "pack.toml").read_text(encoding="utf-8")
    for name, rows in extra.items():
        table = pd.concat([read[name], rows[list(read[name].columns)]], ignore_index=True)
        table.to_csv(folder / f"{name}.csv", index=False)
        pattern = rf'(file = "{name}\.csv"\nrows = )\d+'
        manifest = re.sub(pattern, rf"\g<1>{len(table)}", manifest)
    manifest = manifest.replace('name = "toyland"', 'name = "panel-land"', 1)
    (folder / "pack.toml").write_text(manifest, encoding="utf-8")
    return folder
