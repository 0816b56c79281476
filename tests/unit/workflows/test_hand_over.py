"""What goes with a list that leaves the house is checked first."""

from __future__ import annotations

import pandas as pd
import pytest

from cluster_engine.workflows.hand_over import hash_settings, read_websites


@pytest.mark.parametrize(
    ("site", "kept"),
    [("https://firm.example/a?b=1", True), ("http://www.firm.co.uk", True), ("firm.example", True),
     ("firm.example:8080/x", True), ("javascript:alert(1)", False), ("data:text/html,x", False),
     ("https://me@firm.example", False), ("=1+1", False), ("file:///etc/passwd", False),
     ("javascript://firm.example/%0aalert(1)", False)],
)  # fmt: skip
def test_only_addresses_of_pages_are_handed_on(site: str, kept: bool) -> None:
    assert read_websites(pd.Series([site])).tolist() == [site if kept else ""]


def test_an_unknown_website_is_empty() -> None:
    assert read_websites(pd.Series([None, float("nan")], dtype=object)).tolist() == ["", ""]


def test_the_order_of_settings_does_not_count() -> None:
    assert hash_settings({"a": 1, "b": 2}) == hash_settings({"b": 2, "a": 1})
    assert hash_settings({"a": 1}) != hash_settings({"a": 2})
