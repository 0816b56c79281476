"""The card that says how often industries read from texts are right, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pandas as pd

from cluster_engine.files import replace_file

HEAD = """# How sure is an industry that was read from a text?

Written by `scripts/build_text_coder.py`; do not edit. Five-fold cross-validation: every company is
in one fold alone, and neither coder of a fold has seen its text or its code.

- *Large coder*: codes the firms of the default pack when the pack is built (modelled).
- *Small coder*: ships as `data/curated/text_coder.npz` and codes descriptions of imported lists; a
  linear model over {n_terms} word stems, fitted on what the large coder found and on the official
  index. It reads English.
- *GICS only*: the commonest divisions of the other firms of the same GICS industry.
- *Official code*: firms of the R&D panel whose description could be joined by name and whose
  code is that of the panel (official). *Coded by hand*: listed firms coded after reading their
  description, or because they are widely known: mostly well-known or hard cases, no random sample.
"""
CURVE = """
## Calibration

Firms with an official code, by the probability that the coder gave its main division.
"""
FOOT = """
What this does not measure: texts that are not in English, firms in trades that the panel of the
largest R&D spenders hardly holds (retail, building, services), and official codes that are
themselves wrong or those of a holding.
"""


class Scores(Protocol):
    """Shares of firms coded right."""

    @property
    def division_first(self) -> float:
        """The likeliest division is right."""

    @property
    def division_top_3(self) -> float:
        """One of the likeliest three divisions is right."""

    @property
    def class_first(self) -> float:
        """The likeliest class is right."""

    @property
    def class_top_3(self) -> float:
        """One of the likeliest three classes is right."""


def write_card(
    scores: Mapping[tuple[str, str], Scores],
    n_firms: Mapping[str, int],
    calibration: Mapping[str, pd.DataFrame],
    path: Path,
    *,
    n_terms: int = 8000,
) -> None:
    """Write the card.

    Parameters
    ----------
    scores : mapping of (str, str) to Scores
        By group of firms and coder.
    n_firms : mapping of str to int
        Firms of each group.
    calibration : mapping of str to DataFrame
        By coder: low, high, n_firms, said, right.
    path : Path
        Markdown file.
    n_terms : int
        Stems the small coder knows.
    """
    lines = [HEAD.format(n_terms=f"{n_terms:,}")]
    lines.append("| firms | coder | 2 digits, first | 2 digits, top 3 | 4 digits, first | top 3 |")
    lines.append("|---|---|---:|---:|---:|---:|")
    for (group, coder), found in scores.items():
        shares = (found.division_first, found.division_top_3, found.class_first, found.class_top_3)
        cells = " | ".join(f"{share:.1%}" for share in shares)
        lines.append(f"| {group} ({n_firms[group]:,}) | {coder} | {cells} |")
    lines.append(CURVE)
    lines.append("| coder | said | firms | mean said | right |")
    lines.append("|---|---|---:|---:|---:|")
    for coder, curve in calibration.items():
        for row in curve.itertuples(index=False):
            span = f"{row.low:.0%} to {row.high:.0%}"
            lines.append(
                f"| {coder} | {span} | {row.n_firms:,} | {row.said:.1%} | {row.right:.1%} |"
            )
    lines.append(FOOT)
    replace_file(path, ("\n".join(lines).rstrip() + "\n").encode("utf-8"))
