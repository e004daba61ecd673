"""Every page in a real browser: accessible at two widths, in light and dark, nothing stopped by the policy,
nothing asked of another host, nothing to scroll sideways; and its HTML by the Nu checker.
"""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.publish.site.browser import looking
from tests.publish.site.site_tree import HOSTILE, LANGUAGES, html_pages

TOOLS = Path(os.environ.get("SITE_TOOLS", "site-tools")) / "node_modules"
KINDS = (  # every template, and each kind of figure
    "index",
    "dataset/regional-accounts",
    "dataset/framework-projects",
    "dataset/regions",
    "region/paijat-hame",
    "region/south-savo",
    "provider/eurostat",
    "status",
    "about",
)
PAGES = ("index.html", "404.html", *(f"{one}/{kind}.html" for one in LANGUAGES for kind in KINDS))
PHONE, DESK = 360, 1280
JUDGE = "axe.run({resultTypes: ['violations'], preload: false})"
THEIRS = "img, iframe, object, [onerror], [onload], script:not([src]):not([type])"
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true })"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not TOOLS.is_dir(), reason="SITE_TOOLS names no folder with axe-core and vnu-jar"),
]


def places(tree: Path) -> list[str]:
    """The path of every page."""
    return [path.relative_to(tree).as_posix() for path in html_pages(tree)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_no_violation(browser: Any, base: str, language: str) -> None:
    """With everything opened that can be, because axe does not look into what is closed."""
    axe, found = (TOOLS / "axe-core/axe.min.js").read_text("utf-8"), []
    pages = [path for path in PAGES if path.startswith(language) or (language == "en" and "/" not in path)]
    with looking(browser, bypass_csp=True) as watched:
        for path in pages:
            watched.page.goto(base + path)
            watched.page.evaluate(axe)
            watched.page.evaluate(OPEN)
            for width in (DESK, PHONE):
                watched.page.set_viewport_size({"width": width, "height": 800})
                for scheme in ("light", "dark"):
                    watched.page.emulate_media(color_scheme=scheme)
                    for one in watched.page.evaluate(JUDGE)["violations"]:
                        found.append((path, width, scheme, one["id"], one["nodes"][0]["html"][:120]))
    assert len(pages) >= len(KINDS) and found == []


def test_every_page_fits_a_phone_and_asks_nobody_else(browser: Any, base: str, published: Path) -> None:
    wrong = []
    with looking(browser, PHONE) as watched:
        for path in (*places(published), "404.html"):
            answer = watched.page.goto(base + path)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            for opened in (False, True):
                if opened:
                    watched.page.evaluate(OPEN)
                if watched.page.evaluate("document.documentElement.scrollWidth") > PHONE:
                    wrong.append((path, "scrolls sideways", "opened" if opened else "as it comes"))
        assert wrong == [] and watched.said == []
        assert {address.startswith(base) for address in watched.asked} == {True}


def test_what_the_policy_stops_is_seen_here(browser: Any, base: str) -> None:
    """The tests above and below would see a script of somebody else, run or stopped."""
    with looking(browser) as watched:
        watched.page.goto(base + "en/status.html")
        watched.page.evaluate(
            """document.querySelector("main").insertAdjacentHTML("beforeend",
            '<img src="http://localhost:9/x.png" onerror="window.ran = 1"><p style="color: red">x</p>')"""
        )
        watched.page.wait_for_timeout(200)
        said = " ".join(watched.said)
        assert all(kind in said for kind in ("stopped img-src", "stopped style-src", "stopped script-src"))
        assert watched.page.evaluate("window.ran") is None


def test_rows_of_a_register_are_text(browser: Any, hostile_base: str, hostile: Path) -> None:
    shown = []
    with looking(browser) as watched:
        for path in places(hostile):
            watched.page.goto(hostile_base + path)
            made = watched.page.evaluate(f"document.querySelectorAll({THEIRS!r}).length")
            assert made == 0, path
            watched.page.evaluate(OPEN)
            words = watched.page.inner_text("body")
            shown += [one for one in HOSTILE if one in words]
        watched.page.goto(hostile_base + "sv/index.html")
        watched.page.get_by_role("searchbox").fill("<script>")
        watched.page.locator(".results a").first.wait_for()
        assert "</script><script>" in watched.page.locator(".results").inner_text()
        assert watched.said == [] and {one.startswith(hostile_base) for one in watched.asked} == {True}
    assert set(shown) == set(HOSTILE)


def test_the_nu_checker_finds_no_error(published: Path) -> None:
    jar = TOOLS / "vnu-jar/build/dist/vnu.jar"
    places = [str(published / one) for one in ("index.html", "404.html", *LANGUAGES)]
    run = subprocess.run(
        ["java", "-jar", str(jar), "--errors-only", "--skip-non-html", *places],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[:3000]
