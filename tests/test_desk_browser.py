"""The desk in a real browser: every page and action, by keyboard, dark, narrow, without scripts, on paper.

Skipped where no Chromium is found (DETENTE_CHROMIUM names one). With DETENTE_SCREENSHOTS set to a
folder every page is kept there as a picture, to be looked at.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from desk_examples import NOW, TODAY, make_app, serving
from desk_reading import extra, furnish

from detente.coding.coder import rule_coder
from detente.records import Document
from detente.store import open_store

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "storyline_us_colombia_2021_26_wh"
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SUNDAY = "demo-2026-01-05-sounds-good"
SERIOUS = ("serious", "critical")


def _chromium() -> str | None:
    named = os.environ.get("DETENTE_CHROMIUM")
    found = (
        named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    )
    return found if found and Path(found).exists() else None


pytest.importorskip("playwright", reason="playwright is not installed (a dependency for development)")
CHROMIUM = _chromium()
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium was found; set DETENTE_CHROMIUM to one")


@dataclass(frozen=True)
class Site:
    """A desk that serves a furnished store, a browser, and the addresses of every kind of page."""

    base: str
    browser: Any
    path: Path
    pages: dict[str, str]

    def open(self, **more: Any) -> Any:
        """A fresh page of a fresh context, which fails the test where a script or the policy complains."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **more})
        page = context.new_page()
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        return page

    def go(self, page: Any, name: str) -> None:
        page.goto(self.base + self.pages.get(name, name))


def _corpus() -> list[Document]:
    """Some real articles of the storyline, where they lie beside the repository; else none."""
    from detente.sources.files import read_all

    if not CORPUS.is_dir():
        return []
    found = (d for d in read_all([str(CORPUS)], lambda _: None) if d.published and d.published <= TODAY)
    return list(islice(found, 12))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from playwright.sync_api import sync_playwright

    path = furnish(tmp_path_factory.mktemp("browser") / "store.sqlite")
    long = extra(path)
    with open_store(path) as store:
        store.add(_corpus(), rule_coder(), retrieved=NOW)
        act = store.events(document=SUNDAY)[0].id
        story = max(store.stories(), key=lambda s: len(s.events)).id
    pages = {
        "overview": "/",
        "pairs": "/pairs",
        "pair": "/pairs/USA/COL",
        "countries": "/countries",
        "country": "/countries/COL",
        "article": f"/articles/{SUNDAY}?act={act}",
        "long": f"/articles/{long}",
        "left-out": f"/left-out/{SUNDAY}",
        "act": f"/acts/{act}",
        "stories": "/stories",
        "story": f"/stories/{story}",
        "search": "/search?q=Petro+call",
        "scorecard": "/scorecard",
        "sources": "/sources",
        "alerts": "/alerts",
        "method": "/method",
        "topic": "/method/acts",
        "corrections": "/corrections",
        "trouble": "/stories/none",
    }
    with serving(make_app(path)) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield Site(base, browser, path, pages)
        browser.close()


NAMES = (
    "overview",
    "pairs",
    "pair",
    "countries",
    "country",
    "article",
    "long",
    "left-out",
    "act",
    "stories",
    "story",
    "search",
    "scorecard",
    "sources",
    "alerts",
    "method",
    "topic",
    "corrections",
    "trouble",
)


def _settle(page: Any) -> None:
    """Wait until a chart, where there is one, is drawn."""
    page.wait_for_load_state("load")
    if page.locator("#timeline-data").count():
        page.wait_for_selector(".live-on, .chart.live", timeout=10_000)


def _keep(page: Any, name: str) -> None:
    folder = os.environ.get("DETENTE_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def _findings(page: Any) -> list[str]:
    """What axe-core finds that is serious, each with where."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {n['html'][:160]} {n['any'][0]['message'] if n['any'] else ''}"
        for v in found["violations"]
        if v["impact"] in SERIOUS
        for n in v["nodes"][:3]
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_sound_wide_and_narrow_light_and_dark(site: Site, name: str) -> None:
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            page = site.open(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
            site.go(page, name)
            _settle(page)
            where = f"{name} at {width} px, {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, where
            assert page.locator("h1").count() == 1, where
            assert page.title().endswith("· Détente"), where
            _keep(page, f"{name}-{width}-{scheme}")
            assert _findings(page) == [], where
            page.context.close()


@pytest.mark.parametrize("name", NAMES)
def test_no_page_has_anything_that_its_policy_forbids(site: Site, name: str) -> None:
    page = site.open()
    site.go(page, name)
    _settle(page)
    complaints = [c for c in page.complaints if "404" not in c]  # the page of trouble is one
    page.context.close()
    assert complaints == []


@pytest.mark.parametrize("name", NAMES)
def test_without_scripts_every_page_says_the_same(site: Site, name: str) -> None:
    told = []
    for scripts in (True, False):
        page = site.open(java_script_enabled=scripts)
        site.go(page, name)
        # What only a script draws (the chart) stands in the drawing and the tables as well.
        told.append(page.locator("main table, main ul, main ol, main h2").count())
        if not scripts and name == "pair":
            assert page.locator("#timeline svg").count() == 1
        page.context.close()
    assert told[0] == told[1] > 0 or name == "trouble"


@pytest.mark.parametrize("name", ["pair", "article", "scorecard"])
def test_a_page_prints_without_its_navigation(site: Site, name: str) -> None:
    page = site.open()
    site.go(page, name)
    _settle(page)
    page.emulate_media(media="print")
    assert not page.locator(".top nav").is_visible()
    assert not page.locator(".find").is_visible()
    assert page.locator("h1").is_visible()
    made = page.pdf(format="A4")
    page.context.close()
    assert made.startswith(b"%PDF") and len(made) > 10_000


def test_the_keyboard_alone_leads_from_the_search_to_the_evidence_of_an_act(site: Site) -> None:
    page = site.open()
    site.go(page, "overview")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    _tab_to(page, "#find", back=True)
    page.keyboard.type("Petro call")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=Petro+call")
    _tab_to(page, 'a[href^="/acts/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/acts/*")
    assert page.locator("blockquote mark").is_visible()
    _tab_to(page, 'a[href^="/articles/"]')
    page.keyboard.press("Enter")
    page.wait_for_url("**/articles/*")
    assert page.locator("tr.open").count() == 1
    _tab_to(page, "a.no")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.context.close()


def _tab_to(page: Any, selector: str, *, back: bool = False, most: int = 250) -> None:
    """Press Tab until the focus is on something; fails where it never comes there."""
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"no number of tabs leads to {selector}")


def test_filters_keep_their_state_in_the_address_so_that_it_can_be_shared(site: Site) -> None:
    page = site.open()
    site.go(page, "stories")
    page.fill("#party", "Colombia")
    page.select_option("#type", "THREATEN")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/stories?*party=Colombia*")
    rows = page.locator("table.acts tbody tr").count()
    other = site.open()
    other.goto(page.url)
    assert other.locator("table.acts tbody tr").count() == rows > 0
    assert other.input_value("#party") == "Colombia"
    assert other.input_value("#type") == "THREATEN"
    for each in (page, other):
        each.context.close()


def test_an_act_of_the_pair_opens_its_evidence_in_place_and_in_the_address(site: Site) -> None:
    page = site.open()
    site.go(page, "pair")
    _settle(page)
    link = page.locator('.acts a.words[href^="/acts/"]').first
    act = link.get_attribute("href").rpartition("/")[2]
    link.click()
    page.wait_for_selector("#evidence blockquote mark")
    assert "/pairs/USA/COL" in page.url and f"act={act}" in page.url
    assert page.complaints == []
    page.context.close()


def test_an_act_is_marked_wrong_on_its_page_and_the_mark_is_taken_back(site: Site) -> None:
    page = site.open()
    with open_store(site.path) as store:
        act = store.events(document="demo-2026-01-07-call")[0].id
    site.go(page, f"/acts/{act}")
    page.get_by_text("Correct this act").click()
    page.fill("#c-by", "Ana Gil")
    page.fill("#c-reason", "nobody did this")
    page.get_by_role("button", name="Mark it wrong").click()
    page.wait_for_url("**/corrections?event=*")
    with open_store(site.path) as store:
        assert store.event(act) is None
    page.get_by_text("Undo", exact=True).first.click()
    page.locator('input[name="by"]').first.fill("Ana Gil")
    page.get_by_role("button", name="Undo this").first.click()
    page.wait_for_url(f"**/acts/{act}")
    assert page.complaints == []
    page.context.close()
    with open_store(site.path) as store:
        assert store.event(act) is not None


def test_an_act_is_changed_on_its_page_and_the_article_shows_it(site: Site) -> None:
    page = site.open()
    with open_store(site.path) as store:
        act = store.events(document="demo-2026-01-07-call")[0]
    site.go(page, f"/acts/{act.id}")
    page.get_by_text("Correct this act").click()
    page.fill("#c-by", "Ana Gil")
    page.select_option("#c-status", "hypothetical")
    page.get_by_role("button", name="Change it").click()
    page.wait_for_url("**/acts/*")
    assert "hypothetical" in page.locator(".facts").first.inner_text()
    page.get_by_text("The whole article").click()
    page.wait_for_url("**/articles/*")
    assert "status is hypothetical" in page.locator("main").inner_text()
    page.context.close()
