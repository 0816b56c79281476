"""Carry the figures of a newer file over to the codes of a pack, and say what could not be carried.

Where a code is split and the shares are not known, every target it may belong to is incomplete: its
figure becomes 'not known', never a sum of the parts that happened to be known.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cluster_engine.sources.code_maps import CodeMap


@dataclass(frozen=True, slots=True)
class Carried:
    """Figures under the target's codes.

    Attributes
    ----------
    table : DataFrame
        As given, with the codes of the target system, one row per key; NaN: not known.
    unknown : tuple of str
        Codes of the file that the correspondence does not have: their figures are left out.
    incomplete : tuple of str
        Targets without a figure, as a part of them is not known.
    remarks : tuple of str
        The same in words, with what was left out.
    """

    table: pd.DataFrame
    unknown: tuple[str, ...]
    incomplete: tuple[str, ...]
    remarks: tuple[str, ...]


def carry_figures(table: pd.DataFrame, column: str, value: str, code_map: CodeMap) -> Carried:
    """Add up figures under the codes of the target system.

    Parameters
    ----------
    table : DataFrame
        Key columns and one figure; NaN: not published.
    column : str
        Column with the codes to carry.
    value : str
        Column with the figure.
    code_map : CodeMap

    Returns
    -------
    Carried
        A target is NaN where a part of it is not published or its share is not known.
    """
    known = set(code_map.links["code"])
    unknown = tuple(sorted(set(table[column]) - known))
    keys = [name for name in table.columns if name != value]
    links = code_map.links.rename(columns={"code": column})
    parts = table.merge(links, on=column, how="inner")
    # A share that is not known does no harm where there is nothing to share out.
    shared = (parts[value] * parts["share"]).mask(parts[value] == 0, 0.0)
    parts = parts.assign(**{column: parts["target"], value: shared})
    groups = parts.groupby(keys, sort=True)[value]
    summed = groups.sum(min_count=1).where(groups.count() == groups.size()).reset_index()
    open_links = code_map.links[code_map.links["share"].isna()]
    present = set(table[column])
    incomplete = set(open_links.loc[open_links["code"].isin(present), "target"])
    carried = summed[[*table.columns]]
    remarks = _describe(table, column, value, code_map, unknown, tuple(sorted(incomplete)))
    return Carried(carried, unknown, tuple(sorted(incomplete)), remarks)


def _describe(
    table: pd.DataFrame,
    column: str,
    value: str,
    code_map: CodeMap,
    unknown: tuple[str, ...],
    incomplete: tuple[str, ...],
) -> tuple[str, ...]:
    whole = f"{code_map.system} to {code_map.target_system}"
    remarks = [f"{table[column].nunique()} codes of '{column}' were carried from {whole}."]
    if unknown:
        lost = table.loc[table[column].isin(unknown), value].sum()
        remarks.append(
            f"Left out, as {whole} does not have them: {', '.join(unknown)} ({value} {lost:,.0f})."
        )
    if incomplete:
        remarks.append(
            f"Not known, as a part of them cannot be told apart: {', '.join(incomplete)}."
        )
    if code_map.guessed:
        remarks.append(
            "Split in proportion to reference figures, which is a prior: "
            + ", ".join(code_map.guessed) + "."
        )  # fmt: skip
    return tuple(remarks)
