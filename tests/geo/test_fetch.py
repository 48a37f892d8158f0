"""Fetching: what comes whole is kept, what does not replaces nothing, what a host refuses is left alone."""

import hashlib
import json
import time
from pathlib import Path

import pytest

from geo import fetch as fetching
from geo.errors import FetchError, InvalidInputError, NotCoveredError
from geo.fetch import fetch, held_path, home_folder, read_held, read_sidecar, write_atomic

BODY = b"day,people\n2031-05-01,120\n"


@pytest.fixture
def get(tmp_path):
    def run(url, **options):
        limits = {"pause_s": 0, "timeout_s": 5, "total_s": 10, "retries": 0}
        return fetch(url, **{"home": tmp_path / "home", "kind": "csv", **limits, **options})

    return run


def _send(handler, data, *, status=200, kind="text/csv", length=None, **headers):
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(data) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


# --- what is kept ----------------------------------------------------------------------------------------
def test_a_file_is_kept_under_its_own_name_with_what_is_known_of_it(publisher, get):
    url = publisher.serve(
        "/21_May_2031_counts.csv", BODY, ETag='"a"', Last_Modified="Wed, 21 May 2031 07:00:00 GMT"
    )
    held = get(url, source="tally")
    assert held.path.name == "21_May_2031_counts.csv"
    assert held.path.read_bytes() == BODY
    assert held.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (held.size, held.etag, held.content_type, held.unchanged) == (len(BODY), '"a"', "text/csv", False)
    told = read_sidecar(held.path)
    assert (told["url"], told["source"], told["sha256"]) == (url, "tally", held.sha256)


def test_hosts_are_told_an_honest_name(publisher, get):
    get(publisher.serve("/x.csv", BODY))
    agent = publisher.asked[0][1]["User-Agent"]
    assert agent.startswith("routeways/")
    assert "analysis of published statistics" in agent
    assert "Mozilla" not in agent


def test_a_file_that_has_not_changed_is_not_sent_again(publisher, get):
    url = publisher.serve("/x.csv", BODY, ETag='"a"')
    first = get(url)
    second = get(url)
    assert publisher.asked[1][1]["If-None-Match"] == '"a"'
    assert second.unchanged
    assert second.path.read_bytes() == BODY
    assert second.retrieved == first.retrieved
    assert len(publisher.asked) == 2


def test_a_file_that_has_changed_replaces_the_held_one(publisher, get):
    url = publisher.serve("/x.csv", BODY, ETag='"a"')
    get(url)
    publisher.serve("/x.csv", BODY + b"2031-05-02,0\n", ETag='"b"')
    again = get(url)
    assert not again.unchanged
    assert again.path.read_bytes().endswith(b"2031-05-02,0\n")


def test_offline_takes_what_is_held_and_asks_nobody(publisher, get):
    url = publisher.serve("/x.csv", BODY)
    first = get(url)
    asked = len(publisher.asked)
    held = get(url, offline=True)
    assert len(publisher.asked) == asked
    assert held.unchanged
    assert held.sha256 == first.sha256


def test_offline_without_a_file_says_what_to_do(get):
    with pytest.raises(NotCoveredError, match=r"No file of it is held .* fetch it once with a network"):
        get("http://127.0.0.1:9/x.csv", offline=True)


def test_a_held_file_that_was_cut_is_not_taken_for_whole(publisher, get, tmp_path):
    url = publisher.serve("/x.csv", BODY)
    held = get(url)
    held.path.write_bytes(BODY[:5])
    with pytest.raises(NotCoveredError, match="is not what was fetched"):
        read_held(url, home=tmp_path / "home")
    assert get(url).path.read_bytes() == BODY


def test_compressed_answers_are_kept_as_what_they_hold(publisher, get):
    import gzip

    url = publisher.serve("/x.csv", gzip.compress(BODY, mtime=0), Content_Encoding="gzip", ETag='"z"')
    assert get(url).path.read_bytes() == BODY
    publisher.serve("/x.csv", b"", status=304, ETag='"z"')
    assert get(url).path.read_bytes() == BODY


# --- what is refused -------------------------------------------------------------------------------------
def _drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/csv")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"1")
        handler.wfile.flush()
        time.sleep(0.05)


def _slow_head(handler):
    for _ in range(100):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if _ == 0 else b"X-Wait: 1\r\n")
        handler.wfile.flush()
        time.sleep(0.05)


def _cut_chunks(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/csv")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"10\r\nday,people\n2031-\r\n")


SCRIPT = b"<html><script>window.challenge = function () {}</script></html>" * 200
REFUSED = {
    "forbidden": (lambda h: _send(h, b"no", status=403), "does not serve programs .403.*Download it by hand"),
    "login": (lambda h: _send(h, b"no", status=401), "asks for a login, which this package never sends"),
    "gone": (lambda h: _send(h, b"no", status=410), "was withdrawn"),
    "missing": (lambda h: _send(h, b"no", status=404, kind="text/plain"), "no such file .404.: it has moved"),
    "bot protection": (
        lambda h: _send(h, SCRIPT, status=404, kind="text/html"),
        "404 with a script: protection against programs, which is not bypassed.*by hand",
    ),
    "teapot": (lambda h: _send(h, b"no", status=418), "The host answered 418"),
    "truncated": (lambda h: _send(h, BODY, length=5000), "broke off after"),
    "truncated chunks": (_cut_chunks, "broke off after"),
    "empty": (lambda h: _send(h, b""), "It is empty"),
    "wrong type": (lambda h: _send(h, BODY, kind="text/html"), "should be csv, and is 'text/html'"),
    "page instead of table": (lambda h: _send(h, b"<!DOCTYPE html><p>Sorry"), "should be csv.*DOCTYPE"),
    "too large": (lambda h: _send(h, b"1" * 3000), "larger than 2000 bytes"),
    "broken compression": (lambda h: _send(h, b"not gzip", Content_Encoding="gzip"), "compression is broken"),
    "slow drip": (_drip, "not complete after 0.5 s"),
    "slow head": (_slow_head, "connection failed .no head of an answer came in 0.5 s"),
    "hung up": (lambda h: h.connection.close(), "connection failed"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_whole_and_right_replaces_nothing(publisher, get, case):
    answer, message = REFUSED[case]
    url = publisher.serve("/x.csv", BODY, ETag='"a"')
    before = get(url)
    publisher.serve("/x.csv", answer)
    started = time.monotonic()
    with pytest.raises(FetchError, match=message):
        get(url, max_bytes=2000, total_s=0.5, timeout_s=2)
    assert time.monotonic() - started < 4
    assert before.path.read_bytes() == BODY
    assert get(url, offline=True).sha256 == before.sha256
    assert not list(before.path.parent.glob("*.part"))
    publisher.serve("/x.csv", BODY, ETag='"a"')
    assert get(url).path.read_bytes() == BODY


def test_a_bomb_of_zeros_is_refused_by_what_it_unpacks_to(publisher, get):
    import gzip

    url = publisher.serve("/x.csv", gzip.compress(b"0" * 20_000_000), Content_Encoding="gzip")
    with pytest.raises(FetchError, match="larger than 1000000 bytes"):
        get(url, max_bytes=1_000_000)


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_a_workbook_must_begin_like_one(publisher, get, kind):
    url = publisher.serve("/x", b"hello", kind="application/octet-stream")
    with pytest.raises(FetchError, match=f"should be {kind}"):
        get(url, kind=kind)


def test_nobody_listening_is_said(get):
    with pytest.raises(FetchError, match="connection failed"):
        get("http://127.0.0.1:9/x.csv")


# --- busy hosts ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_asked_again_when_it_says(publisher, get, status):
    turns = []

    def answer(handler):
        turns.append(time.monotonic())
        if len(turns) == 1:
            _send(handler, b"", status=status, Retry_After="1")
        else:
            _send(handler, BODY)

    assert get(publisher.serve("/x.csv", answer), retries=2).path.read_bytes() == BODY
    assert turns[1] - turns[0] >= 1.0


def test_a_wait_may_be_given_as_a_date(publisher, get, monkeypatch):
    waited = []
    monkeypatch.setattr("geo._http.time.sleep", waited.append)
    url = publisher.serve("/x.csv", b"", status=429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    with pytest.raises(FetchError, match=r"asks for fewer requests .429."):
        get(url, retries=1)
    assert waited == [0.0]


def test_a_host_that_asks_for_a_long_wait_is_left_alone(publisher, get):
    url = publisher.serve("/x.csv", b"", status=429, Retry_After="86400")
    with pytest.raises(FetchError, match="asks to wait 86400 s"):
        get(url, retries=3)
    assert len(publisher.asked) == 1


def test_waits_grow_where_the_host_says_nothing(publisher, get, monkeypatch):
    waited = []
    monkeypatch.setattr("geo._http.time.sleep", waited.append)
    with pytest.raises(FetchError, match="answered 500"):
        get(publisher.serve("/x.csv", b"", status=500), retries=3)
    assert waited == [1.0, 2.0, 4.0]
    assert len(publisher.asked) == 4


def test_one_host_gets_at_most_one_request_in_a_pause(publisher, get):
    started = time.monotonic()
    for name in ("a", "b", "c"):
        get(publisher.serve(f"/{name}.csv", BODY), pause_s=0.3)
    assert time.monotonic() - started >= 0.6


# --- redirects -------------------------------------------------------------------------------------------
def _to(where):
    return lambda handler: _send(handler, b"", status=302, Location=where)


def test_a_redirect_on_the_same_host_is_followed(publisher, get):
    there = publisher.serve("/new.csv", BODY)
    held = get(publisher.serve("/old.csv", _to("/new.csv")))
    assert held.final_url == there
    assert held.path.name == "old.csv"


@pytest.mark.parametrize(
    "where", ["http://elsewhere.invalid/x.csv", "file:///etc/hostname", "ftp://127.0.0.1/x"]
)
def test_a_redirect_elsewhere_is_not_followed(publisher, get, where):
    with pytest.raises(FetchError, match="another host or away from https, which is not followed"):
        get(publisher.serve("/x.csv", _to(where)))


def test_a_redirect_to_an_allowed_host_is_followed(publisher, get):
    port = publisher.base.rpartition(":")[2]
    publisher.serve("/new.csv", BODY)
    url = publisher.serve("/x.csv", _to(f"http://localhost:{port}/new.csv"))
    assert get(url, allow_hosts=["localhost"]).path.read_bytes() == BODY


def test_a_circle_of_redirects_ends(publisher, get):
    with pytest.raises(FetchError, match="redirects more than 5 times"):
        get(publisher.serve("/x.csv", _to("/x.csv")))


# --- names and folders -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url", ["ftp://a/b", "file:///etc/passwd", "http://me:word@host/x", "https:///x", "x.csv"]
)
def test_an_address_must_be_plain(url):
    with pytest.raises(InvalidInputError, match="Invalid URL"):
        held_path(url, home="held")


@pytest.mark.parametrize(
    "url", ["http://h/../../x", "http://h/a%2F..%2Fb", "http://h/", "http://h/..", "http://h/.x"]
)
def test_no_address_leaves_the_folder(url):
    path = held_path(url, home="held")
    assert path.parts[:3] == ("held", "files", "h")
    assert len(path.parts) == 5
    assert not path.name.startswith(".")


def test_equal_names_of_different_addresses_stay_apart():
    assert held_path("http://h/a/x.csv", home="p") != held_path("http://h/b/x.csv", home="p")


def test_an_unknown_kind_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="Invalid kind 'pdf'"):
        fetch("http://127.0.0.1:9/x", kind="pdf", home=tmp_path)


def test_the_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ROUTEWAYS_HOME", str(tmp_path / "mine"))
    assert home_folder() == tmp_path / "mine"
    monkeypatch.delenv("ROUTEWAYS_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert home_folder().name == "routeways"
    assert home_folder("here") == Path("here")


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "x.csv"
    write_atomic(target, b"old")

    def broken(handle):
        raise OSError("no space left")

    monkeypatch.setattr(fetching.os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        write_atomic(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_sidecar_that_is_no_record_says_nothing(tmp_path):
    (tmp_path / "x.csv.fetched.json").write_text(json.dumps([1]))
    assert read_sidecar(tmp_path / "x.csv") == {}
