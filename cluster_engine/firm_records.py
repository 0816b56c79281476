"""Columns of firm records: what every list of firms is read into before anything is decided.

One row per record of a list. Text is cleaned (Unicode NFC, no control or zero-width characters,
single spaces) and empty where unknown; numbers are NaN where unknown. Nothing is dropped here:
what a record is, and whether it stays, is decided later and reported.
"""

from __future__ import annotations

TEXT_COLUMNS = (
    "record_id",  # '<list>:<row>', unique
    "list",  # short name of the list the record came from
    "format",  # orbis, fdi-markets, gleif, companies-house, data-hub, wikidata, plain, ...
    "role",  # firm, branch, subsidiary, shareholder, ultimate owner, investor
    "name",
    "other_names",  # '; ' between them
    "country",  # ISO 3166-1 alpha-2 of the seat; '' unknown
    "state",
    "city",
    "postcode",
    "website",
    "lei",
    "bvd_id",
    "isin",
    "registry_number",  # national identifier, with its country in `country`
    "description",  # activity text, used to code, never stored in a pack
    "code_system",  # nace2, nace2.1, nace1.1, isic4, naics2012, naics2017, naics2022, ussic1987,
    #                 uksic2007, uksic2003, gics; '' none
    "codes",  # '; ' between them, the main one first
    "founded",  # ISO date or year
    "status",  # as the list has it
    "size_class",
    "parent_id",  # record_id, LEI, BvD id or registry number of the direct parent
    "parent_name",
    "parent_country",
    "ultimate_id",
    "ultimate_name",
    "ultimate_country",
    "estimated",  # columns of this record that are estimates, '; ' between them
    "notes",  # what a reader changed or doubts, '; ' between them
)
NUMBER_COLUMNS = (
    "row",  # row in the file as a spreadsheet counts
    "year",  # of the figures
    "employees",  # persons
    "sales",  # EUR m
    "rd",  # EUR m
    "capex",  # EUR m
    "operating_profit",  # EUR m
    "sales_growth",  # share a year
)
COLUMNS = (*TEXT_COLUMNS, *NUMBER_COLUMNS)
