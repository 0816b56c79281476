"""Questions about very many firms, as SQL that engines answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import pyarrow as pa

from cluster_engine.engines.screen import (
    BEST_FIRST,
    FILES,
    LOWER,
    NUMBERED,
    UPPER,
    Mark,
    Query,
    Screen,
    tabulate_marks,
)

HAS = "has_"
"""Before the name of a part: whether it is known of a firm."""


def ask_pairs(screen: Screen, least: float) -> Query:
    """Ask which pairs of profile and cell there are whose firms could have so many hundredths.

    Two narrow columns are read; hardly any other part of the files has to be, after that.
    """
    sql = f"""
        SELECT DISTINCT profile, cell
        FROM {FILES} JOIN profiles USING (profile) JOIN cells ON number = first_cell + cell
        WHERE status = 'rankable'
            AND cell_most + CASE WHEN is_known THEN known ELSE unknown END >= {float(least)!r}
    """
    return Query(sql, {"profiles": screen.profiles, "cells": screen.cells})


def ask_reaching(screen: Screen, columns: Sequence[str], least: float, limit: int) -> Query:
    """Ask for firms whose upper bound reaches so many hundredths, in any order.

    Parameters
    ----------
    screen : Screen
    columns : sequence of str
        Wanted of each firm, besides the bounds of its score.
    least : float
    limit : int
        Firms wanted at most: if so many come, there may be more.
    """
    sql = f"SELECT {_add_bounds(columns)} FROM ({_score(screen, at_least=least)}) LIMIT {limit}"
    return Query(sql, _list_tables(screen), limit=limit)


def ask_best(
    screen: Screen,
    columns: Sequence[str],
    limit: int,
    *,
    after: Mark | None = None,
    at_least: float | None = None,
) -> Query:
    """Ask for the best firms by the upper bound of their score, best first.

    Parameters
    ----------
    screen : Screen
    columns : sequence of str
        Wanted of each firm, besides the bounds of its score.
    limit : int
        Firms wanted.
    after : Mark, optional
        Only firms that come after this place.
    at_least : float, optional
        Hundredths below which no firm is wanted: nearly all drop out before they are put in order.
    """
    source = f"({_score(screen, at_least=at_least)})"
    tables = _list_tables(screen)
    if after is not None:
        source += f", marks WHERE {UPPER} < bound OR ({UPPER} = bound AND firm_id > name)"
        tables["marks"] = tabulate_marks([after])
    sql = (
        f"SELECT {_add_bounds(columns)} FROM {source} ORDER BY {UPPER} DESC, firm_id LIMIT {limit}"
    )
    return Query(sql, tables, BEST_FIRST, limit)


def ask_above(screen: Screen, marks: Sequence[Mark]) -> Query:
    """Ask how many firms come before each of some places by their upper bound: place, above.

    One row more, the last, says how many firms could be rounded either way.
    """
    least = min(mark.hundredths for mark in marks)
    sql = f"""
        WITH scored AS MATERIALIZED (
            SELECT firm_id, {UPPER} AS upper, {UPPER} <> {LOWER} AS doubtful
            FROM ({_score(screen, at_least=least)})
        ),
        level AS (SELECT upper, count(*) AS firms FROM scored GROUP BY ALL),
        equal AS (SELECT place, count(*) AS firms FROM scored
                  JOIN marks ON upper = bound AND firm_id < name GROUP BY ALL)
        SELECT marks.place,
            (coalesce((SELECT sum(firms) FROM level WHERE upper > bound), 0)
             + coalesce(equal.firms, 0))::BIGINT AS above
        FROM marks LEFT JOIN equal USING (place)
        UNION ALL
        SELECT {len(marks)}::INTEGER, (SELECT count(*) FROM scored WHERE doubtful)
        ORDER BY place
    """
    tables = _list_tables(screen) | {"marks": tabulate_marks(marks)}
    return Query(sql, tables, total="above")


def ask_doubtful(screen: Screen, columns: Sequence[str]) -> Query:
    """Ask for the firms whose points could be rounded either way."""
    sql = f"SELECT {_add_bounds(columns)} FROM ({_score(screen)}) WHERE {UPPER} <> {LOWER}"
    return Query(sql, _list_tables(screen), BEST_FIRST)


def ask_details(wanted: pa.Table, columns: Sequence[str]) -> Query:
    """Ask for more columns of a few firms.

    Parameters
    ----------
    wanted : pa.Table
        profile and firm_id: files are sorted by profile, so that most of them need not be unpacked.
    columns : sequence of str
    """
    names = ", ".join(("firm_id", *columns))
    # The first join keeps the engine from unpacking names of other profiles; one join by both keys
    # takes three times as long.
    near = f"SELECT * FROM {FILES} JOIN (SELECT DISTINCT profile FROM marks) USING (profile)"
    sql = f"""
        SELECT {names} FROM ({near}) JOIN (SELECT firm_id FROM marks) USING (firm_id)
        ORDER BY firm_id
    """
    return Query(sql, {"marks": wanted}, (("firm_id", "ascending"),))


def ask_known(screen: Screen, expression: str) -> Query:
    """Ask for one firm of which something is known."""
    sql = (
        f"SELECT 1 AS known FROM {FILES} JOIN profiles USING (profile) "
        f"WHERE status = 'rankable' AND ({expression}) IS NOT NULL LIMIT 1"
    )
    return Query(sql, _list_tables(screen), limit=1)


def ask_every(screen: Screen, every: int, parts: Collection[str] = ()) -> Query:
    """Ask for score, employees and profile of every so many-th firm; of all in order of firm_id.

    Parameters
    ----------
    screen : Screen
    every : int
    parts : collection of str, optional
        Also asked: whether they are known of a firm.
    """
    where = "" if every == 1 else f" WHERE file_row_number % {every} = 0"
    columns = ("firm_id",) if every == 1 else ()
    return _ask_sample(screen, f"(SELECT * FROM {NUMBERED}{where})", columns, parts)


def ask_sample(
    screen: Screen, place: str, every: int, countries: Collection[str], parts: Collection[str] = ()
) -> Query:
    """Ask for the same of the firms of some countries that stand at a spacing of the sample."""
    names = ", ".join(f"'{name}'" for name in sorted(countries) if name.isalpha())
    where = f"every >= {every} AND country IN ({names})"
    query = _ask_sample(screen, f"(SELECT * FROM {FILES} WHERE {where})", (), parts)
    return replace(query, files=(place,))


def _ask_sample(
    screen: Screen, source: str, columns: Sequence[str], parts: Collection[str]
) -> Query:
    wanted = (*columns, UPPER, LOWER, "profile", "employees")
    flags = (f"k_{part} IS NOT NULL AS {HAS}{part}" for part in parts)
    named = ", ".join((*wanted, *flags))
    order = tuple((name, "ascending") for name in wanted)
    sql = f"SELECT {named} FROM ({_score(screen, source)}) ORDER BY {', '.join(wanted)}"
    return Query(sql, _list_tables(screen), order)


def _add_bounds(columns: Sequence[str]) -> str:
    """Columns wanted of a firm, and the bounds of its score."""
    return ", ".join((*columns, UPPER, LOWER))


def _list_tables(screen: Screen) -> dict[str, pa.Table]:
    """Tables that a score refers to."""
    pairs = {} if screen.pairs is None else {"pairs": screen.pairs}
    return {"profiles": screen.profiles, **pairs}


def _score(screen: Screen, source: str = FILES, *, at_least: float | None = None) -> str:
    """SQL of all columns and both bounds, of firms whose upper one reaches so many hundredths."""
    # Profiles first: with them an engine passes over whole stretches of a file.
    inner = f"SELECT * FROM {source} JOIN profiles USING (profile) WHERE status = 'rankable'"
    if screen.pairs is not None:
        inner = f"SELECT * FROM ({inner}) SEMI JOIN pairs USING (profile, cell)"
    for layer in screen.layers:
        named = ", ".join(f"{expression} AS {name}" for name, expression in layer.items())
        inner = f"SELECT *, {named} FROM ({inner})"
    named_points = {f"p_{number}": points for number, points in enumerate(screen.points)}
    raw = (f"{points.hundredths} AS {name}" for name, points in named_points.items())
    inner = f"SELECT {', '.join(('*', *raw))} FROM ({inner})"
    upper = " + ".join(("fixed", *(one.round_up(name) for name, one in named_points.items())))
    lower = " + ".join(("fixed", *(one.round_down(name) for name, one in named_points.items())))
    inner = f"SELECT *, {upper} AS {UPPER} FROM ({inner})"
    if at_least is not None:
        inner += f" WHERE {UPPER} >= {float(at_least)!r}"
    return f"SELECT *, {lower} AS {LOWER} FROM ({inner})"
