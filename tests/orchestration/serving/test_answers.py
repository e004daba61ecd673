"""What harvesters, browsers and attackers are answered: the same by `innoregio serve` and by nginx."""

import gzip
import hashlib
import json
from email.utils import formatdate, parsedate_to_datetime

import pytest

from tests.orchestration.serving.made_tree import FILES, HIDDEN
from tests.orchestration.serving.running_server import Server

TYPES = {
    "index.html": "text/html; charset=utf-8",
    "site/style.css": "text/css; charset=utf-8",
    "site/search.js": "text/javascript; charset=utf-8",
    "site/icon.svg": "image/svg+xml",
    "catalog.ttl": "text/turtle; charset=utf-8",
    "catalog.rdf": "application/rdf+xml",
    "catalog.jsonld": "application/ld+json",
    "feed.atom": "application/atom+xml",
    "sitemap.xml": "application/xml",
    "robots.txt": "text/plain; charset=utf-8",
    "fi/search.json": "application/json",
    "made/datapackage.json": "application/json",
    "made/made.csv": "text/csv; charset=utf-8; header=present",
    "made/made.parquet": "application/vnd.apache.parquet",
    "made/made.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "made/README.md": "text/markdown; charset=utf-8",
    "made/1.0.0/made.csv": "text/csv; charset=utf-8; header=present",
}
PARQUET = FILES["made/made.parquet"].encode()


@pytest.mark.parametrize("path", TYPES)
def test_each_kind_of_file_has_its_media_type_and_answers_head_like_get(server: Server, path: str) -> None:
    got, head = server.ask(f"/{path}"), server.ask(f"/{path}", "HEAD")
    assert got.status == head.status == 200
    assert got.headers["content-type"].startswith(TYPES[path])
    assert got.body == (server.out / path).read_bytes() and head.body == b""
    same = ("content-type", "content-length", "etag", "last-modified", "cache-control", "accept-ranges")
    assert {name: got.headers[name] for name in same} == {name: head.headers[name] for name in same}
    assert int(got.headers["content-length"]) == len(got.body)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("made/1.0.0/made.csv", "public, max-age=31536000, immutable"),
        ("made/1.0.0/datapackage.json", "public, max-age=31536000, immutable"),
        ("made/made.csv", "no-cache"),
        ("made/datapackage.json", "no-cache"),
        ("catalog.ttl", "no-cache"),
        ("fi/index.html", "no-cache"),
        ("site/style.css", "no-cache"),
        ("made/1.0.0/none.csv", "no-cache"),
        ("none", "no-cache"),
    ],
)
def test_only_what_never_changes_is_kept_without_asking(server: Server, path: str, kept: str) -> None:
    assert server.ask(f"/{path}").headers["cache-control"] == kept


def test_what_the_asker_has_is_not_sent_again(server: Server) -> None:
    got = server.ask("/made/made.csv")
    tag, modified = got.headers["etag"], got.headers["last-modified"]
    assert tag.startswith('"') and tag.endswith('"')
    earlier = formatdate(parsedate_to_datetime(modified).timestamp() - 60, usegmt=True)
    for asked, status in (
        ({"If_None_Match": tag}, 304),
        ({"If_None_Match": f'"other", W/{tag}'}, 304),
        ({"If_None_Match": "*"}, 304),
        ({"If_None_Match": '"other"'}, 200),
        ({"If_Modified_Since": modified}, 304),
        ({"If_Modified_Since": earlier}, 200),
        ({"If_None_Match": '"other"', "If_Modified_Since": modified}, 200),
        ({"If_Modified_Since": "yesterday"}, 200),
    ):
        again = server.ask("/made/made.csv", **asked)
        assert (again.status, len(again.body)) == (status, len(got.body) if status == 200 else 0), asked
        assert again.headers["etag"] == tag and again.headers["cache-control"] == "no-cache"
        assert again.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=-4", -4, None),
        ("bytes=10000-", 10000, None),
        ("bytes=5-99999999", 5, None),
    ],
)
def test_a_range_gives_these_bytes(server: Server, asked: str, start: int, stop: int | None) -> None:
    got = server.ask("/made/made.parquet", Range=asked)
    body = PARQUET[start:stop]
    first = start % len(PARQUET)
    assert (got.status, got.body) == (206, body)
    assert got.headers["content-range"] == f"bytes {first}-{first + len(body) - 1}/{len(PARQUET)}"
    assert server.ask("/made/made.parquet", "HEAD", Range=asked).status in (200, 206)


def test_several_ranges_and_ranges_that_are_none(server: Server) -> None:
    got = server.ask("/made/made.parquet", Range="bytes=0-3,10004-")
    assert got.status == 206 and got.headers["content-type"].startswith("multipart/byteranges")
    assert got.body.count(b"PAR1") == 2 and b"bytes 0-3/10008" in got.body
    outside = server.ask("/made/made.parquet", Range="bytes=99999999-")
    assert outside.status == 416 and outside.headers["content-range"] == f"bytes */{len(PARQUET)}"
    assert outside.headers["access-control-allow-origin"] == "*"
    for other in ("rows=0-3", "bytes", "bytes=x-y", "bytes=9-2", ""):
        got = server.ask("/made/made.parquet", Range=other)
        allowed = (200,) if server.kind == "serve" else (200, 416)  # nginx: 416 for what is no range
        assert got.status in allowed and (got.status == 416 or got.body == PARQUET), other


def test_a_range_of_another_release_gives_the_whole_file(server: Server) -> None:
    tag = server.ask("/made/made.parquet").headers["etag"]
    same = server.ask("/made/made.parquet", Range="bytes=0-3", If_Range=tag)
    other = server.ask("/made/made.parquet", Range="bytes=0-3", If_Range='"other"')
    assert (same.status, same.body) == (206, b"PAR1")
    assert (other.status, other.body) == (200, PARQUET)


def test_tools_in_the_browser_may_read_everything(server: Server) -> None:
    for path in ("/made/made.csv", "/made/1.0.0/made.parquet", "/catalog.jsonld", "/none"):
        got = server.ask(path, Origin="https://elsewhere.example")
        assert got.headers["access-control-allow-origin"] == "*"
        assert (
            got.headers["access-control-expose-headers"]
            == "Content-Length, Content-Range, ETag, Accept-Ranges"
        )
    first = server.ask(
        "/made/made.parquet",
        "OPTIONS",
        Origin="https://elsewhere.example",
        Access_Control_Request_Method="GET",
        Access_Control_Request_Headers="range",
    )
    assert first.status == 204 and first.body == b""
    assert "GET" in first.headers["access-control-allow-methods"]
    assert "Range" in first.headers["access-control-allow-headers"]


def test_nothing_but_reading_is_allowed(server: Server) -> None:
    before = (server.out / "made" / "made.csv").read_bytes()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert server.ask("/made/made.csv", method).status == 405, method
    assert (server.out / "made" / "made.csv").read_bytes() == before


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.csv",
        "/made/../../secret.csv",
        "/%2e%2e/secret.csv",
        "/made/%2e%2e%2f%2e%2e%2fsecret.csv",
        "/made/..%2f..%2fsecret.csv",
        "/%252e%252e/secret.csv",
        "/made/..%5c..%5csecret.csv",
        "//secret.csv",
        "/made//../../secret.csv",
        "/made/link.csv",
        "/linked/secret.csv",
        "/linked",
        "/linked/",
        "/made/pipe.csv",
        "/made/made.csv/",
        "/made/made.csv%00.html",
        "/made/%00",
        "/made/none.csv",
        "/none/",
        "/site/",
        "/made/1.1.0/",
        "/" + "a" * 300,
        "/%ff%fe",
        *(f"/{path}" for path in HIDDEN),
        *(f"/{path.replace('.', '%2E')}" for path in HIDDEN),
    ],
)
def test_nothing_else_is_served(server: Server, path: str) -> None:
    """Paths out of the folder, links, pipes, the run's own files, unfinished versions."""
    got = server.ask(path)
    assert got.status in (400, 404), got
    assert b"secret" not in got.body.replace(b"secret.csv", b"") and b"geo,obs_va" not in got.body
    assert "etag" not in got.headers or got.body == FILES["404.html"].encode()


def test_what_is_not_there_has_the_sites_own_page(server: Server) -> None:
    got, head = server.ask("/fi/dataset/none.html"), server.ask("/fi/dataset/none.html", "HEAD")
    assert (got.status, got.body) == (404, FILES["404.html"].encode())
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    assert (head.status, head.body) == (404, b"")


def test_a_folder_has_its_index_under_an_address_with_a_slash(server: Server) -> None:
    assert server.ask("/").body == FILES["index.html"].encode()
    assert server.ask("/fi/").body == FILES["fi/index.html"].encode()
    got = server.ask("/fi")
    assert got.status in (301, 308) and got.headers["location"] in ("fi/", "/fi/")


@pytest.mark.parametrize(
    ("path", "language", "page"),
    [
        ("/made", "fi-FI,fi;q=0.9,en;q=0.5", "fi/dataset/made.html"),
        ("/made", "sv", "sv/dataset/made.html"),
        ("/made", "de", "en/dataset/made.html"),
        ("/made", "", "en/dataset/made.html"),
        ("/made/", "sv", "sv/dataset/made.html"),
        ("/made/1.0.0", "fi", "made/1.0.0/datapackage.json"),
        ("/made/1.0.0/", "fi", "made/1.0.0/datapackage.json"),
    ],
)
def test_an_identifier_leads_to_what_it_names(server: Server, path: str, language: str, page: str) -> None:
    got = server.ask(path, Accept_Language=language)
    steps = path.count("/") - 1
    assert got.status == 303
    assert got.headers["location"] in (f"/{page}", "../" * steps + page)


def test_pages_may_load_only_their_own_site(server: Server) -> None:
    policy = server.ask("/").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "http" not in policy
    assert server.ask("/made/README.md").headers["x-content-type-options"] == "nosniff"


def test_nginx_compresses_text_and_never_parquet(server: Server) -> None:
    """`innoregio serve` compresses nothing."""
    csv = server.ask("/made/made.csv", Accept_Encoding="gzip")
    if server.kind == "nginx":
        assert csv.headers["content-encoding"] == "gzip" and csv.headers["vary"] == "Accept-Encoding"
        assert gzip.decompress(csv.body) == FILES["made/made.csv"].encode()
        again = server.ask("/made/made.csv", Accept_Encoding="gzip", If_None_Match=csv.headers["etag"])
        assert again.status == 304
        part = server.ask("/made/made.csv", Accept_Encoding="identity", Range="bytes=0-2")
        assert (part.status, part.body) == (206, b"geo")
    else:
        assert csv.body == FILES["made/made.csv"].encode()
    parquet = server.ask("/made/made.parquet", Accept_Encoding="gzip", Range="bytes=0-3")
    assert (parquet.status, parquet.body) == (206, b"PAR1")
    assert "content-encoding" not in parquet.headers


def test_a_name_with_other_letters_is_found(server: Server) -> None:
    (server.out / "made" / "päijät häme.csv").write_text("geo\r\n")
    assert server.ask("/made/p%C3%A4ij%C3%A4t%20h%C3%A4me.csv").body == b"geo\r\n"


def test_the_tag_is_strong_and_in_our_own_server_the_hash_of_the_content(server: Server) -> None:
    for path in ("made/made.csv", "made/1.0.0/made.csv"):
        tag = json.loads(server.ask(f"/{path}", "HEAD").headers["etag"])
        if server.kind == "serve":
            assert tag == hashlib.sha256((server.out / path).read_bytes()).hexdigest()
