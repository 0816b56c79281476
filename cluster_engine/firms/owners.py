"""Owners that are no group: people, families, foundations and states."""

from __future__ import annotations

import pandas as pd

NO_GROUP = (
    r"(?i)^(?:mrs?|ms|dr|prof|herrn?|frau|famil(?:y|ie|ia|le)|ehele?ute|mme|sig)\b\.?\s"
    r"|\b(?:family|families|stiftung|foundation|stichting|fondation|fondazione|trust|erben|heirs"
    r"|individuals?|shareholders?|employees|free float)\b"
    r"|^(?:the\s)?(?:government|federal republic|republic|kingdom|state|people'?s republic|"
    r"ministry|freistaat|bundesrepublik)\b"
)
"""Names of owners that invest nowhere themselves (words, not a register: a judgement)."""

OWNER_NOTE = "its owner is a person, family, foundation or state: the firm itself is shown"


def name_parents(records: pd.DataFrame) -> pd.DataFrame:
    """Prepare the owners of records for :func:`groups.roll_up`.

    An owner that is no group is blanked and noted. Where only a direct parent abroad is named, as
    registers have it, it stands in for the ultimate one.

    Parameters
    ----------
    records : DataFrame
        Firm records.
    """
    direct = (records["ultimate_name"] == "") & (records["ultimate_id"] == "")
    direct &= records["parent_name"] != ""
    filled = records.assign(
        **{
            f"ultimate_{part}": records[f"ultimate_{part}"].mask(direct, records[f"parent_{part}"])
            for part in ("name", "country", "id")
        }
    )
    private = filled["ultimate_name"].str.contains(NO_GROUP)
    private &= filled["ultimate_name"] != ""
    notes = filled["notes"].mask(private & (filled["notes"] != ""), filled["notes"] + "; ")
    blank = {
        name: filled[name].mask(private, "")
        for name in ("ultimate_name", "ultimate_country", "ultimate_id")
    }
    return filled.assign(**blank, notes=notes.mask(private, notes + OWNER_NOTE))
