"""Check an installation from Python to project, so that a user is told what to do."""

from __future__ import annotations

import compileall
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cluster_engine.errors import ClusterEngineError, SettingsError
from cluster_engine.reports.diagnosis import Diagnosis
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.project import Project, find_project_file, read_project

MODEL_CODE = 4
DATA_CODE = 3


@dataclass(frozen=True, slots=True)
class DoctorRequest:
    """What to look at.

    Attributes
    ----------
    models : Path or None
        Folder of models; None: the project's, else where they are by default.
    pack : str or None
        None: the project's, else the default pack.
    encoding : str or None
        Of standard output as the system set it.
    project : Path or None
        Project file; None: that of the working folder or above.
    has_project : bool
        False: look at no project.
    fix : bool
        Mend what can be mended without harm.
    """

    models: Path | None = None
    pack: str | None = None
    encoding: str | None = None
    project: Path | None = None
    has_project: bool = True
    fix: bool = False


def examine(request: DoctorRequest, *, on_progress: Progress = be_silent) -> list[Diagnosis]:
    """Look at everything; a check that breaks is a finding, and stops no other."""
    project, found = _open_project(request)
    defaults = {} if project is None else project.defaults
    models = request.models or (Path(defaults["models"]) if "models" in defaults else None)
    pack = request.pack or defaults.get("pack")
    region = None if request.pack else defaults.get("region")
    steps: list[tuple[str, Callable[[], Iterator[Diagnosis]]]] = [
        ("environment", lambda: _check_environment(request, models)),
        ("models", lambda: _check_models(models, pack, region, fix=request.fix)),
        ("packs", lambda: _check_packs(pack)),
        ("project", lambda: _check_project(project, fix=request.fix) if not found else iter(found)),
    ]
    diagnoses: list[Diagnosis] = []
    for number, (name, check) in enumerate(steps):
        on_progress("Checking", number, len(steps))
        diagnoses += _guard(name, check)
    return diagnoses


def tell_exit_code(diagnoses: list[Diagnosis], *, strict: bool) -> int:
    """Exit code of what was found: models before data before all else; 5 for warnings if strict."""
    codes = {one.exit_code for one in diagnoses if one.state == "fault"}
    if codes:
        return next((code for code in (MODEL_CODE, DATA_CODE) if code in codes), min(codes))
    return 5 if strict and any(one.state == "warning" for one in diagnoses) else 0


def _guard(name: str, check: Callable[[], Iterator[Diagnosis]]) -> list[Diagnosis]:
    done: list[Diagnosis] = []
    try:
        done.extend(check())
    except ClusterEngineError as fault:
        done.append(Diagnosis(name, "fault", fault.message, fault.hint, fault.exit_code))
    except (ImportError, OSError) as fault:
        # A package that is half installed, or a system that refuses: what doctors are called for.
        action = "install again: python -m pip install --force-reinstall cluster-engine"
        hint = action if isinstance(fault, ImportError) else "look at the rights of the folder"
        done.append(Diagnosis(name, "fault", f"{type(fault).__name__}: {fault}", hint))
    return done


def _open_project(request: DoctorRequest) -> tuple[Project | None, list[Diagnosis]]:
    if not request.has_project:
        return None, []
    path = request.project or find_project_file()
    if path is None:
        return None, []
    try:
        return read_project(path), []
    except SettingsError as fault:
        return None, [Diagnosis("project", "fault", fault.message, fault.hint)]


def _check_environment(request: DoctorRequest, models: Path | None) -> Iterator[Diagnosis]:
    from cluster_engine.registry.locate import open_store
    from cluster_engine.workflows import doctor_environment as environment

    yield from environment.check_python()
    yield from environment.check_packages()
    if request.fix:
        # What cannot be written is told by the check below.
        compileall.compile_dir(Path(__file__).parents[1], quiet=2)
    yield from environment.check_start_up()
    yield from environment.check_console(request.encoding)
    places = [("working folder", Path.cwd()), ("new models", open_store(models).home)]
    yield from environment.check_places(places)


def _check_models(
    models: Path | None, pack: str | None, region: str | None, *, fix: bool
) -> Iterator[Diagnosis]:
    from cluster_engine.packs.pack import open_pack
    from cluster_engine.registry.locate import make_key, open_store
    from cluster_engine.workflows.doctor_data import check_models, read_packages
    from cluster_engine.workflows.doctor_environment import compare_versions

    store = open_store(models)
    yield from check_models(store, fix=fix)
    manifest = open_pack(pack).manifest
    key = make_key(manifest.name, region or manifest.default_region)
    packages = read_packages(store, key)
    if packages:
        yield compare_versions(packages)
    else:
        yield Diagnosis("versions", "ok", f"{key} has no champion to compare with")


def _check_packs(pack: str | None) -> Iterator[Diagnosis]:
    from cluster_engine.workflows.doctor_data import check_packs

    yield from check_packs(pack)


def _check_project(project: Project | None, *, fix: bool) -> Iterator[Diagnosis]:
    from cluster_engine.workflows.doctor_data import check_project

    yield from check_project(project, fix=fix)
