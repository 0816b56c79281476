"""What says of a firm whether it invests abroad: prior weights and where their signs come from."""

from __future__ import annotations

from dataclasses import dataclass

BASE_RATE = 0.02
"""Prior: of the firms of a list, the share that invests abroad in a year. UNCTAD (World Investment
Report) counts some 15,000 greenfield projects a year; a rough order, and no basis for forecasts."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing known of a firm that says whether it moves.

    Attributes
    ----------
    name : str
        A part of the score's criteria.
    label : str
    weight : float
        Prior: log odds for one standard deviation.
    reference : str
        Where the sign comes from; sizes are judgement.
    """

    name: str
    label: str
    weight: float
    reference: str


TERMS: tuple[Term, ...] = (
    Term("employees", "size", 0.6, "Helpman, Melitz & Yeaple (2004): the largest invest abroad"),
    Term("growth", "growth", 0.2, "Penrose (1959): firms expand where they have grown"),
    Term("profitability", "profit margin", 0.2,
         "Helpman, Melitz & Yeaple (2004): only productive firms bear the fixed cost"),
    Term("patents_abroad", "patents abroad", 0.3,
         "Johanson & Vahlne (1977): who is abroad goes further"),
    Term("trademarks_abroad", "brands abroad", 0.2,
         "Johanson & Vahlne (1977): who is abroad goes further"),
    Term("rd", "research and development", 0.3,
         "Dunning (1980): advantages owned are used abroad"),
    Term("patents", "patents", 0.1, "Dunning (1980): advantages owned are used abroad"),
    Term("recent_projects", "projects abroad lately", 0.5,
         "Davidson (1980): experience of a country leads to more of it"),
)  # fmt: skip
