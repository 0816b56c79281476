"""Firms of a pack: the panel and the listed companies, each once, coded, and who is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from cluster_engine.errors import DataError
from cluster_engine.firm_schemas import FIRM_INDUSTRIES, FIRMS
from cluster_engine.firms.firm_codes import CONFIDENCE_FLOOR
from cluster_engine.firms.panel_matching import calc_panel_key, match_panel
from cluster_engine.sources.firm_facts import read_coded_firms
from cluster_engine.sources.listings import COLUMNS
from cluster_engine.workflows.build_firms import FirmTables, build_firms

CLASSES = {
    "2813": ("Pumps", "Machinery", "manufactures and sells {} pumps and compressors"),
    "2932": ("Car parts", "Auto Components", "produces {} brakes and axles for car makers"),
    "5829": ("Software", "Software", "develops {} cloud software and platforms"),
    "6420": ("Holding companies", "", ""),
    "6419": ("Banks", "Banks", ""),
}
WORDS = ("small", "large", "fast", "modern", "special", "standard", "quiet", "heavy")
PANEL_HEADER = (
    "company_id,company_name,ctry_code,worldrank,nace2,isic4,year,rd,ns,capex,op,emp,"
    "patCN,patEP,patJP,patKR,patUS,TMnEU,TMnUS\n"
)


def _panel() -> str:
    rows = [
        f"{i},{WORDS[i % 8].upper()} FIRM{i},DE,1,{code},28,2018,5,100,3,9,700,1,2,3,4,5,6,7\n"
        for i, code in enumerate(["2813", "2932", "5829"] * 8)
    ]
    rows.append("90,HOLDER,DE,1,6420,64,2018,,,,,,,,,,,,\n")
    rows.append("91,RIDDLE,DE,1,6420,64,2018,,,,,,,,,,,,\n")
    rows.append("92,NORD BANK,DE,1,6419,64,2018,,,,,,,,,,,,\n")
    rows.append("93,ALBION PUMPS,GB,1,2813,28,2018,,,,,,,,,,,,\n")
    return PANEL_HEADER + "".join(rows)


def _listing(name: str, code: str, word: str, **cells: str) -> dict[str, str]:
    _, gics, text = CLASSES[code]
    summary = f"{name} {text.format(word)}. The company is headquartered in Ulm, Germany."
    facts = {"name": name, "country": "Germany", "industry": gics, "symbol": name[:12],
             "market_cap": "Small Cap", "delisted": "False", "summary": summary}  # fmt: skip
    return {**dict.fromkeys(COLUMNS, ""), **facts, **cells}


def _listings() -> list[dict[str, str]]:
    codes = ["2813", "2932", "5829"] * 8
    twins = [
        _listing(f"{WORDS[i % 8].title()} Firm{i} AG", code, WORDS[i % 8], symbol=f"T{i}.DE")
        for i, code in enumerate(codes)
    ]
    others = [
        _listing(f"Other{i} AG", code, WORDS[(i + 3) % 8], symbol=f"O{i}.DE")
        for i, code in enumerate(codes[:9])
    ]
    return [
        *twins,
        *others,
        _listing("Other0 AG", "2813", "small", symbol="O0.MU"),
        _listing("Holder AG", "2813", "quiet", symbol="HOLD.DE"),
        _listing("Gone AG", "2813", "small", symbol="GONE.DE", delisted="True"),
        _listing("Albion Gears PLC", "2813", "small", symbol="ALB.L",
                 summary="Albion Gears PLC makes pumps. It is based in Leeds, United Kingdom."),
        _listing("Letter Box Ltd", "2813", "small", symbol="BOX", country="Cayman Islands",
                 summary="Letter Box Ltd makes pumps."),
    ]  # fmt: skip


def _write_curated(folder: Path) -> None:
    (folder / "countries.csv").write_text(
        "name,iso2,kind\nGermany,DE,country\nUnited Kingdom,GB,country\nCayman Islands,KY,country\n"
    )
    (folder / "gics_sic.csv").write_text(
        "gics_industry,industry,weight\nMachinery,28,1\nAuto Components,2932,1\nSoftware,58,1\n"
    )
    (folder / "activity_terms.csv").write_text(
        "industry,terms\n2813,pumps; compressors\n2932,brakes; axles; car parts\n5829,software\n"
    )
    (folder / "coded_firms.csv").write_text(
        "firm_id,name,country,industry\nli-o8-de,Other8 AG,DE,2813\n"
    )
    (folder / "renamed_firms.csv").write_text("country,former_name,name\nDE,Früher AG,Jetzt AG\n")
    (folder / "known_firms.csv").write_text(
        "country,name,city,industry,basis\nDE,Bekannt,Ulm,2813,general knowledge\n"
        "DE,Other0,Ulm,2813,general knowledge\n"
    )
    (folder / "group_parents.csv").write_text(
        "country,name,parent_country,parent_name,relation\n"
        "DE,Other7 AG,DE,Other6 AG,consolidated subsidiary\n"
    )
    (folder / "sensitive_areas.csv").write_text("area,prefixes,terms\nPumps,2813,warhead\n")
    (folder / "excluded_firms.csv").write_text("country,name,reason\nDE,Niemand AG,none\n")


def _write_index(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Alphabetical Index"
    sheet.append(("UK SIC 2007", "UK SIC 2003", "Activity"))
    for code, (label, _, _) in CLASSES.items():
        sheet.append((f"{code}0", "", f"{label} (manufacture)"))
    book.save(path)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("firms")
    (folder / "panel.csv").write_text(_panel(), encoding="utf-8")
    pd.DataFrame(_listings()).to_parquet(folder / "listed.parquet")
    _write_index(folder / "index.xlsx")
    rows = "".join(f"{code}0,{code}0 : {label}\n" for code, (label, _, _) in CLASSES.items())
    (folder / "structure.csv").write_text("SIC_5DIGIT_CODE,SIC_5DIGIT_NAME\n" + rows)
    _write_curated(folder)
    return {
        "rd_panel": folder / "panel.csv", "listed": folder / "listed.parquet",
        "index": folder / "index.xlsx", "structure": folder / "structure.csv", "curated": folder,
    }  # fmt: skip


@pytest.fixture(scope="module")
def built(inputs: dict[str, Path]) -> FirmTables:
    return build_firms(**inputs)


@pytest.fixture(scope="module")
def firms(built: FirmTables) -> pd.DataFrame:
    return built.firms.set_index("firm_id")


def test_tables_have_the_columns_of_the_contract(built: FirmTables) -> None:
    assert tuple(built.firms.columns) == FIRMS.column_names
    assert tuple(built.firm_industries.columns) == FIRM_INDUSTRIES.column_names


def test_panel_firm_and_its_listed_twin_are_one(firms: pd.DataFrame) -> None:
    twin = firms.loc["rd-0001"]
    assert twin[["firm_name", "city", "size_class", "source", "employees"]].tolist() == [
        "Large Firm1 AG", "Ulm", "small", "rd-panel+listed", 700,
    ]  # fmt: skip
    assert not firms.index.str.startswith("li-t").any()


def test_each_listed_company_stands_once(firms: pd.DataFrame) -> None:
    assert (firms["firm_name"] == "Other0 AG").sum() == 1


def test_official_code_is_kept_as_it_is(built: FirmTables) -> None:
    codes = built.firm_industries.set_index("firm_id").loc["rd-0001"]
    assert codes[["industry", "weight", "basis"]].tolist() == ["2932", 1.0, "official code"]
    assert pd.isna(codes["confidence"])


def test_listed_company_is_coded_from_its_text(built: FirmTables) -> None:
    codes = built.firm_industries
    main = codes[codes["firm_id"] == "li-o1-de"].iloc[0]
    assert (main["industry"], main["basis"]) == ("2932", "activity text")
    assert main["confidence"] >= CONFIDENCE_FLOOR


def test_code_given_by_hand_comes_before_the_text(built: FirmTables) -> None:
    codes = built.firm_industries
    assert codes[codes["firm_id"] == "li-o8-de"]["industry"].tolist() == ["2813"]


def test_holding_code_gives_way_to_a_text_and_is_marked_without_one(
    firms: pd.DataFrame, built: FirmTables
) -> None:
    assert firms.loc[["rd-0090", "rd-0091"], "status"].tolist() == ["rankable", "holding code"]
    codes = built.firm_industries.set_index("firm_id")
    assert codes.loc["rd-0090", ["industry", "basis"]].tolist() == ["2813", "activity text"]
    assert set(codes.index[codes["basis"] == "coded by hand"]) == {"kn-de-bekannt", "li-o8-de"}
    assert "rd-0091" not in codes.index


@pytest.mark.parametrize(
    ("firm", "reason"),
    [
        ("rd-0092", "bank, insurer, fund or property by official code"),
        ("rd-0093", "head office in the host country"),
        ("li-alb-l", "head office in the host country"),
        ("li-gone-de", "no longer listed"),
        ("li-box", "conduit seat"),
    ],
)
def test_outsiders_are_left_out_and_counted(
    built: FirmTables, firms: pd.DataFrame, firm: str, reason: str
) -> None:
    assert firm not in firms.index
    assert built.report[f"dropped: {reason}"] >= 1


def test_known_firm_is_added_once(firms: pd.DataFrame, built: FirmTables) -> None:
    added = firms.loc["kn-de-bekannt"]
    assert added[["firm_name", "city", "source"]].tolist() == ["Bekannt", "Ulm", "authored"]
    assert "kn-de-other0" not in firms.index
    codes = built.firm_industries.set_index("firm_id")
    assert codes.loc["kn-de-bekannt", ["industry", "basis"]].tolist() == ["2813", "coded by hand"]


def test_consolidated_subsidiary_gives_way_to_its_parent(
    firms: pd.DataFrame, built: FirmTables
) -> None:
    assert "li-o7-de" not in firms.index
    notes = built.firm_notes.set_index("firm_id").loc["li-o6-de"]
    assert "includes Other7 AG" in set(pd.DataFrame([notes] if notes.ndim == 1 else notes)["note"])


def test_sensitive_area_is_a_note_and_no_filter(firms: pd.DataFrame, built: FirmTables) -> None:
    noted = built.firm_notes[built.firm_notes["kind"] == "sensitive area"]["firm_id"]
    assert "rd-0000" in set(noted)
    assert firms.loc["rd-0000", "status"] == "rankable"


def test_weights_of_a_firm_add_up_to_one(built: FirmTables) -> None:
    totals = built.firm_industries.groupby("firm_id")["weight"].sum()
    assert totals.to_numpy() == pytest.approx(1)


def test_unknown_figures_are_null_and_not_zero(firms: pd.DataFrame) -> None:
    listed = firms[firms["source"] == "listed"]
    assert listed[["employees", "sales", "rd", "patents", "year"]].isna().all(axis=None)


def test_order_of_the_rows_changes_nothing(
    inputs: dict[str, Path], built: FirmTables, tmp_path: Path
) -> None:
    panel = inputs["rd_panel"].read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "panel.csv").write_text(panel[0] + "".join(panel[:0:-1]), encoding="utf-8")
    pd.DataFrame(_listings()[::-1]).to_parquet(tmp_path / "listed.parquet")
    turned = {"rd_panel": tmp_path / "panel.csv", "listed": tmp_path / "listed.parquet"}
    again = build_firms(**{**inputs, **turned})
    pd.testing.assert_frame_equal(again.firms, built.firms)
    pd.testing.assert_frame_equal(again.firm_industries, built.firm_industries)


def test_country_at_the_end_of_a_panel_name_is_no_part_of_it() -> None:
    assert calc_panel_key("ULMER DE", "DE") == calc_panel_key("ULMER", "DE")
    assert calc_panel_key("ULMER US", "DE") != calc_panel_key("ULMER", "DE")


def test_twin_abroad_counts_only_if_the_name_is_one_firm_s() -> None:
    panel = pd.DataFrame({"name": ["MOVED SEAT", "COMMON NAME"], "country": ["DE", "DE"]})
    listed = pd.DataFrame(
        {
            "symbol": ["A", "B", "C"],
            "aliases": ["moved seat", "common name", "common name"],
            "country": ["CH", "FR", "IT"],
            "delisted": False,
        }
    )
    assert match_panel(panel, listed).tolist() == ["A", ""]


def test_hand_code_of_an_unknown_class_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "coded.csv"
    path.write_text("firm_id,industry\nli-a,9999\nli-b,2813\nli-b,2813\n")
    with pytest.raises(DataError) as caught:
        read_coded_firms(path, {"2813"})
    assert [(p.row, p.column) for p in caught.value.problems] == [(2, "industry"), (4, "firm_id")]


@pytest.mark.slow
def test_real_sources_give_many_operating_companies(shared_data: Path, checkout: Path) -> None:
    data = shared_data / "data"
    built = build_firms(
        data / "firms" / "cordip_panel_2015_2018.csv.gz",
        data / "firms" / "financedatabase_equities_dedup.parquet",
        data / "classification" / "uksic2007indexeswithaddendumdecember2022.xlsx",
        data / "classification" / "sic2007_hierarchy.csv.gz",
        checkout / "data" / "curated",
    )
    firms, codes = built.firms, built.firm_industries
    rankable = firms[firms["status"] == "rankable"]
    n_firms = rankable["country"].value_counts()
    assert n_firms["DE"] >= 700
    assert (n_firms[["US", "JP", "CN", "IN"]] >= 1000).all()
    assert firms["firm_id"].is_unique
    assert "GB" not in set(firms["country"])
    assert set(rankable["firm_id"]) == set(codes["firm_id"])
    assert codes.groupby("firm_id")["weight"].sum().to_numpy() == pytest.approx(1)
    assert not codes["industry"].str.match(r"64|65|66|68|7010").any()
    funds = re.compile(r"\b(?:ETF|UCITS|REIT|SICAV|SPAC|Blank Cheque)\b")
    assert not [name for name in rankable["firm_name"] if funds.search(name)]
