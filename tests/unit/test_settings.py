"""The settings file: complete, documented, and refused with a hint where it is not."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from cluster_engine.errors import SettingsError
from cluster_engine.settings import NATURES, SECTIONS, read_scoring, read_settings

Edit = Callable[[dict[str, Any]], object]


def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("cluster_engine").joinpath("settings.toml").read_text("utf-8"))


def _entries(body: dict[str, Any], place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in body.items():
        if "value" in inner:
            yield f"{place}{name}", inner
        else:
            yield from _entries(inner, f"{place}{name}.")


def _refused(tmp_path: Path, edit: Edit) -> SettingsError:
    body = _shipped()
    edit(body)
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps(body), "utf-8")
    with pytest.raises(SettingsError, match=r"mine\.toml") as caught:
        read_settings(path)
    assert caught.value.exit_code == 2
    return caught.value


@pytest.mark.parametrize(("place", "entry"), list(_entries(_shipped())))
def test_every_entry_has_unit_nature_and_reference(place: str, entry: dict[str, Any]) -> None:
    assert entry["unit"].strip()
    assert entry["reference"].strip()
    assert entry["nature"] in NATURES


def test_the_shipped_file_has_every_section_and_passes() -> None:
    assert set(_shipped()) == set(SECTIONS)
    read_settings()


def test_a_copy_of_the_shipped_file_gives_the_same_settings(tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_text(tomli_w.dumps(_shipped()), "utf-8")
    assert read_settings(path) == read_settings()


def test_a_value_changed_in_a_copy_is_used(tmp_path: Path) -> None:
    body = _shipped()
    body["regional"]["delta"]["value"] = 0.17
    path = tmp_path / "copy.toml"
    path.write_text(tomli_w.dumps(body), "utf-8")
    assert read_settings(path).regional.delta == 0.17


def test_values_are_ready_for_json_and_scoring_can_be_read_back() -> None:
    settings = read_settings()
    values = json.loads(json.dumps(settings.as_values()))
    assert read_scoring(values["scoring"]) == settings.scoring


def test_an_unknown_entry_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    fault = _refused(
        tmp_path, lambda body: body["clusters"].update(neighbors=body["clusters"]["smallest"])
    )
    assert "'neighbors'" in fault.message
    assert "'neighbours'" in fault.hint


def test_an_unknown_section_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    fault = _refused(tmp_path, lambda body: body.update(nichess={}))
    assert "'niches'" in fault.hint


def test_an_unknown_entry_like_no_other_is_refused_with_all_names(tmp_path: Path) -> None:
    fault = _refused(tmp_path, lambda body: body["regional"].update(zzz={}))
    assert "delta" in fault.hint


def test_a_misspelt_weight_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    def edit(body: dict[str, Any]) -> None:
        weights = body["scoring"]["weights"]
        weights["capasity"] = weights.pop("capacity")

    assert "'capacity'" in _refused(tmp_path, edit).hint


@pytest.mark.parametrize("part", ["weights", "typical_employees"])
def test_a_missing_name_in_a_table_of_values_is_refused(tmp_path: Path, part: str) -> None:
    name = {"weights": "footprint", "typical_employees": "nano"}[part]

    def edit(body: dict[str, Any]) -> None:
        table = body["scoring"][part]
        del table.get("value", table)[name]

    assert f"'{name}'" in _refused(tmp_path, edit).message


def test_a_missing_section_is_refused(tmp_path: Path) -> None:
    assert "'niches'" in _refused(tmp_path, lambda body: body.pop("niches")).message


def test_a_missing_entry_is_refused(tmp_path: Path) -> None:
    fault = _refused(tmp_path, lambda body: body["clusters"].pop("smallest"))
    assert "[clusters]" in fault.message
    assert "'smallest'" in fault.message


@pytest.mark.parametrize("key", ["unit", "nature", "reference"])
def test_an_entry_without_its_documentation_is_refused(tmp_path: Path, key: str) -> None:
    fault = _refused(tmp_path, lambda body: body["regional"]["delta"].pop(key))
    assert "delta" in fault.message
    assert f"'{key}'" in fault.message


def test_an_entry_without_a_value_is_refused(tmp_path: Path) -> None:
    assert (
        "delta" in _refused(tmp_path, lambda body: body["regional"]["delta"].pop("value")).message
    )


def test_a_bare_value_is_refused(tmp_path: Path) -> None:
    fault = _refused(tmp_path, lambda body: body["regional"].update(delta=0.3))
    assert "value, unit, nature and reference" in fault.message


def test_a_section_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert "table" in _refused(tmp_path, lambda body: body.update(regional=0.3)).message


def test_an_unknown_nature_is_refused(tmp_path: Path) -> None:
    fault = _refused(tmp_path, lambda body: body["regional"]["delta"].update(nature="guess"))
    assert "'guess'" in fault.message
    assert all(nature in fault.message for nature in NATURES)


@pytest.mark.parametrize("weight", [-0.5, float("nan"), float("inf"), "7", True])
def test_a_weight_that_is_no_number_of_at_least_0_is_refused(
    tmp_path: Path, weight: object
) -> None:
    _refused(tmp_path, lambda body: body["scoring"]["weights"]["capacity"].update(value=weight))


@pytest.mark.parametrize("delta", [-0.01, 1.0, 7, "0.3", float("nan")])
def test_a_delta_out_of_range_is_refused(tmp_path: Path, delta: object) -> None:
    fault = _refused(tmp_path, lambda body: body["regional"]["delta"].update(value=delta))
    assert "delta" in fault.message


@pytest.mark.parametrize(
    ("section", "entry", "value"),
    [
        ("clusters", "smallest", 4.5),
        ("clusters", "numbers", [30, "forty"]),
        ("clusters", "numbers", 30),
        ("niches", "support_sectors", [46]),
        ("niches", "tightness", "tight"),
        ("scoring", "knowledge_classes", 1.0),
    ],
)
def test_a_value_of_another_type_is_refused(
    tmp_path: Path, section: str, entry: str, value: object
) -> None:
    assert (
        entry in _refused(tmp_path, lambda body: body[section][entry].update(value=value)).message
    )


def test_text_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[regional\n", "utf-8")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings(path)


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml"):
        read_settings(tmp_path / "nothing.toml")


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_settings(tmp_path)
