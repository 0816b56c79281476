"""Which listings are no operating company: funds, shells, receipts, property, finance."""

from __future__ import annotations

import pandas as pd

FUND_NAMES = (
    r"(?i)\b(?:ETF|ETN|ETC|UCITS|SICAV|FCP|iShares|Xtrackers|Lyxor|Amundi|WisdomTree|Invesco\sQQQ"
    r"|funds?|fondo?s?|fonds|invest(?:ment|or)?s?\strust|(?:income|equity|growth|bond|opportunit(?:y|ies)"
    r"|municipal|value)\s(?:fund|trust|portfolio)|VCT|REITs?|real\sestate\sinvestment"
    r"|closed[\s-]end|turbo|T[SL]\.Z|index\s(?:fund|tracker)|beteiligungsgesellschaft"
    r"|venture\scapital|private\sequity|fondsbörse|investmentaktiengesellschaft)\b"
)
FUND_TEXTS = (
    r"(?i)\b(?:exchange[\s-]traded\s(?:fund|note|product|commodity)|closed[\s-]ended?\b.{0,60}(?:fund|"
    r"trust|compan|invest)|open[\s-]ended?\b.{0,40}fund|(?:mutual|hedge|balanced|equity|bond|index|"
    r"feeder)\sfund|is\sa\s(?:fund|trust)\b|investment\s(?:trust|fund)|fund\sof\sfunds|unit\strust"
    r"|royalty\strust|money\smarket\sfund|business\sdevelopment\scompany|tracks\sthe\sperformance"
    r"|real\sestate\sinvestment\strust|\breit\b|venture\scapital\strust)\b"
)
SHELL_NAMES = (
    r"(?i)\b(?:acquisitions?\s(?:corp\w*|company|co|inc\w*|ltd|limited|plc|holdings?|group|[IVX\d]+)"
    r"|SPAC|blank\scheck|capital\spool|shell\scompany|merger\scorp\w*)\b"
)
SHELL_TEXTS = (
    r"(?i)(?:blank\s?-?che(?:ck|que)|special\spurpose\sacquisition|shell\s(?:company|corporation)"
    r"|(?:does\snot|did\snot|doesn't)\s(?:currently\s)?have\s(?:any\s)?(?:significant\s|substantial\s|"
    r"material\s|active\s|business\s)?(?:operation|business)|no\s(?:significant\s|current\s|active\s|"
    r"business\s|commercial\s)*operations|capital\spool\scompany|cash\sshell"
    r"|(?:effecting|effect|completing)\sa\s(?:merger|initial\sbusiness|business\scombination)"
    r"|in\s(?:liquidation|insolvency|bankruptcy|receivership)\b|filed\sfor\s(?:bankruptcy|insolvency)"
    r"|ceased\s(?:its\s)?operations|intends\sto\s(?:seek|identify|pursue)\s.{0,60}(?:acquisition|merger))"
)
FINANCE_TEXTS = (
    r"(?i)\b(?:is\san?|as\san?|provides?|engages\sin|offers|operates\sin)\b[^.;]{0,50}?\b(?:"
    r"banking\s(?:products|services|compan|business)|(?:commercial|savings|investment|private|retail)"
    r"\sbank\b|insurance\s(?:products|services|business|compan)|reinsurance|private\sequity"
    r"|venture\scapital|(?:asset|wealth|fund|investment)\smanage(?:ment|r)|securities\s(?:brok|trad"
    r"|business)|stock\s?broking|brokerage\sservices|non-banking\sfinancial|microfinance"
    r"|money\slending|investment\s(?:compan(?:y|ies)|firm)(?!,?\s(?:with|that|which|through|engag)))"
)
FINANCE_NAMES = r"(?i)\b(?:bank|finance|financial|insurance|assurance|securities)\b"
FINANCE_WORDS = r"(?i)financ|loans?\b|leas(?:e|ing)\b|\bbank|insur|securit|invest"
SUPPLIER_TEXTS = (
    r"(?i)software|technolog|platform|consult|outsourc|manufactur|solutions|equipment|system"
)
"""A firm that serves banks is none."""

UNTOLD_TEXTS = (
    r"(?i)(?:not\s(?:readily|publicly|widely)\s(?:available|known|disclosed|specified)"
    r"|(?:business|company|limited|specific)\s(?:activities|details|information)\s"
    r"(?:are|is|about|on|regarding)\s.{0,40}(?:limited|unavailable|not\s|scarce|unknown)"
    r"|information\sis\s(?:limited|unavailable|scarce|not)|further\s(?:information|details)\s(?:is|are)"
    r"|(?:likely|presumably|possibly|potentially)\s(?:based|operates?|engaged|involved|a\b)"
    r"|may\sbe\s(?:involved|engaged)|appears\sto\s(?:be|operate)|unable\sto\s(?:find|provide))"
)
BEGINNING, OPENING = 160, 400
"""Characters in which a description says what the firm is, and what it does."""


def find_drop_reason(listed: pd.DataFrame) -> pd.Series[str]:
    """Say for every listing why it is no operating company; '' keeps it.

    Parameters
    ----------
    listed : DataFrame
        Text columns name, sector, industry, summary.

    Returns
    -------
    Series
        The first reason that holds, in a fixed order, on the index of `listed`.
    """
    name, text = listed["name"], listed["summary"]
    opening, beginning = text.str.slice(0, OPENING), text.str.slice(0, BEGINNING)
    named = name.str.contains(FINANCE_NAMES) & beginning.str.contains(FINANCE_WORDS)
    finance = (named | beginning.str.contains(FINANCE_TEXTS)) & ~beginning.str.contains(
        SUPPLIER_TEXTS
    )
    rules: tuple[tuple[str, pd.Series[bool]], ...] = (
        ("fund or trust", name.str.contains(FUND_NAMES) | beginning.str.contains(FUND_TEXTS)),
        (
            "shell or blank cheque",
            name.str.contains(SHELL_NAMES) | opening.str.contains(SHELL_TEXTS),
        ),
        ("finance", (listed["sector"] == "Financials") | finance),
        ("property", listed["sector"] == "Real Estate"),
        ("no industry and no description", (listed["industry"] == "") & (text == "")),
        (
            "description says nothing",
            (listed["industry"] == "") & opening.str.contains(UNTOLD_TEXTS),
        ),
    )
    reason = pd.Series("", index=listed.index, dtype="str")
    for label, holds in rules:
        reason = reason.mask((reason == "") & holds, label)
    return reason
