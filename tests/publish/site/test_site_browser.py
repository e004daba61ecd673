"""The site in a real browser: accessible at two widths, in light and dark, usable by keyboard and on a phone;
and its HTML by the Nu checker. `.ci/run` brings the tools (`SITE_TOOLS`) and Debian's Chromium.
"""

import functools
import http.server
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(os.environ.get("SITE_TOOLS", "site-tools")) / "node_modules"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
PAGES = (
    "index.html",
    *(
        f"{language}/{page}.html"
        for language, pages in (
            ("en", ("index", "dataset/regional-accounts", "dataset/regions", "status")),
            ("fi", ("index", "dataset/framework-projects", "region/paijat-hame", "about")),
            ("sv", ("index", "dataset/rd-expenditure", "region/paijat-hame", "provider/eurostat")),
        )
        for page in pages
    ),
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TOOLS.is_dir(), reason="SITE_TOOLS names no folder with axe-core and vnu-jar"),
]


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def base(published: Path) -> Iterator[str]:
    """The address of the published folder on a plain file server."""
    handler = functools.partial(Quiet, directory=str(published))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is installed by .ci/run")
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        yield found
        found.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_no_violation(browser: Any, base: str, width: int, scheme: str) -> None:
    axe = (TOOLS / "axe-core/axe.min.js").read_text("utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True
    )
    page, found = context.new_page(), []
    for path in PAGES:
        page.goto(base + path)
        page.evaluate(axe)
        for one in page.evaluate("axe.run()")["violations"]:
            found.append((path, one["id"], one["nodes"][0]["html"][:120]))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append((path, "scrolls sideways", ""))
    context.close()
    assert found == []


def test_the_nu_checker_finds_no_error(published: Path) -> None:
    jar = TOOLS / "vnu-jar/build/dist/vnu.jar"
    places = [str(published / one) for one in ("index.html", "fi", "sv", "en")]
    run = subprocess.run(
        ["java", "-jar", str(jar), "--errors-only", "--skip-non-html", *places],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[:3000]


def test_a_stranger_finds_rd_expenditure_and_its_csv_in_three_clicks_on_a_phone(
    browser: Any, base: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(base)
    page.get_by_role("link", name="English").tap()
    page.get_by_role("link", name="R&D expenditure", exact=True).tap()
    assert "116.6" in page.locator(".headline").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.tap()
    assert b"MK07" in Path(download.value.path()).read_bytes()
    context.close()


def test_the_search_works_by_keyboard_under_the_policy_of_the_page(browser: Any, base: str) -> None:
    page, said = browser.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(base + "sv/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_role("searchbox").focus()
    page.keyboard.type("fou-utgifter")
    page.locator(".results a").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sv/dataset/rd-expenditure.html")
    assert said == []  # nothing that the Content-Security-Policy had to stop
    page.close()


def test_without_scripts_every_dataset_is_listed(browser: Any, base: str, published: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "fi/index.html")
    assert page.locator(".card").count() == len(list(published.glob("*/datapackage.json")))
    assert not page.locator("form.search").is_visible()
    context.close()
