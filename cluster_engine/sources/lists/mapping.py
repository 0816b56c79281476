"""Which column of a list holds what: guessed with reasons, shown, saved and read again."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from cluster_engine.errors import DataError, Problem, SettingsError
from cluster_engine.files import replace_file
from cluster_engine.firm_records import COLUMNS
from cluster_engine.sources.lists.codes import SYSTEMS
from cluster_engine.sources.lists.symbols import OFFICES

TARGETS = (*(name for name in COLUMNS if name not in {"record_id", "list", "row"}), "currency")
"""Fields that a column may be mapped to."""

MONEY = ("sales", "rd", "capex", "operating_profit")


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """The column of one field.

    Attributes
    ----------
    column : str
        Header, cleaned.
    reason : str
        Why this column.
    confidence : float
        Between 0 and 1.
    unit : str
        Of money: 'th EUR', 'm USD', …; '' if not known.
    """

    column: str
    reason: str = "named in the mapping"
    confidence: float = 1.0
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ListMapping:
    """How the columns of a list become firm records.

    Attributes
    ----------
    columns : Mapping of str to ColumnChoice
        By field of the firm records, or 'currency'.
    code_system : str
        Classification of the codes.
    decimal : str
        'point', 'comma' or '' for what the cells prove.
    country : str
        Alpha-2 code of all firms where no column tells; '' if none.
    year : int
        Year of the figures where no column tells; 0 if not known.
    missing : tuple of str
        What stands for 'no value' in this list.
    symbols_of : str
        Office whose signs stand in the columns of figures; '' if none.
    """

    columns: Mapping[str, ColumnChoice]
    code_system: str = ""
    decimal: str = ""
    country: str = ""
    year: int = 0
    missing: tuple[str, ...] = field(default_factory=tuple)
    symbols_of: str = ""


def write_mapping(mapping: ListMapping, path: Path) -> None:
    """Save a mapping as TOML, to be looked at, corrected and used again.

    Parameters
    ----------
    mapping : ListMapping
        What to save.
    path : Path
        The file; its folder must be there.
    """
    import tomli_w

    content = asdict(mapping)
    content["missing"] = list(mapping.missing)
    replace_file(path, tomli_w.dumps(content).encode())


def read_mapping(path: Path) -> ListMapping:
    """Read a saved mapping.

    Parameters
    ----------
    path : Path
        TOML, as `write_mapping` writes it.

    Raises
    ------
    DataError
        No TOML, or a key, field, unit or classification that does not exist; the nearest is named.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise DataError(
            [Problem(path.name, None, None, str(fault), "The mapping must be a TOML file.")],
            hint="Save a mapping with the import first, and change that.",
        ) from fault
    problems = _check(content, path.name)
    if problems:
        raise DataError(problems, hint="Mend the mapping.")
    columns = {target: ColumnChoice(**choice) for target, choice in content["columns"].items()}
    rest = {key: value for key, value in content.items() if key != "columns"}
    return ListMapping(columns=columns, **{**rest, "missing": tuple(rest.get("missing", ()))})


def _check(content: dict[str, Any], file: str) -> list[Problem]:
    known = [item.name for item in fields(ListMapping)]
    problems = [_name_unknown(key, known, file, "key") for key in content if key not in known]
    columns = content.get("columns")
    if not isinstance(columns, dict) or not columns:
        problems.append(Problem(file, None, "columns", "none", "A mapping must name columns."))
        return problems
    parts = [item.name for item in fields(ColumnChoice)]
    for target, choice in columns.items():
        if target not in TARGETS:
            problems.append(_name_unknown(target, TARGETS, file, "field"))
        elif not isinstance(choice, dict) or not isinstance(choice.get("column"), str):
            rule = "A field must be given as column = '…'."
            problems.append(Problem(file, None, target, str(choice), rule))
        else:
            problems += [
                _name_unknown(key, parts, file, "key") for key in choice if key not in parts
            ]
    wrong = _check_types(content, file)
    if wrong:
        return problems + wrong
    system = content.get("code_system", "")
    if system and system not in SYSTEMS:
        problems.append(_name_unknown(system, tuple(SYSTEMS), file, "classification"))
    office = content.get("symbols_of", "")
    if office and office not in OFFICES:
        problems.append(_name_unknown(office, OFFICES, file, "office"))
    if content.get("decimal", "") not in {"", "point", "comma"}:
        rule = "The decimal mark must be 'point', 'comma' or ''."
        problems.append(Problem(file, None, "decimal", str(content["decimal"]), rule))
    return problems


def _check_types(content: dict[str, Any], file: str) -> list[Problem]:
    kinds = {"code_system": str, "decimal": str, "country": str, "year": int, "missing": list,
             "symbols_of": str}  # fmt: skip
    return [
        Problem(file, None, key, repr(content[key]), f"'{key}' must be a {kind.__name__}.")
        for key, kind in kinds.items()
        if key in content and not isinstance(content[key], kind)
    ]


def _name_unknown(
    found: object, known: list[str] | tuple[str, ...], file: str, what: str
) -> Problem:
    near = get_close_matches(str(found), known, n=1)
    meant = f"; meant: '{near[0]}'?" if near else f"; known: {', '.join(known)}"
    return Problem(file, None, None, f"'{found}'{meant}", f"The {what} must be one that exists.")


def get_decimal(text: str) -> Any:
    """Return the decimal mark that a word or a sign names, None for none.

    Raises
    ------
    SettingsError
        Neither point nor comma.
    """
    marks = {"": None, "point": ".", "comma": ",", ".": ".", ",": ","}
    if text not in marks:
        raise SettingsError(
            f"The decimal mark must be 'point' or 'comma'. Got '{text}'.",
            hint="Say --decimal point or --decimal comma.",
        )
    return marks[text]
