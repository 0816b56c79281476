"""Run the command line with ``python -m cluster_engine``."""

from __future__ import annotations

from cluster_engine.cli import main

main()
