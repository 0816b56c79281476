"""Plan, then fetch: a source and a vintage become addresses and file names, with nothing opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from cluster_engine.errors import SettingsError
from cluster_engine.sources.fetch.catalogue import FileEntry, SourceEntry

VINTAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
YEARS = re.compile(r"((?:19|20)\d\d)-((?:19|20)\d\d)")


@dataclass(frozen=True, slots=True)
class FileRequest:
    """One file to fetch.

    Attributes
    ----------
    source : SourceEntry
    entry : FileEntry
    vintage : str
    name : str
        Name on disk.
    url : str
        Address, without secrets.
    plain_allowed : bool
        Whether http may be used: only where the user named such a base.
    """

    source: SourceEntry
    entry: FileEntry
    vintage: str
    name: str
    url: str
    plain_allowed: bool


def plan_fetch(
    source: SourceEntry, *, vintage: str | None = None, base_url: str | None = None
) -> tuple[FileRequest, ...]:
    """Return what would be fetched.

    Parameters
    ----------
    source : SourceEntry
    vintage : str, optional
        A year, '2015-2022', or a word the publisher uses; the catalogue's without it.
    base_url : str, optional
        A mirror, in place of the publisher's server. Only here http is taken.

    Raises
    ------
    SettingsError
        The vintage or the base cannot be used.
    """
    chosen = vintage or source.vintage
    if VINTAGE.fullmatch(chosen) is None or ".." in chosen:
        rule = "letters, digits, '.', '_' and '-'"
        raise SettingsError(
            f"The vintage must be made of {rule}. Got {chosen!r}.",
            hint="A year, years such as 2015-2022, or a word the publisher uses.",
        )
    base = _check_base(base_url or source.base, given=base_url is not None)
    years = _expand_years(chosen)
    requests = []
    for entry in source.files:
        query = {
            key: value.replace("{vintage}", chosen).replace("{years}", years)
            for key, value in entry.parameters.items()
        }
        url = base + entry.path.replace("{vintage}", chosen)
        if query:
            url += "?" + urlencode(query, safe="/,[]")
        name = entry.name.replace("{vintage}", chosen)
        plain = base.startswith("http://")
        requests.append(FileRequest(source, entry, chosen, name, url, plain))
    return tuple(requests)


def _check_base(base: str, *, given: bool) -> str:
    parts = urlsplit(base)
    allowed = ("https", "http") if given else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(
            f"The base address must be {' or '.join(allowed)}://host, without a query. "
            f"Got {base!r}.",
            hint="Give a mirror with --base-url https://host[/path].",
        )
    return base.rstrip("/")


def _expand_years(vintage: str) -> str:
    """Write '2019-2021' as '2019,2020,2021'; anything else stays as it is.

    Examples
    --------
    >>> _expand_years("2019-2021")
    '2019,2020,2021'
    """
    match = YEARS.fullmatch(vintage)
    if match is None:
        return vintage
    first, last = int(match[1]), int(match[2])
    if first > last:
        raise SettingsError(f"The first year must not be after the last. Got {vintage!r}.")
    return ",".join(str(year) for year in range(first, last + 1))
