"""The site in people's hands: a stranger on a phone, the keyboard alone, no scripts, paper."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest

from tests.publish.site.browser import looking
from tests.publish.site.site_tree import LANGUAGES

PHONE = 360
ON_PAPER = 718  # what A4 leaves between margins of 10 mm, in CSS pixels
FIGURE = "116.6"  # R&D expenditure of Päijät-Häme in 2024, million euro

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("language", "name", "region", "figure"),
    [
        ("fi", "T&k-menot", "Päijät-Häme", "116,6"),
        ("sv", "FoU-utgifter", "Päijänne-Tavastland", "116,6"),
        ("en", "R&D expenditure", "Päijät-Häme", FIGURE),
    ],
)
def test_a_stranger_on_a_phone_needs_three_taps_for_the_csv(
    browser: Any, base: str, tmp_path: Path, language: str, name: str, region: str, figure: str
) -> None:
    """From the address alone: the language, the figure by its name, the file."""
    with looking(browser, PHONE, has_touch=True, is_mobile=True, accept_downloads=True) as watched:
        page = watched.page
        page.goto(base)
        page.locator(f"main a[hreflang={language}]").tap()
        page.get_by_role("link", name=name, exact=True).first.tap()
        page.wait_for_url(f"**/{language}/dataset/rd-expenditure.html*")
        headline = page.locator(".headline").first
        headline.wait_for()
        assert figure in headline.inner_text() and region in page.inner_text("main")
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").first.tap()
        download.value.save_as(tmp_path / "found.csv")
        assert watched.said == []
    with (tmp_path / "found.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    wanted = {"geo": "MK07", "time_period": "2024", "sector": "TOTAL", "unit": "MIO_EUR"}
    (found,) = [row for row in rows if wanted.items() <= row.items()]
    assert found["obs_value"] == FIGURE


def test_the_search_works_by_keyboard_under_the_policy_of_the_page(browser: Any, base: str) -> None:
    with looking(browser) as watched:
        page = watched.page
        page.goto(base + "sv/index.html")
        page.get_by_role("searchbox").focus()
        page.keyboard.type("forsknings- och utvecklingsverksamhet efter landskap")
        page.locator(".results a").first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/sv/dataset/rd-expenditure.html")
        assert watched.said == []


@pytest.mark.parametrize("path", ["fi/index.html", "en/dataset/rd-expenditure.html", "sv/about.html"])
def test_the_first_tab_leads_past_the_menu(browser: Any, base: str, path: str) -> None:
    with looking(browser, PHONE) as watched:
        page = watched.page
        page.goto(base + path)
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.get_attribute("href") == "#content"
        page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")  # it is seen
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (PHONE, "dark")])
@pytest.mark.parametrize(
    "path", ["index.html", "en/index.html", "en/dataset/rd-expenditure.html", "en/region/paijat-hame.html"]
)
def test_tab_goes_through_the_page_in_order_and_is_seen(
    browser: Any, base: str, path: str, width: int, scheme: str
) -> None:
    """Each stop comes after the one before in the page, is in sight, and has an outline."""
    with looking(browser, width, color_scheme=scheme, reduced_motion="reduce") as watched:
        page = watched.page
        page.goto(base + path)
        wanted = page.evaluate(STOPS)
        found = []
        for _ in range(wanted):
            page.keyboard.press("Tab")
            found.append(page.evaluate(FOCUSED))
        assert [one["place"] for one in found] == list(range(wanted)), path
        unseen = [one for one in found if not one["outlined"] or not one["in_sight"]]
        assert wanted >= 3 and unseen == []


STOPS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, summary, [tabindex]")];
  window.stops = all.filter((one) => one.tabIndex >= 0 && one.checkVisibility());
  return window.stops.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const down = box.bottom > 0 && box.top < innerHeight, across = box.right > 0 && box.left < innerWidth;
  const in_sight = box.width > 0 && down && across;
  return { place: window.stops.indexOf(one), outlined, in_sight, html: one.outerHTML.slice(0, 80) };
}"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_scripts_everything_is_found_and_read(
    browser: Any, base: str, published: Path, language: str
) -> None:
    names = {path.parent.name for path in published.glob("*/datapackage.json")}
    with looking(browser, PHONE, java_script_enabled=False) as watched:
        page = watched.page
        page.goto(f"{base}{language}/index.html")
        assert not page.locator("form.search").is_visible()
        cards = page.locator(".card a")
        assert {link.get_attribute("href").split("/")[-1] for link in cards.all()} == {
            f"{name}.html" for name in names
        }
        page.locator('.card a[href$="/rd-expenditure.html"]').click()
        assert page.locator("svg:visible").first.is_visible() and page.locator("#dictionary").is_visible()
        page.locator("summary").first.click()  # opens without a script
        assert page.locator("details[open]").count() >= 1
        page.get_by_role("link", name=re.compile("Päijät-Häme|Päijänne-Tavastland")).first.click()
        page.wait_for_url(f"**/{language}/region/paijat-hame.html")
        assert page.locator(".headline").first.is_visible()
        assert watched.said == []


@pytest.mark.parametrize(
    "path", ["fi/index.html", "en/dataset/regional-accounts.html", "sv/region/paijat-hame.html"]
)
def test_paper_shows_what_is_to_be_read_and_cuts_nothing_off(browser: Any, base: str, path: str) -> None:
    with looking(browser, ON_PAPER, color_scheme="dark") as watched:
        page = watched.page
        page.goto(base + path)
        page.emulate_media(media="print")
        assert not page.locator("nav.menu").is_visible() and not page.locator(".skip").is_visible()
        assert not page.locator("form.search").is_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("h1").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= ON_PAPER
        assert page.evaluate(CUT_OFF) == [], path
        hidden = page.evaluate(CLOSED)
        assert hidden == [], path
        assert page.pdf(format="A4").startswith(b"%PDF")


# a chart's figures are in the CSV; as a table of thirty periods they are wider than paper
CLOSED = """() => [...document.querySelectorAll("main details:not(figure details) > :not(summary)")]
  .filter((one) => !one.checkVisibility() || !one.getBoundingClientRect().height)
  .map((one) => one.parentElement.querySelector("summary").textContent)"""
# what scrolls on a screen loses its end on paper
CUT_OFF = """() => [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && !one.closest("svg") && !one.matches(".hidden"))
  .filter((one) => getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1)
  .map((one) => `${one.tagName}.${one.className}: ${one.scrollWidth} in ${one.clientWidth}`)"""
