"""What is asked of the firms: formulas over their columns, and questions about them, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

UPPER, LOWER = "upper_score", "lower_score"
"""Hundredths of points above the base that a firm has at most, and at least."""

FILES, NUMBERED = "{files}", "{numbered}"
"""Stand in a query for what is read; the second also has `file_row_number`."""

HALF = 0.5


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one criterion.

    Attributes
    ----------
    hundredths : str
        SQL expression; unrounded.
    band : float
        By how much another library's arithmetic may differ: within it of where rounding turns,
        both ways are possible.
    """

    hundredths: str
    band: float

    @property
    def upper(self) -> str:
        """Rounded to the nearest whole one, up in doubt."""
        return f"floor({self.hundredths} + {HALF + self.band!r}::DOUBLE)"

    @property
    def lower(self) -> str:
        """Rounded to the nearest whole one, down in doubt."""
        return f"ceil({self.hundredths} - {HALF + self.band!r}::DOUBLE)"


@dataclass(frozen=True, slots=True)
class Screen:
    """A score as formulas.

    Attributes
    ----------
    layers : tuple of mapping of str to str
        Name to SQL expression; each layer may use the names of those before.
    points : tuple of Points
    profiles : pa.Table
        profile (int32), fixed (hundredths), most (the largest upper bound there can be), firms (how
        many there are), and what the formulas refer to. Firms of other profiles are left out.
    """

    layers: tuple[Mapping[str, str], ...]
    points: tuple[Points, ...]
    profiles: pa.Table

    def keep(self, mask: pa.Array) -> Screen:
        """Ask only the firms of some profiles."""
        return replace(self, profiles=self.profiles.filter(mask))


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the order of firms: most points first, then firm_id."""

    hundredths: float
    firm_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question to all firms: asked of all at once, or file by file and put together.

    Attributes
    ----------
    sql : str
        With ``FILES`` or ``NUMBERED``; knows the tables ``profiles`` and ``marks``.
    profiles, marks : pa.Table
    order : tuple of (str, "ascending" or "descending")
        Of the rows; empty: any.
    limit : int or None
        Rows of the whole that are wanted.
    total : str
        Column to be added up for each value of ``place``; empty: rows are put together.
    """

    sql: str
    profiles: pa.Table
    marks: pa.Table
    order: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    total: str = ""


BEST_FIRST = ((UPPER, "descending"), ("firm_id", "ascending"))


def ask_best(
    screen: Screen,
    columns: Sequence[str],
    limit: int,
    *,
    after: Mark | None = None,
    at_least: float | None = None,
) -> Query:
    """Ask for the best firms by the upper bound of their score.

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
    wanted = ", ".join((*columns, UPPER, LOWER))
    where = "" if after is None else ", marks"
    rules = []
    if after is not None:
        rules.append(f"({UPPER} < bound OR ({UPPER} = bound AND firm_id > name))")
    if at_least is not None:
        rules.append(f"{UPPER} >= {float(at_least)!r}")
    if rules:
        where += " WHERE " + " AND ".join(rules)
    sql = (
        f"SELECT {wanted} FROM ({_score(screen)}){where} "
        f"ORDER BY {UPPER} DESC, firm_id LIMIT {limit}"
    )
    marks = tabulate_marks([] if after is None else [after])
    return Query(sql, screen.profiles, marks, BEST_FIRST, limit)


def ask_above(screen: Screen, marks: Sequence[Mark]) -> Query:
    """Ask how many firms come before each of some places by their upper bound: place, above.

    One row more, the last, says how many firms could be rounded either way.
    """
    sql = f"""
        WITH scored AS MATERIALIZED (
            SELECT firm_id, {UPPER} AS upper, {UPPER} <> {LOWER} AS doubtful
            FROM ({_score(screen)}) WHERE {UPPER} >= (SELECT min(bound) FROM marks)
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
    return Query(sql, screen.profiles, tabulate_marks(marks), total="above")


def ask_doubtful(screen: Screen, columns: Sequence[str]) -> Query:
    """Ask for the firms whose points could be rounded either way."""
    wanted = ", ".join((*columns, UPPER, LOWER))
    sql = f"SELECT {wanted} FROM ({_score(screen)}) WHERE {UPPER} <> {LOWER}"
    return Query(sql, screen.profiles, tabulate_marks([]), BEST_FIRST)


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
    return Query(sql, wanted.slice(0, 0), wanted, (("firm_id", "ascending"),))


def ask_known(screen: Screen, expression: str) -> Query:
    """Ask for one firm of which something is known."""
    sql = (
        f"SELECT 1 AS known FROM {FILES} JOIN profiles USING (profile) "
        f"WHERE status = 'rankable' AND ({expression}) IS NOT NULL LIMIT 1"
    )
    return Query(sql, screen.profiles, tabulate_marks([]), limit=1)


def ask_sample(screen: Screen, every: int) -> Query:
    """Ask for score, employees and profile of every so many-th firm; of all in order of firm_id."""
    sample = "" if every == 1 else f" WHERE file_row_number % {every} = 0"
    source = f"(SELECT * FROM {NUMBERED}{sample})"
    columns = ("firm_id",) if every == 1 else (UPPER, "profile", "employees")
    wanted = ", ".join(dict.fromkeys((*columns, UPPER, LOWER, "profile", "employees")))
    sql = f"SELECT {wanted} FROM ({_score(screen, source)}) ORDER BY ALL"
    order = tuple((name, "ascending") for name in wanted.split(", "))
    return Query(sql, screen.profiles, tabulate_marks([]), order)


def tabulate_marks(marks: Sequence[Mark]) -> pa.Table:
    """Places as a table: place, bound, name. Names are texts of users: never part of the SQL."""
    return pa.table(
        {
            "place": pa.array(range(len(marks)), pa.int32()),
            "bound": pa.array([mark.hundredths for mark in marks], pa.float64()),
            "name": pa.array([mark.firm_id for mark in marks], pa.string()),
        }
    )


def merge(query: Query, answers: Sequence[pa.Table]) -> pa.Table:
    """Put the answers of several files together; in any order, the result is the same."""
    whole = pa.concat_tables(answers)
    if query.total:
        summed = whole.group_by("place").aggregate([(query.total, "sum")])
        return summed.rename_columns(["place", query.total]).sort_by("place")
    if query.order:
        whole = whole.sort_by(list(query.order))
    return whole.slice(0, query.limit)


def _score(screen: Screen, source: str = FILES) -> str:
    inner = f"SELECT * FROM {source} JOIN profiles USING (profile) WHERE status = 'rankable'"
    for layer in screen.layers:
        named = ", ".join(f"{expression} AS {name}" for name, expression in layer.items())
        inner = f"SELECT *, {named} FROM ({inner})"
    upper = " + ".join(("fixed", *(points.upper for points in screen.points)))
    lower = " + ".join(("fixed", *(points.lower for points in screen.points)))
    return f"SELECT *, {upper} AS {UPPER}, {lower} AS {LOWER} FROM ({inner})"
