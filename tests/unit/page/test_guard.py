"""Who may ask the page, for what, and what every answer carries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cluster_engine.page.guard import CONTENT_POLICY, is_loopback
from cluster_engine.page.server import Address, make_rules
from tests.unit.page.conftest import ADDRESS, LIMITS, OpenPage, Visitor
from tests.unit.page.conftest import make_rules as make_test_rules

TOKEN = "a-token-of-this-test"


@pytest.mark.parametrize(
    "path", ["/", "/?market=germany", "/shortlist", "/static/page.js", "/nothing", "/?market=none",
             "/health"]
)  # fmt: skip
def test_every_answer_carries_the_security_headers(path: str, visitor: Visitor) -> None:
    headers = visitor.get(path).headers
    assert headers["content-security-policy"] == CONTENT_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere() -> None:
    assert "unsafe" not in CONTENT_POLICY
    assert "http" not in CONTENT_POLICY
    assert "default-src 'none'" in CONTENT_POLICY


def test_no_page_holds_inline_script_or_style(visitor: Visitor) -> None:
    for path in ("/", "/?market=germany", "/firm?market=germany&firm=t01", "/lists", "/about"):
        text = visitor.get(path).text
        assert text.count("<script") == 1, path
        assert "<style" not in text, path
        assert " style=" not in text, path
        assert " onclick" not in text, path


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "10.0.0.7", "",
             "[", "localhost.evil.example:8501"]
)  # fmt: skip
def test_a_name_that_is_not_ours_is_refused(host: str, visitor: Visitor) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501", "LOCALHOST"])
def test_names_of_this_machine_are_taken(host: str, visitor: Visitor) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "https://127.0.0.1:8501"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(headers: dict[str, str], writer: Visitor) -> None:
    answer = writer.post("/shortlists", headers=headers, name="Stolen")
    assert answer.status_code == 403
    assert "Stolen" not in writer.get("/shortlist").text


def test_a_form_of_our_own_is_taken(writer: Visitor) -> None:
    own = {"origin": ADDRESS, "sec-fetch-site": "same-origin"}
    assert writer.post("/shortlists", headers=own, name="Autumn").status_code == 200
    assert "Autumn" in writer.get("/shortlist").text


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_the_token_of_its_session_changes_nothing(
    token: str, writer: Visitor
) -> None:
    writer.get("/")
    answer = writer.client.post("/shortlists", data={"csrf": token, "name": "Forged"})
    assert answer.status_code == 403
    assert "no longer valid" in answer.text
    assert "Forged" not in writer.get("/shortlist").text


def test_the_token_of_another_session_is_refused(open_page: OpenPage, tmp_path: Path) -> None:
    first, second = open_page(tmp_path / "one"), open_page(tmp_path / "two")
    second.get("/")
    answer = second.client.post("/shortlists", data={"csrf": first.read_token(), "name": "Other"})
    assert answer.status_code == 403


def test_cookies_are_strict_and_out_of_reach_of_scripts(
    open_page: OpenPage, tmp_path: Path
) -> None:
    fresh = open_page(tmp_path)
    told = [fresh.get("/").headers["set-cookie"]]
    fresh.client.follow_redirects = False
    told.append(fresh.post("/name", name="Anna").headers["set-cookie"])
    told.append(fresh.post("/shortlists", name="A").headers["set-cookie"])
    for cookie in told:
        assert "httponly" in cookie.lower(), cookie
        assert "samesite=strict" in cookie.lower(), cookie


def test_a_form_that_is_too_large_is_refused_by_its_announced_length(writer: Visitor) -> None:
    answer = writer.post("/shortlists", name="x" * (LIMITS.form_bytes + 1))
    assert answer.status_code == 413


def test_a_body_that_hides_its_length_is_stopped_while_it_streams(writer: Visitor) -> None:
    writer.get("/")
    sent = 0

    def stream() -> Iterator[bytes]:
        nonlocal sent
        yield b"csrf="
        for _ in range(1000):
            sent += 1
            yield b"x" * 1000

    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = writer.client.post("/shortlists", content=stream(), headers=headers)
    assert answer.status_code == 413
    assert "Traceback" not in answer.text


def test_the_token_is_asked_for_once_and_leaves_the_address(
    open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page(tmp_path, make_test_rules(token=TOKEN))
    page.client.follow_redirects = False
    assert page.get("/").status_code == 401
    assert page.get("/health").status_code == 401
    assert page.get("/?token=wrong").status_code == 401
    shown = page.get(f"/?token={TOKEN}")
    assert (shown.status_code, shown.headers["location"]) == (303, "/")
    cookies = shown.headers.get_list("set-cookie")
    assert any("access" in one and "HttpOnly" in one and "strict" in one for one in cookies)
    assert page.get("/").status_code == 200


def test_a_page_beyond_loopback_gets_a_token_and_takes_addresses_but_not_any_name() -> None:
    rules = make_rules(Address("0.0.0.0", names=("Ranking.Example",)), LIMITS)
    assert len(rules.token) >= 32
    assert rules.is_ours("192.168.1.7:8501")
    assert rules.is_ours("ranking.example")
    assert not rules.is_ours("evil.example")
    assert make_rules(Address("0.0.0.0"), LIMITS).token != rules.token


def test_a_page_on_loopback_needs_no_token_unless_asked_to() -> None:
    assert make_rules(Address(), LIMITS).token == ""
    assert make_rules(Address(needs_token=True), LIMITS).token


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True),
     ("0.0.0.0", False), ("192.168.0.2", False), ("localhost.example", False)],
)  # fmt: skip
def test_loopback_is_told_from_elsewhere(host: str, local: bool) -> None:
    assert is_loopback(host) is local


@pytest.mark.parametrize(
    "host", ["localhost/evil", "localhost#evil", "evil@localhost", "[::1]evil", "127.0.0.1:8501:1"]
)
def test_a_name_that_merely_holds_ours_is_refused(host: str, visitor: Visitor) -> None:
    assert visitor.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/lists", "GET, HEAD, POST"),
        ("GET", "/tick", "POST"),
        ("POST", "/about", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(
    method: str, path: str, allowed: str, visitor: Visitor
) -> None:
    answer = visitor.client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("charset", ["undefined", "punycode", "unicode_escape", "utf-16"])
def test_a_form_in_an_odd_encoding_is_refused(charset: str, writer: Visitor) -> None:
    token = writer.read_token()
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("csrf", token), ("name", "a\\ud800"))
    )
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    answer = writer.client.post("/shortlists", content=f"{body}--x--\r\n", headers=headers)
    assert answer.status_code == 400
    assert "UTF-8" in answer.text
