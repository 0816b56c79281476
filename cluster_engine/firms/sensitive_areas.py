"""Note the firms that may work in an area of the National Security and Investment Act 2021.

An acquisition in one of 17 areas must be notified; an agency wants to know early. Codes and words
are wider than the legal definitions (SI 2021/1264): a note says "look", never "stop", and filters
nothing.
"""

from __future__ import annotations

import re

import pandas as pd

N_AREAS = 17
COLUMNS = ("firm_id", "area", "because", "note")
NOTE = "may fall under the National Security and Investment Act 2021: "
CODE_WEIGHT = 0.25
"""Share of a firm's activity in a class from which the class speaks for the firm."""


def flag_sensitive_areas(
    firms: pd.DataFrame, industries: pd.DataFrame, areas: pd.DataFrame
) -> pd.DataFrame:
    """Note the areas that a firm's codes or its description point to.

    Parameters
    ----------
    firms : DataFrame
        Text columns firm_id, description.
    industries : DataFrame
        Columns firm_id, industry (four digits), weight (share).
    areas : DataFrame
        Text columns area, prefixes and terms (';' between them).

    Returns
    -------
    DataFrame
        firm_id, area, because ('code 2540', 'text: missile', or both), note; sorted. Firms that
        nothing points to are not in it.
    """
    main = industries[industries["weight"] >= CODE_WEIGHT]
    pieces = []
    for area, prefixes, terms in areas[["area", "prefixes", "terms"]].itertuples(index=False):
        found = pd.concat([_by_code(main, prefixes), _by_text(firms, terms)], ignore_index=True)
        pieces.append(found.assign(area=area))
    every = pd.concat(pieces, ignore_index=True)
    if every.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    joined = every.groupby(["firm_id", "area"])["because"].agg("; ".join).reset_index()
    note = NOTE + joined["area"]
    result: pd.DataFrame = joined.assign(note=note)[list(COLUMNS)]
    return result.sort_values(["firm_id", "area"], ignore_index=True)


def _by_code(main: pd.DataFrame, prefixes: str) -> pd.DataFrame:
    wanted = tuple(prefixes.split(";")) if prefixes else ()
    rows = main[main["industry"].str.startswith(wanted)] if wanted else main.iloc[:0]
    rows = rows.sort_values(["firm_id", "industry"])
    return pd.DataFrame({"firm_id": rows["firm_id"], "because": "code " + rows["industry"]})


def _by_text(firms: pd.DataFrame, terms: str) -> pd.DataFrame:
    # Words may go on ('robotic', 'robotics') but not begin earlier ('probot').
    pattern = r"\b(" + "|".join(re.escape(term) for term in terms.split(";")) + ")"
    told = firms[firms["description"] != ""]
    match = told["description"].str.extract(pattern, flags=re.IGNORECASE, expand=False)
    seen = match.notna()
    because = "text: " + match[seen].str.lower()
    return pd.DataFrame({"firm_id": told.loc[seen, "firm_id"], "because": because})


def note_areas(areas: pd.DataFrame) -> pd.DataFrame:
    """Write one note for each firm that something points to: columns firm_id, kind, note."""
    if areas.empty:
        return pd.DataFrame(columns=["firm_id", "kind", "note"])
    listed = areas.groupby("firm_id", sort=True)["area"].agg(", ".join).reset_index()
    return pd.DataFrame(
        {"firm_id": listed["firm_id"], "kind": "sensitive area", "note": NOTE + listed["area"]}
    )
