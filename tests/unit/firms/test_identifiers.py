"""Identifiers: check digits hold, shared sites say nothing."""

from __future__ import annotations

import pytest

from cluster_engine.firms.identifiers import find_host, is_isin, is_lei
from cluster_engine.firms.names import calc_match_key, find_form_family

# Published LEIs: Bloomberg Finance L.P., GLEIF, Siemens AG.
PUBLISHED_LEIS = ("5493001KJTIIGC8Y1R12", "506700GE1G29325QX363", "W38RGI023J3WT1HWRP32")
# Published ISINs: SAP, Apple, BAE Systems, Siemens.
PUBLISHED_ISINS = ("DE0007164600", "US0378331005", "GB0002634946", "DE0007236101")


@pytest.mark.parametrize("lei", PUBLISHED_LEIS)
def test_published_lei_holds_and_a_changed_digit_does_not(lei: str) -> None:
    assert is_lei(lei)
    swapped = lei[:4] + ("1" if lei[4] != "1" else "2") + lei[5:]
    assert not is_lei(swapped)


@pytest.mark.parametrize("isin", PUBLISHED_ISINS)
def test_published_isin_holds_and_a_changed_digit_does_not(isin: str) -> None:
    assert is_isin(isin)
    assert not is_isin(isin[:-1] + str((int(isin[-1]) + 1) % 10))


@pytest.mark.parametrize("text", ["", "DE", "NULL", "00000000000000000000", "²" * 20])
def test_what_is_no_number_is_none(text: str) -> None:
    assert not is_lei(text)
    assert not is_isin(text)


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("HTTP://WWW.Bosch.DE/de", "bosch.de"), ("firm.com.br", "firm.com.br"),
        ("a.b.firm.co.jp:80", "firm.co.jp"), ("co.uk", "co.uk"), ("", ""), ("n/a", ""),
        ("https://de.linkedin.com/company/x", ""), ("http://[::1", ""), ("no site", ""),
    ],
)  # fmt: skip
def test_host_is_what_somebody_registered(site: str, host: str) -> None:
    assert find_host(site) == host


@pytest.mark.parametrize("name", ["AG", "Ltd", "GmbH & Co. KG", "S.A.", "The Company"])
def test_name_that_is_only_a_legal_form_keeps_a_key(name: str) -> None:
    assert calc_match_key(name)


def test_limited_firms_of_unknown_kind_have_no_family() -> None:
    assert find_form_family("Tata Motors Limited") == ""
    assert find_form_family("Ulmer KG") == "partnership"
    assert find_form_family("AG") == ""
