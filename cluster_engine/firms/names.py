"""Names of firms: strip what is not the name, and what two spellings have in common.

Lists of shares write names with the form of the share ("O.N.", "INH", "SPONS.ADR 1/10"), in
capitals or cut at a fixed width. A *match key* is what remains of a name once all of that, legal
forms and accents are gone.
"""

from __future__ import annotations

import re
import unicodedata

from cleanco.termdata import terms_by_country, terms_by_type

_SHARE_DEBRIS = re.compile(
    r"""(?ix)
      \b(?:UN)?SP(?:ONS?|ON)?\.?\s?A\.?D\.?[RS]+\.?S?\s?[\d/,.]*.*$
    | \b(?:USP|SP)\.?\s?ADR.*$
    | [.\s]INH\.?\s?O\.?N\.?$
    | \s(?:I\.A\.?|SE\sI\.A\.?)(?:\s?INH.*)?$
    | \b(?:ADRS?|ADS|GDRS?|GDS|CDRS?|BDR|CDIS?|SDRS?|DRN|NVDR)\b.*$
    | \s(?:S|SP)\.?\s?ADR.*$
    | \sSPONSORED\b.*$
    | \s?-?\s?FGN\b.*$
    | \sRP\s?\d+$
    | \sREGS?\b.*$
    | \b(?:AMERICAN|GLOBAL)\s+DEPOSITA?RY\s+(?:SHARES?|RECEIPTS?).*$
    | \bDEPOSITA?RY\s+(?:SHARES?|RECEIPTS?).*$
    | \s(?:V?NA|INH|IA|I\.A\.|VINK\.NA|VZNA|NAM|AKT|PO|AZ)?\.?\s?O\.?\s?N\.?(?:\s?VZO?)?$
    | \bO\.N\..*$
    | \s(?:INH|VNA|NA|VZO?|STA?|ST\.A)\.?\s?(?:ON|O\.N\.?)$
    | \s(?:INH|VZO|VNA)\.?(?:\s?[A-Z]\.?)?$
    | \s-?\s?ORD(?:INARY)?(?:\s(?:SHS?|SHARES?))?(?:\s.*)?$
    | \s(?:N\s)?ORD\sSHS?$
    | [\s.](?:EO|DL|SF|LS|SK|DK|NK|YC|HD|RC|SD|AD|CD|IS|TB)\s?-?,?\d[\d,./]*$
    | \sNAM?\.?\s?[AB]?\s?(?:EO|DL|SF|LS|SK|DK|NK)[\d,.\s-]*$
    | \s-?\s?(?:CLASS|CL\.?|SERIES|SER\.?)\s?[A-H1-3]\b.*$
    | \.CL\.?\s?[A-H1-3]\b.*$
    | [\s.][ABCH]\.?\s+(?:DL|EO|SF|HD|YC|SK|DK|NK|[-,]?[,\d.]{3,}|-,).*$
    | \s(?:NON[\s-]?VOTING|SUBORDINATE\sVOTING|RESTRICTED\sVOTING|MULTIPLE\sVOTING).*$
    | \s(?:COMMON|CAPITAL|REGISTERED|BEARER|SAVINGS?)\s(?:STOCK|SHARES?|SHS).*$
    | \s\(?(?:PREF(?:ERRED|ERENCE)?|PFD|PRF)\b.*$
    | \s(?:WARRANTS?|RIGHTS?|UNITS?)$
    | \s?\(publ\)?\.?$
    """
)
_LEGAL_TEXT = re.compile(
    r"(?i)\b(?:(?:public |open )?joint[- ]stock company|aktiengesellschaft|"
    r"kabushiki kaisha|kommanditgesellschaft(?: auf aktien)?|"
    r"public limited company|public company limited|societe anonyme|sociedad anonima|"
    r"company limited|co\.?,? ?ltd|co\.?,? ?inc|private limited|s\.? ?a\.? ?b\.? de c\.? ?v)\b\.?"
)
_GENERIC = frozenset(
    "the and und et y of co company group gruppe groupe grupo gruppo holding holdings hldg hldgs"
    " hld hlds gr grp cie compagnie cia corp corporation inc incorporated ltd limited".split()
)
_OTHER_FORMS = frozenset(
    "ag se kgaa kga kg gmbh plc llc lp nv bv sa sas spa srl ab asa as oyj oy aps tbk pt bhd berhad"
    " pcl pjsc ojsc jsc pao oao sab cv sgps asi anonim sirketi aktiebolag publ kk"
    " persero sarl sca scpa ltda saic sacif adr tic san ve".split()
)
_LIGATURES = str.maketrans(
    dict(zip("øØæÆłŁđı&+", "oOaAlLdi  ", strict=True)) | {"ß": "ss", "œ": "o", "þ": "th"}
)


_SMALL_WORDS = frozenset("AND OF THE DE UND FOR".split())
_SHORT_WORDS = frozenset(
    "CO INC LTD AIR ALL ART BAY BIG BOX CAR EYE FOX FUN GAS HUA ICE INK JET JIN JIU KEY LAB LEE MAX"
    " NET NEW OIL OLD ONE PAN PET POP RED SEA SEE SKY SON SUN TAI TAN TEA TOP VAN VON WEB WEI YAN"
    " ZHE".split()
)
"""Words that are no acronym although they are short."""


def _legal_forms() -> frozenset[str]:
    terms = [*terms_by_type.values(), *terms_by_country.values()]
    words = {re.sub(r"[^a-z]", "", fold(term)) for group in terms for term in group}
    return frozenset(word for word in words if 2 <= len(word) <= 5) | _OTHER_FORMS


def fold(text: str) -> str:
    """Return a text in lower case, without accents and ligatures."""
    if text.isascii():
        return text.replace("&", " ").replace("+", " ").lower()
    plain = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()


_FORMS = _legal_forms()


def strip_debris(name: str) -> str:
    """Return a name without the form of the share.

    Examples
    --------
    >>> strip_debris("CONTINENTAL AG ADR 1/10")
    'CONTINENTAL AG'
    >>> strip_debris("SUEDZUCKER AG SUEDZUCKER AG ORD")
    'SUEDZUCKER AG'
    """
    text = " ".join(name.split())
    for _ in range(3):
        shorter = _SHARE_DEBRIS.sub("", text).strip(" ,-")
        if not re.search(r"\w{2}", shorter) or shorter == text:
            break
        text = shorter
    return _drop_repetition(text)


def _drop_repetition(text: str) -> str:
    """Cut "X AG X AG" and "X AG X N" to "X AG": a short name written after the long one."""
    words = text.split()
    for start in range(1, len(words)):
        if words[start] == words[0] and words[0].isupper() and len(words[0]) > 2:
            return " ".join(words[:start])
    return text


def calc_match_key(name: str) -> str:
    """Return what two spellings of one firm's name have in common; '' if nothing is left.

    Examples
    --------
    >>> calc_match_key("Südzucker AG") == calc_match_key("SUEDZUCKER AG  O.N.")
    True
    >>> calc_match_key("AG")
    'ag'
    """
    return _calc_key(fold(strip_debris(name)))


def _calc_key(folded: str) -> str:
    text = re.sub(r"\([^)]*\)", " ", folded)
    text = _LEGAL_TEXT.sub(" ", re.sub(r"(?<=\b\w)[./](?=\w\b)", "", text))
    words = re.findall(r"[a-z0-9]+", text.replace("'", ""))
    kept = [word for word in words if word not in _GENERIC]
    while len(kept) > 1 and kept[-1] in _FORMS:
        kept.pop()
    if len(kept) > 1 and kept[0] == "pt":
        kept.pop(0)
    if len(kept) > 1:
        kept = [kept[0], *(word for word in kept[1:] if word not in _OTHER_FORMS)]
    chosen = kept or words
    return re.sub(r"([aou])e", r"\1", " ".join(chosen))


_FORM_FAMILIES = {
    word: family
    for family, words in {
        "public": "ag plc sa spa nv asa oyj tbk bhd berhad pcl pjsc ojsc kgaa se",
        "private": "gmbh mbh ltda sarl srl bv aps oy sprl bvba pte pvt kft doo sro ooo yk",
        "partnership": "lp llp kg ohg snc scs gbr",
    }.items()
    for word in words.split()
}


def find_form_family(name: str) -> str:
    """Return the kind of legal form a name ends with: public, private, partnership; or ''.

    'Ltd', 'Inc', 'Co' and 'AB' tell nothing: firms of both kinds bear them.

    Examples
    --------
    >>> find_form_family("Ulmer Pumpen GmbH"), find_form_family("ULMER PUMPEN AG O.N.")
    ('private', 'public')
    """
    return _find_family(fold(strip_debris(name)))


def _find_family(folded: str) -> str:
    words = re.findall(r"[a-z]+", folded.replace(".", ""))
    return next((_FORM_FAMILIES[word] for word in words[:0:-1] if word in _FORM_FAMILIES), "")


def describe_name(name: str) -> tuple[str, str]:
    """Return match key and kind of legal form, which costs little more than one of the two.

    Examples
    --------
    >>> describe_name("Ulmer Pumpen GmbH")
    ('ulmer pumpen', 'private')
    """
    folded = fold(strip_debris(name))
    return _calc_key(folded), _find_family(folded)


def tidy_capitals(name: str, *, known: frozenset[str] = frozenset()) -> str:
    """Return a name written in capitals in title case, keeping short acronyms such as BMW.

    Parameters
    ----------
    name : str
        A name in capitals; any other is returned unchanged.
    known : frozenset of str
        Words that are acronyms although they could be pronounced ("SAP").
    """
    if not name.isupper():
        return name
    return " ".join(_tidy_word(word, known) for word in name.split())


def _tidy_word(word: str, known: frozenset[str]) -> str:
    letters = re.sub(r"[^A-Z]", "", word)
    if word in _SMALL_WORDS:
        return word.lower()
    acronym = len(letters) <= 4 and not re.search(r"[AEIOUY]", letters)
    short = len(letters) <= 3 and letters not in _SHORT_WORDS
    if acronym or short or word in known or re.search(r"\d|\.\w", word):
        return word
    return "-".join(part[:1] + part[1:].lower() for part in word.split("-"))
