"""Distances between areas and countries, from points written by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.errors import DataError
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.faults import list_faults

EARTH_RADIUS_KM = 6371.0
DEGREES = r"-?\d{1,3}(\.\d+)?"


def read_distances(areas: Path, countries: Path) -> pd.DataFrame:
    """Distance of each area from each country.

    Both may have several points: those of an area are its towns, those of a neighbouring country
    its border crossings, those of others their economic centres. The mean over an area's towns of
    the distance to the nearest point of the country counts.

    Parameters
    ----------
    areas : Path
        CSV with area, latitude, longitude.
    countries : Path
        CSV with country, latitude, longitude.

    Returns
    -------
    DataFrame
        area, country, distance_km; sorted.

    Raises
    ------
    DataError
        A coordinate is no number.
    """
    here, there = _read_points(areas, "area"), _read_points(countries, "country")
    apart = pd.DataFrame(
        calc_distance(here[["latitude", "longitude"]], there[["latitude", "longitude"]]),
        index=here["area"],
        columns=there["country"],
    )
    nearest = apart.T.groupby(level=0).min().T.groupby(level=0).mean()
    table = nearest.stack().round(1).reset_index()
    table = table.set_axis(["area", "country", "distance_km"], axis=1)
    return table.sort_values(["area", "country"], ignore_index=True)


def calc_distance(first: pd.DataFrame, second: pd.DataFrame) -> NDArray[np.float64]:
    """Great-circle distance in km, shape (n_first, n_second), by the haversine formula.

    Parameters
    ----------
    first, second : DataFrame
        Latitude and longitude in degrees.
    """
    phi, lam = np.radians(first.to_numpy(dtype=np.float64)).T[:, :, None]
    phi2, lam2 = np.radians(second.to_numpy(dtype=np.float64)).T[:, None, :]
    half = np.sin((phi2 - phi) / 2) ** 2
    half = half + np.cos(phi) * np.cos(phi2) * np.sin((lam2 - lam) / 2) ** 2
    distance: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))
    return distance


def _read_points(path: Path, key: str) -> pd.DataFrame:
    rows = read_delimited(path, (key, "latitude", "longitude"))
    problems = [
        problem
        for column in ("latitude", "longitude")
        for problem in list_faults(
            rows.loc[~rows[column].str.fullmatch(DEGREES), column], path.name, "Expected degrees."
        )
    ]
    if problems:
        raise DataError(problems, hint="Write degrees with a point, such as 50.08.")
    return rows.assign(
        latitude=pd.to_numeric(rows["latitude"]), longitude=pd.to_numeric(rows["longitude"])
    )
