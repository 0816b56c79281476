"""Check identifiers of firms: LEI check digits, numbers that a spreadsheet has damaged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cluster_engine.sources.lists.texts import map_texts

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.sources.lists.read_report import ReadLog

_LEI = re.compile(r"[A-Z0-9]{18}\d{2}")
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE]\+\d+")
_NUMBERED = ("registry_number", "bvd_id", "postcode")


def is_lei(text: str) -> bool:
    """Tell whether a text is an LEI whose check digits agree (ISO 17442, ISO 7064 MOD 97-10).

    Examples
    --------
    >>> is_lei("529900T8BM49AURSDO55"), is_lei("529900T8BM49AURSDO56")
    (True, False)
    """
    return (
        _LEI.fullmatch(text) is not None and int("".join(str(int(c, 36)) for c in text)) % 97 == 1
    )


def check_identifiers(
    texts: dict[str, pd.Series[str]], typed: Mapping[str, pd.Series[bool] | None], log: ReadLog
) -> None:
    """Bring LEI and ISIN to capitals and note identifiers that cannot be right.

    Parameters
    ----------
    texts : dict of str to Series of str
        Fields read so far; 'lei' and 'isin' are replaced.
    typed : Mapping of str to Series of bool or None
        By field, the cells that the file holds as numbers.
    log : ReadLog
        Notes the doubts.
    """
    for target in ("lei", "isin", "bvd_id"):
        if target in texts:
            texts[target] = map_texts(
                texts[target], {t: t.upper().replace(" ", "") for t in texts[target].unique()}
            )
    if "lei" in texts:
        told = texts["lei"]
        wrong = told[~told.map({t: not t or is_lei(t) for t in told.unique()}).astype("bool")]
        listed = [f"row {row}: {text[:40]}" for row, text in wrong.head(50).items()]
        log.add_doubt("LEI whose check digits do not agree", listed, count=len(wrong))
    for target in _NUMBERED:
        if target not in texts:
            continue
        damaged = texts[target][texts[target].str.fullmatch(_SCIENTIFIC)]
        listed = [f"row {row}: {text}" for row, text in damaged.head(50).items()]
        log.add_doubt(f"{target} damaged by a spreadsheet", listed, count=len(damaged))
        numbers = typed.get(target)
        if numbers is not None and numbers.any():
            what = f"{target} kept as a number: zeros in front may be lost"
            rows = [f"row {row}" for row in numbers.index[numbers][:50]]
            log.add_doubt(what, rows, count=int(numbers.sum()))
