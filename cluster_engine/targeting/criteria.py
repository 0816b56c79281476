"""The criteria of the score: one entry each, and the parts it is the mean of.

To add a criterion: one entry here, its parts in `features`, its words in `reasons`, its weight in
`settings.toml`, and a test.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Criterion:
    """One additive part of the score.

    Attributes
    ----------
    name : str
        As in ``points_<name>`` and in the settings.
    label : str
        As shown to people.
    parts : tuple of str
        Features whose standardised values are averaged.
    meaning : str
        One sentence for the documentation.
    """

    name: str
    label: str
    parts: tuple[str, ...]
    meaning: str


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "cluster_fit",
        "Cluster fit",
        ("specialisation", "affinity"),
        "The region is specialised in the firm's sector, and the sector is in or close to one of "
        "the region's niche clusters.",
    ),
    Criterion(
        "supplier_link",
        "Customers here",
        ("supplier",),
        "The region's niche clusters buy more of the firm's kind of product than the region's size "
        "would suggest.",
    ),
    Criterion(
        "customer_link",
        "Suppliers here",
        ("customer",),
        "The region's niche clusters make more of the inputs of the firm's industry than the "
        "region's size would suggest.",
    ),
    Criterion(
        "knowledge",
        "Knowledge intensity",
        ("class_level", "rd_intensity"),
        "The firm's industry is high-technology or knowledge-intensive, and the firm spends much "
        "of its sales on research and development.",
    ),
    Criterion(
        "capacity",
        "Capacity to invest",
        ("employees", "rd", "growth"),
        "The firm is large, spends much on research and development, and grows.",
    ),
    Criterion(
        "footprint",
        "Foreign footprint",
        ("patents_abroad", "trademarks_abroad"),
        "The firm protects its inventions and brands outside its home country.",
    ),
)

PARTS: tuple[str, ...] = tuple(part for criterion in CRITERIA for part in criterion.parts)
