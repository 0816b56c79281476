"""Industries of joined firms: official, given by hand, or read from the description."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.firms.coding_text import Descriptions, split_descriptions
from cluster_engine.firms.industry_coding import find_codes, fit_coder
from cluster_engine.firms.listed_companies import find_subject

CONFIDENCE_FLOOR = 0.3
"""Smallest calibrated probability that the division is right with which a firm is kept.

A firm under it is more than twice as likely to be in another division as in the one it would be
shown in. Above it, what follows from the code counts in proportion to the probability.
"""

HAND_CONFIDENCE = 0.95
"""Confidence of a code given by hand: a judgement, not a measurement."""

UNSURE = "industry cannot be mapped with confidence"
FINANCE = "description reads as finance, property or holding"
DEVELOPMENT, OPENING = "4110", 250
BUILDS = (
    r"(?i)construct|contractor|builder|civil engineering|build(?:s|ing) (?:and sell|homes|houses)"
)
"""A developer that does not build owns property; this many characters say whether it builds."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Described firms: n with a code, m without.

    Attributes
    ----------
    known : Descriptions
        The n.
    codes : array of str, shape (n,)
        Their codes.
    official : array of bool, shape (n,)
        Whether the code is an official one; others are given by hand.
    others : Descriptions
        The m.
    rows : array of int, shape (m,)
        Their labels in the table of firms.
    """

    known: Descriptions
    codes: NDArray[np.str_]
    official: NDArray[np.bool_]
    others: Descriptions
    rows: NDArray[np.int64]


def add_hand_codes(firms: pd.DataFrame, codes: pd.Series[str]) -> pd.DataFrame:
    """Add the column `read`: the code given by hand to a firm without an official one, or ''."""
    read = firms["firm_id"].map(codes).fillna("")
    return firms.assign(read=read.mask(firms["industry"] != "", ""))


def code_firms(
    firms: pd.DataFrame, classes: pd.DataFrame, gics_table: pd.DataFrame
) -> pd.DataFrame:
    """Code the firms without an official code.

    Parameters
    ----------
    firms : DataFrame
        As `add_hand_codes` returns.
    classes : DataFrame
        As `sic_index.read_class_texts` returns.
    gics_table : DataFrame
        Columns gics_industry, industry (prefix), weight.

    Returns
    -------
    DataFrame
        Columns row (label in `firms`), industry, weight, confidence; main code first.
    """
    examples = find_examples(firms)
    coder = fit_coder(
        classes,
        gics_table,
        known=examples.known,
        codes=examples.codes,
        others=examples.others,
    )
    codes = find_codes(coder.code(examples.others), coder.reference)
    codes = codes.assign(row=examples.rows[codes["row"]])
    read = firms.loc[firms["read"] != "", "read"]
    by_hand = pd.DataFrame(
        {"row": read.index, "industry": read, "weight": 1.0, "confidence": HAND_CONFIDENCE}
    )
    return pd.concat([codes, by_hand], ignore_index=True)


def find_examples(firms: pd.DataFrame) -> Examples:
    """Tell described firms with a code, official or by hand, from those to be coded."""
    best = firms["industry"].mask(firms["industry"] == "", firms["read"])
    told = firms["summary"] != ""
    known, others = firms[told & (best != "")], firms[told & (best == "")]
    return Examples(
        known=_describe(known),
        codes=best[known.index].to_numpy(dtype="U4"),
        official=(known["industry"] != "").to_numpy(dtype=bool),
        others=_describe(others),
        rows=others.index.to_numpy(dtype=np.int64),
    )


def _describe(firms: pd.DataFrame) -> Descriptions:
    subjects = [find_subject(text) for text in firms["summary"]]
    return split_descriptions(
        firms["key"].tolist(), firms["gics"].tolist(), firms["summary"].tolist(), subjects
    )


def keep_coded(
    firms: pd.DataFrame, codes: pd.DataFrame, *, outside: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame, Counter[str]]:
    """Drop listed firms that read as finance or cannot be coded; panel firms stay, unranked.

    Parameters
    ----------
    firms, codes : DataFrame
        As `add_hand_codes` and `code_firms` return.
    outside : tuple of str
        Codes of finance, property and holding: divisions or classes.

    Returns
    -------
    firms : DataFrame
        Firms that stay, with their status.
    codes : DataFrame
        Codes of those that can be ranked; the weights of a firm add up to 1.
    counts : Counter
        Firms dropped, by reason.
    """
    finance = codes["industry"].str.startswith(outside)
    developer = codes["industry"] == DEVELOPMENT
    builds = firms["summary"].str.slice(0, OPENING).str.contains(BUILDS)
    finance |= developer & ~builds.reindex(codes["row"]).to_numpy(dtype=bool)
    main = codes.assign(outside=finance).drop_duplicates("row").set_index("row")
    reason = pd.Series("", index=main.index, dtype="str")
    reason = reason.mask(main["confidence"] < CONFIDENCE_FLOOR, UNSURE).mask(
        main["outside"], FINANCE
    )
    good = codes[codes["row"].isin(reason.index[reason == ""]) & ~finance]
    weight = good["weight"] / good.groupby("row")["weight"].transform("sum")
    status = np.where((firms["industry"] != "") | firms.index.isin(good["row"]),
                      "rankable", "holding code")  # fmt: skip
    listed = firms.loc[reason.index, "source"] == "listed"
    read = firms.loc[reason.index, "read"] != ""
    gone = reason[((reason != "") & listed) | ((reason == FINANCE) & read)]
    kept = firms.assign(status=status).drop(index=gone.index)
    return kept, good.assign(weight=weight), Counter(gone.tolist())
