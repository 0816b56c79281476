"""Look at what the engine works with: packs, models, and the project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from cluster_engine.errors import ClusterEngineError
from cluster_engine.packs.locate import DEFAULT_PACK, list_pack_folders
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.aliases import find_aliases, has_aliases
from cluster_engine.registry.check import check_store
from cluster_engine.registry.durable import WORKING_PREFIXES, remove_tree
from cluster_engine.registry.locate import ModelStore
from cluster_engine.reports.diagnosis import Diagnosis
from cluster_engine.workflows.project import EXPORTS, FIRMS, TOP, Project

OLD_YEARS = 3
"""Years after which statistics are called old: BRES comes out yearly, a year and a half late."""

ORPHAN_SECONDS = 3600.0
"""Working files younger than this may belong to a command that is running."""


def check_packs(wanted: str | None) -> Iterator[Diagnosis]:
    """Every pack found, and the one that is asked for: its list of contents, and every checksum."""
    folders = {folder.name: folder for folder in list_pack_folders()}
    if wanted is not None and wanted not in folders:
        folders[wanted] = Path(wanted)
    if not folders:
        yield Diagnosis("packs", "fault", "none found", "install the package again", 3)
    for name, folder in folders.items():
        about = f"pack {name}"
        try:
            pack = open_pack(str(folder))
            for entry in pack.manifest.tables:
                pack.verify(entry)
        except ClusterEngineError as fault:
            yield Diagnosis(about, "fault", fault.message, fault.hint, fault.exit_code)
            continue
        rows = sum(entry.rows for entry in pack.manifest.tables)
        checked = sum(bool(entry.sha256) for entry in pack.manifest.tables)
        yield Diagnosis(about, "ok", f"{len(pack.manifest.tables)} tables, {rows:,} rows, "
                        f"{checked} checksums right")  # fmt: skip
        if name == (wanted or DEFAULT_PACK):
            yield _tell_age(pack)


def _tell_age(pack: Pack) -> Diagnosis:
    year = pack.manifest.default_year
    age = datetime.now(UTC).year - year
    about = "data vintage"
    if age > OLD_YEARS:
        return Diagnosis(about, "warning", f"jobs of {year}, {age} years ago",
                         "see what is newer: cluster-engine data fetch --list")  # fmt: skip
    return Diagnosis(about, "ok", f"jobs of {year}")


def check_models(store: ModelStore, *, fix: bool) -> Iterator[Diagnosis]:
    """Every file of every version, aliases, locks, what killed runs left.

    Parameters
    ----------
    store : ModelStore
    fix : bool
        Mend what can be mended without harm.
    """
    try:
        check = check_store(store, repair=fix)
    except ClusterEngineError as fault:
        yield Diagnosis("models", "fault", fault.message, fault.hint, fault.exit_code)
        return
    told = f"{check.n_versions} versions of {check.n_keys} regions and nations"
    for finding in check.findings:
        about = f"model {finding.place}"
        if finding.is_mended and fix:
            yield Diagnosis(about, "ok", f"{finding.fault}: {finding.action}")
            continue
        is_harmless = finding.is_mended or "left behind" in finding.fault
        action = finding.action.replace("run with --repair", "run: cluster-engine doctor --fix")
        yield Diagnosis(about, "warning" if is_harmless else "fault", finding.fault, action, 4)
    if check.is_sound:
        yield Diagnosis("models", "ok", f"{told}, {check.n_files} files, "
                        f"{check.n_bytes / 1e6:,.1f} MB right")  # fmt: skip
    champions = sum(bool(_find_champion(store, key)) for key in store.list_keys())
    if champions:
        yield Diagnosis("champions", "ok", f"{champions} of {len(store.list_keys())}")
    else:
        yield Diagnosis("champions", "warning", "no region has one",
                        "`cluster-engine rank` trains one, or: cluster-engine train")  # fmt: skip


def _find_champion(store: ModelStore, key: str) -> str | None:
    return next(
        (find_aliases(home).champion for home in store.folders(key) if has_aliases(home)), None
    )


def read_packages(store: ModelStore, key: str) -> dict[str, str]:
    """Versions of the packages that a key's champion was trained with; none where it has none."""
    from cluster_engine.registry.listing import list_versions

    for listed in list_versions(store, key):
        if "champion" in listed.roles and listed.manifest is not None:
            return dict(listed.manifest["facts"].get("packages", {}))
    return {}


def check_project(project: Project | None, *, fix: bool) -> Iterator[Diagnosis]:
    """Files that the project names, and what killed commands left in its folders."""
    if project is None:
        yield Diagnosis("project", "ok", "none here", "make one: cluster-engine init")
        return
    missing = []
    kinds = {
        entry.option: entry.kind for entry in (*TOP.values(), *FIRMS.values(), *EXPORTS.values())
    }
    for option, value in project.defaults.items():
        # Models are made when they are needed.
        if kinds.get(option) in ("path", "paths") and option != "models":
            paths = value if isinstance(value, list) else [value]
            missing += [str(path) for path in paths if not Path(path).exists()]
    named = ", ".join(project.defaults) or "nothing"
    if missing:
        told = f"{project.path} names files that are not there: {', '.join(missing)}"
        yield Diagnosis("project", "fault", told, "put them there, or take the lines out")
    else:
        yield Diagnosis("project", "ok", f"{project.path}: sets {named}")
    for path in _list_orphans(project.path.parent):
        if fix and remove_tree(path):
            yield Diagnosis("left-over file", "ok", f"{path}: removed")
        else:
            yield Diagnosis("left-over file", "warning", f"{path}: of a command that was killed",
                            "run: cluster-engine doctor --fix")  # fmt: skip


def _list_orphans(folder: Path) -> list[Path]:
    """Working files in a project's folder and those in it that no command can still be using."""
    now = datetime.now(UTC).timestamp()
    inner = [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.is_symlink()]
    return [
        path
        for place in (folder, *inner)
        for path in sorted(place.iterdir())
        if path.name.startswith(WORKING_PREFIXES) and now - path.lstat().st_mtime > ORPHAN_SECONDS
    ]
