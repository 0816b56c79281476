"""The description of the JSON endpoints, OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from cluster_engine import __version__
from cluster_engine.page.view import LONGEST, SORTS, WEIGHT_NAMES, WEIGHT_PREFIX
from cluster_engine.parameters import Page

TEXT = {"type": "string", "maxLength": LONGEST}
ERROR = {
    "type": "object",
    "required": ["error", "hint"],
    "properties": {"error": {"type": "string"}, "hint": {"type": "string"}},
}


def describe_api(limits: Page) -> dict[str, Any]:
    """Describe every endpoint, its parameters and its answers.

    Parameters
    ----------
    limits : Page
        Ranges of the parameters.
    """
    view = _list_parameters(limits)
    firm = _parameter("firm", TEXT, "firm_id, or a name or part of one.", required=True)
    entry = {"type": "object", "required": ["rows"], "properties": {"rows": {"type": "array"}}}
    named = {"type": "array", "items": {"type": "object", "required": ["name"]}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "cluster-engine", "version": __version__},
        "paths": {
            "/health": _get("Whether the page lives.", [], {"type": "object"}),
            "/api/regions": _get("Regions of the pack.", [], named),
            "/api/markets": _get("Markets of the pack.", [], named),
            "/api/rank": _get("Rank the firms of a market.", view, entry),
            "/api/explain": _get("Explain a firm's rank.", [*view, firm], {"type": "object"}),
        },
    }


def _list_parameters(limits: Page) -> list[dict[str, Any]]:
    weight = {"type": "number", "minimum": 0, "maximum": limits.weight_largest}
    rows = {"type": "integer", "minimum": 1, "maximum": limits.rows_most}
    return [
        _parameter("market", TEXT, "As in /api/markets.", required=True),
        _parameter("region", TEXT, "As in /api/regions; the default region without it."),
        _parameter("list", TEXT, "Id of an upload, and '+pack' to rank both."),
        _parameter("cluster", {"type": "array", "items": TEXT}, "Niche clusters."),
        _parameter("search", TEXT, "Part of a firm's name."),
        _parameter("sort", {"enum": list(SORTS)}, "Order of the page; the answer is by rank."),
        _parameter("rows", rows, "Firms wanted."),
        _parameter("intervals", {"enum": ["0", "1"]}, "Whether to work out rank intervals."),
        *(
            _parameter(f"{WEIGHT_PREFIX}{name}", weight, f"Weight of {name}, points per sd.")
            for name in WEIGHT_NAMES
        ),
    ]


def _parameter(
    name: str, schema: dict[str, Any], text: str, *, required: bool = False
) -> dict[str, Any]:
    return {
        "name": name, "in": "query", "required": required, "description": text, "schema": schema,
    }  # fmt: skip


def _get(summary: str, parameters: list[dict[str, Any]], schema: dict[str, Any]) -> dict[str, Any]:
    def answer(text: str, shape: dict[str, Any]) -> dict[str, Any]:
        return {"description": text, "content": {"application/json": {"schema": shape}}}

    answers = {"200": answer("The answer.", schema)}
    if parameters:
        answers |= {
            status: answer(text, ERROR)
            for status, text in (
                ("400", "A parameter is wrong, or names what is not there."),
                ("409", "The region has no model, or it cannot be used."),
            )
        }
    return {"get": {"summary": summary, "parameters": parameters, "responses": answers}}
