"""The command line: parse, call one workflow, print, exit."""

from __future__ import annotations

from cluster_engine.cli.main import main

__all__ = ["main"]
