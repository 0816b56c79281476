"""Make what a case of `tests/data/inputs` asks for: files of any bytes, workbooks, archives, packs.

A case is data. What cannot lie in a repository (bombs, NUL bytes, other encodings, workbooks) is
told in its `expect.toml`, under `file`, as the pieces it is made of.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
APPLICATION = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default '
    'Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{APPLICATION}.sheet.main+xml"/><Override '
    f'PartName="/xl/worksheets/sheet1.xml" ContentType="{APPLICATION}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
    f'Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
"""What a workbook of one sheet consists of beside the sheet."""


def make_file(folder: Path, recipe: Mapping[str, Any]) -> Path:
    """Write the file of a case: `pieces`, plain or packed, `sheets`, `sheet_xml` or `members`."""
    path = folder / str(recipe["name"])
    if "sheets" in recipe:
        _write_workbook(path, recipe["sheets"])
    elif "sheet_xml" in recipe:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in PARTS.items():
                archive.writestr(name, text)
            sheet = _join(recipe["sheet_xml"]).decode().replace("MAIN", MAIN)
            archive.writestr("xl/worksheets/sheet1.xml", sheet)
    elif "members" in recipe:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in recipe["members"]:
                for n in range(member.get("copies", 1)):
                    archive.writestr(member["name"].format(n=n), _join(member["pieces"]))
    elif recipe.get("packed") == "gzip":
        path.write_bytes(gzip.compress(_join(recipe["pieces"]), 9, mtime=0))
    else:
        path.write_bytes(_join(recipe["pieces"]))
    return path


def _join(pieces: Sequence[Mapping[str, Any]]) -> bytes:
    return b"".join(
        (
            bytes.fromhex(piece["hex"])
            if "hex" in piece
            else piece["text"].encode(piece.get("encoding", "utf-8"))
        )
        * piece.get("times", 1)
        for piece in pieces
    )


def _write_workbook(path: Path, sheets: Sequence[Mapping[str, Any]]) -> None:
    book = Workbook()
    for place, told in enumerate(sheets):
        sheet = book.active if place == 0 else book.create_sheet()
        sheet.title = told["name"]
        for row in told["rows"]:
            sheet.append([None if cell == "" else cell for cell in row])
        for area in told.get("merged", ()):
            sheet.merge_cells(area)
        sheet.sheet_state = told.get("state", "visible")
    book.save(path)


def make_pack(folder: Path, toy_pack: Path, edits: Sequence[Mapping[str, Any]]) -> Path:
    """Copy the toy pack and change it; the manifest's counts of rows follow."""
    pack = folder / "pack"
    shutil.copytree(toy_pack, pack)
    for edit in edits:
        path = pack / edit["file"]
        text = path.read_text(encoding="utf-8")
        path.write_text(_edit(text, edit), encoding="utf-8", newline="")
        if path.suffix == ".csv":
            _count_rows(pack / "pack.toml", path)
    return pack


def _edit(text: str, edit: Mapping[str, Any]) -> str:
    if "pattern" in edit:
        changed, count = re.subn(edit["pattern"], edit["by"], text, flags=re.MULTILINE)
        assert count, f"{edit['pattern']!r} matches nothing in {edit['file']}"
        return changed
    rows = list(csv.DictReader(io.StringIO(text)))
    header = list(rows[0])
    if "swap" in edit:
        one, other = edit["swap"]
        for row in rows:
            row[one], row[other] = row[other], row[one]
    if edit.get("reverse"):
        rows.reverse()
    if "multiply" in edit:
        for row in rows:
            if row[edit["multiply"]] and all(
                row[name] == value for name, value in edit.get("where", {}).items()
            ):
                row[edit["multiply"]] = repr(float(row[edit["multiply"]]) * edit["times"])
    out = io.StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _count_rows(manifest: Path, table: Path) -> None:
    rows = table.read_text(encoding="utf-8").count("\n") - 1
    text = manifest.read_text(encoding="utf-8")
    changed = re.sub(rf'(file = "{table.name}"\nrows = )\d+', rf"\g<1>{rows}", text)
    manifest.write_text(changed, encoding="utf-8")
