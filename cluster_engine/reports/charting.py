"""What all charts share: the library, colours, and how a chart becomes a specification.

Colours are those of Okabe & Ito (2008), which people with any colour vision can tell apart.
"""

from __future__ import annotations

from typing import Any

from cluster_engine.errors import SettingsError

Spec = dict[str, Any]

BLUE, SKY, ORANGE, GREY, INK = "#0072B2", "#56B4E9", "#D55E00", "#BBBBBB", "#222222"

LABEL_WIDTH = 560
"""Pixels of a chart from which names are written on it; a phone shows them on touch."""

MISSING_EXTRA = "pip install 'cluster-engine[report]'"


def load_altair() -> Any:
    """Import altair.

    Raises
    ------
    SettingsError
        The extra is not installed.
    """
    try:
        import altair as alt
    except ImportError as fault:
        raise SettingsError(
            "The report needs the charting library altair, which is not installed.",
            hint=f"Run: {MISSING_EXTRA}",
        ) from fault
    return alt


def finish(chart: Any, name: str) -> Spec:
    """Turn a chart into a specification, the same each time it is made.

    Parameters
    ----------
    chart : altair chart
    name : str
        Of its place on the page.
    """
    alt = load_altair()
    spec: Spec = (
        chart.properties(
            width="container", autosize=alt.AutoSizeParams(type="fit", contains="padding")
        )
        .configure(font="system-ui, sans-serif")
        .configure_axis(labelFontSize=12, titleFontSize=12, labelColor=INK, titleColor=INK)
        .configure_legend(labelFontSize=12, titleFontSize=12, orient="top", labelLimit=0)
        .configure_view(stroke=None)
        .to_dict()
    )
    # The name altair gives a view counts calls: the second page of a process would differ.
    renamed = {}
    for place, view in enumerate(spec.get("layer", [])):
        renamed[view.get("name")] = view["name"] = f"{name}_{place}"
    for parameter in spec.get("params", []):
        if "views" in parameter:
            parameter["views"] = [renamed[view] for view in parameter["views"]]
    return spec
