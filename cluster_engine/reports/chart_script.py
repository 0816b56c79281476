"""The script that draws the charts, as one text, and the policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from cluster_engine.errors import SettingsError
from cluster_engine.reports.charting import MISSING_EXTRA, load_altair

SNIPPET = "window.vegaEmbed = vegaEmbed;"


def require_charts() -> None:
    """Make sure that charts can be made, before anything long is worked out.

    Raises
    ------
    SettingsError
        The extra is not installed.
    """
    load_altair()
    _load_bundler()


def _load_bundler() -> Any:
    try:
        import vl_convert
    except ImportError as fault:
        raise SettingsError(
            "The report needs vl-convert-python, which is not installed.",
            hint=f"Run: {MISSING_EXTRA}",
        ) from fault
    return vl_convert


@cache
def bundle_script() -> str:
    """Vega, Vega-Lite and Vega-Embed in one script that asks for nothing more.

    Raises
    ------
    SettingsError
        The extra is not installed, or the script could end the element it stands in.
    """
    script: str = _load_bundler().javascript_bundle(SNIPPET)
    low = script.lower()
    if "</script" in low or ("<!--" in low and "<script" in low):
        raise SettingsError(
            "The script of this version of vl-convert-python cannot stand inside a page.",
            hint=f"Run: {MISSING_EXTRA} --upgrade",
        )
    return script


def hash_script(script: str) -> str:
    """Hash of a script as a content security policy names it (W3C CSP 3, section 2.3.1)."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def write_policy(scripts: Sequence[str]) -> str:
    """Policy under which these inline scripts run, and nothing is fetched or evaluated."""
    hashes = " ".join(f"'{hash_script(script)}'" for script in scripts)
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"script-src {hashes}; base-uri 'none'; form-action 'none'"
    )
