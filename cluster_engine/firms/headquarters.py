"""Home country and city of a firm, as its description states them.

A list of shares gives the country of the share, which may be that of a depositary receipt, of a
conduit seat or of another firm altogether; the closing sentence of a description ("… is
headquartered in Ulm, Germany") gives the head office.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_HEAD_OFFICE = re.compile(
    r"\b(?:headquartered|based|headquarters\s(?:is\s|are\s)?(?:located\s)?|head\soffice\s"
    r"(?:is\s)?(?:located\s)?)\s?in\s(?P<place>[^;]+?)(?:\.(?=\s|$)|;|\swith\s|\sand\s(?=is|operates|has"
    r"|serves|was)|\sThe\s|$)"
)
_ADJECTIVAL = re.compile(r"\b(?:is|as)\s(?:an?|the)\s(?P<place>[A-Z][A-Za-z' ]{2,30})-based\b")
_NATIONAL_FORMS = (
    (re.compile(r"\b(?:Berhad|Bhd)\b"), "MY"),
    (re.compile(r"\bTbk\b"), "ID"),
    (re.compile(r"\(publ\)"), "SE"),
    (re.compile(r"\bOyj\b"), "FI"),
    (re.compile(r"\bASA$"), "NO"),
)
AMBIGUOUS = frozenset({"Georgia"})
"""Names of a country and of a state of another one."""


@dataclass(frozen=True, slots=True)
class HeadOffice:
    """Head office as a text states it.

    Attributes
    ----------
    country : str
        ISO 3166-1 alpha-2 code; '' if not stated or not recognised.
    city : str
        City; '' if not stated.
    """

    country: str
    city: str


def find_head_office(text: str, countries: Mapping[str, str]) -> HeadOffice:
    """Find the head office that a description states, the last statement first.

    Examples
    --------
    >>> find_head_office("It is headquartered in Ulm, Germany.", {"Germany": "DE"})
    HeadOffice(country='DE', city='Ulm')
    """
    for match in reversed(list(_HEAD_OFFICE.finditer(text))):
        parts = [part.strip().removeprefix("the ") for part in match["place"].split(",")]
        country = "" if parts[-1] in AMBIGUOUS else countries.get(parts[-1], "")
        if country:
            city = parts[0] if len(parts) > 1 and parts[0] not in countries else ""
            return HeadOffice(country, city if _is_city(city) else "")
    for match in _ADJECTIVAL.finditer(text):
        country = countries.get(match["place"].strip(), "")
        if country:
            return HeadOffice(country, "")
    return HeadOffice("", "")


def find_country_of_form(name: str) -> str:
    """Return the country whose law alone knows the legal form in a name; '' if none does.

    Examples
    --------
    >>> find_country_of_form("Supermax Corporation Berhad")
    'MY'
    """
    return next((code for form, code in _NATIONAL_FORMS if form.search(name)), "")


def _is_city(text: str) -> bool:
    return 1 < len(text) <= 30 and text[0].isupper() and len(text.split()) <= 4
