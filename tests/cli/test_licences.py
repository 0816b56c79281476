"""No package that comes with the engine may be under the GPL, LGPL or AGPL."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageMetadata, metadata, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COPYLEFT = re.compile(r"\b[AL]?GPL|GNU .*General Public", re.IGNORECASE)
# GPL code that every program may link to; compilers' run-time libraries in wheels are under it.
EXCEPTED = re.compile(r"GPL\S* WITH GCC-exception\S*", re.IGNORECASE)


def is_wanted(requirement: Requirement, extra: str) -> bool:
    """Whether a requirement holds on this platform when `extra` is asked for."""
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def walk_closure(requirements: list[str]) -> set[str]:
    """Names of all packages that these requirements bring along on this platform."""
    found: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, asked_for = waiting.pop()
        if not is_wanted(requirement, asked_for):
            continue
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in found:
                found.add((name, extra))
                waiting.extend((Requirement(text), extra) for text in requires(name) or [])
    return {name for name, _ in found}


def read_licence(package: PackageMetadata) -> str:
    """Licence as the package states it, in the most exact of the three fields there are.

    The free text `License` comes last and only by its first line: some packages put the whole
    text there, with the licences of what they bundle.
    """
    if package.get("License-Expression"):
        return str(package["License-Expression"])
    classifiers = [text for text in package.get_all("Classifier") or [] if "License ::" in text]
    if classifiers:
        return "; ".join(classifiers)
    return str(package.get("License") or "").partition("\n")[0]


@pytest.fixture(scope="module")
def licences(checkout: Path) -> dict[str, str]:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [
        *project["dependencies"],
        *(text for extra, texts in extras.items() if extra != "test" for text in texts),
    ]
    return {name: read_licence(metadata(name)) for name in sorted(walk_closure(wanted))}


def test_every_runtime_package_states_its_licence(licences: dict[str, str]) -> None:
    assert len(licences) > 10
    assert [name for name, licence in licences.items() if not licence.strip()] == []


def test_no_runtime_package_is_copyleft(licences: dict[str, str]) -> None:
    copyleft = {
        name: licence
        for name, licence in licences.items()
        if COPYLEFT.search(EXCEPTED.sub("", licence))
    }
    assert copyleft == {}


@pytest.mark.parametrize(
    ("licence", "copyleft"),
    [
        ("GPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("LGPL-2.1-only", True),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", False),
        ("MPL-2.0", False),
    ],
)
def test_copyleft_is_told_from_other_licences(licence: str, copyleft: bool) -> None:
    assert bool(COPYLEFT.search(EXCEPTED.sub("", licence))) is copyleft
