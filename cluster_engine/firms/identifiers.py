"""Numbers and sites that name one firm: LEI, ISIN, website."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_ISIN = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_\-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9\-]{1,62}")

REGISTRY_LABELS = frozenset("co com org net ac gov gob edu or ne go gv in firm ltd plc nom".split())
"""Labels below a country under which others register: 'firm.co.uk', 'firm.com.br'."""

SHARED_HOSTS = frozenset(
    "facebook.com linkedin.com instagram.com twitter.com x.com youtube.com google.com wordpress.com"
    " wixsite.com blogspot.com github.io tumblr.com weebly.com webnode.com jimdo.com yelp.com"
    " alibaba.com made-in-china.com indiamart.com wikipedia.org bloomberg.com medium.com etsy.com"
    " business.site webs.com godaddysites.com squarespace.com myshopify.com vk.com ok.ru"
    " naver.com tistory.com t.me tripadvisor.com".split()
)
"""Hosts that give pages to anybody: they say nothing about whose page it is."""


def is_lei(text: str) -> bool:
    """Tell whether a text is an LEI whose check digits hold (ISO 17442; ISO 7064 mod 97-10).

    Examples
    --------
    >>> is_lei("529900T8BM49AURSDO55"), is_lei("529900T8BM49AURSDO56")
    (True, False)
    """
    if not _LEI.fullmatch(text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text)) % 97 == 1


def is_isin(text: str) -> bool:
    """Tell whether a text is an ISIN whose check digit holds (ISO 6166; Luhn).

    Examples
    --------
    >>> is_isin("DE0007164600"), is_isin("DE0007164601")
    (True, False)
    """
    if not _ISIN.fullmatch(text):
        return False
    digits = "".join(str(int(sign, 36)) for sign in text)
    doubled = [int(digit) * (1 + (place % 2)) for place, digit in enumerate(reversed(digits))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def find_host(website: str) -> str:
    """Return the part of a site's name that somebody registered; '' if it is shared or none.

    Examples
    --------
    >>> find_host("https://www.shop.firm.co.uk/about"), find_host("facebook.com/firm")
    ('firm.co.uk', '')
    """
    text = website.strip().lower()
    if not text:
        return ""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".")
    if not _HOST.fullmatch(host):
        return ""
    labels = host.split(".")
    two_level = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in REGISTRY_LABELS
    registered = ".".join(labels[-3:] if two_level else labels[-2:])
    return "" if registered in SHARED_HOSTS else registered
