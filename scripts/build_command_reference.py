"""Write docs/commands.md from the help of the commands."""

from __future__ import annotations

from pathlib import Path

from cluster_engine.cli.reference import render_reference
from cluster_engine.files import replace_file

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    replace_file(ROOT / "docs/commands.md", render_reference().encode("utf-8"))
