"""The criteria of the score: one entry each, and the parts it is the mean of.

To add a criterion: one entry here, its parts in `features`, its words in `reasons` and
`part_words`, its weight in `settings.toml`, and a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Question = Literal["place", "mover", "value"]
"""Would such a firm choose this region; is it able and likely to expand abroad; what would it
bring."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One additive part of the score.

    Attributes
    ----------
    name : str
        As in ``points_<name>`` and in the settings.
    label : str
        As shown to people.
    question : {"place", "mover", "value"}
        Which of the three questions it answers.
    parts : tuple of str
        Features whose standardised values are averaged.
    meaning : str
        One sentence for the documentation.
    family : str
        Criteria of one family share one scale, the standard deviation of their total: so the
        relative sizes of terms that were learned together are kept. Their weight is the family's.
        Empty: the criterion is standardised by itself.
    """

    name: str
    label: str
    question: Question
    parts: tuple[str, ...]
    meaning: str
    family: str = ""

    @property
    def weight_name(self) -> str:
        """Entry of the weights: the family's, or its own."""
        return self.family or self.name


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "cluster_fit",
        "Cluster fit",
        "place",
        ("specialisation", "affinity"),
        "The region is specialised in the firm's sector, and the sector is in or close to one of "
        "the region's niche clusters.",
    ),
    Criterion(
        "sector_pull",
        "Where its sector grows",
        "place",
        ("pull",),
        "New activity of the firm's sector chooses this region: learned from where jobs were "
        "added.",
    ),
    Criterion(
        "supplier_link",
        "Customers here",
        "place",
        ("supplier",),
        "The region's niche clusters buy more of the firm's kind of product than the region's size "
        "would suggest.",
    ),
    Criterion(
        "customer_link",
        "Suppliers here",
        "place",
        ("customer",),
        "The region's niche clusters make more of the inputs of the firm's industry than the "
        "region's size would suggest.",
    ),
    Criterion(
        "home_match",
        "Home region alike",
        "place",
        ("home_lq",),
        "The firm's home region is strong in its industry, as firms look for places like home.",
    ),
    Criterion(
        "capacity",
        "Capacity to invest",
        "mover",
        ("employees", "rd", "growth", "profitability"),
        "The firm is large, spends much on research and development, grows, and earns well.",
    ),
    Criterion(
        "footprint",
        "Foreign footprint",
        "mover",
        ("patents_abroad", "trademarks_abroad"),
        "The firm protects its inventions and brands outside its home country.",
    ),
    Criterion(
        "presence",
        "Presence near",
        "mover",
        ("host_presence", "rival_presence", "recent_projects"),
        "The firm is in the host country or in rival regions already, or invested abroad lately.",
    ),
    Criterion(
        "knowledge",
        "Knowledge intensity",
        "value",
        ("class_level", "rd_intensity"),
        "The firm's industry is high-technology or knowledge-intensive, and the firm spends much "
        "of its sales on research and development.",
    ),
    Criterion(
        "productivity",
        "Value added per job",
        "value",
        ("added_value",),
        "Jobs in the firm's sector bring much value added.",
    ),
    Criterion(
        "gap",
        "Value-chain gap",
        "value",
        ("gap",),
        "The region buys much of what the firm's industry makes from elsewhere, and is close to "
        "making it.",
    ),
)

PARTS: tuple[str, ...] = tuple(part for criterion in CRITERIA for part in criterion.parts)
