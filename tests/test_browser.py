"""The page in a real browser: no request leaves the host, no error, no accessibility violation, keyboard only."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip(
    "playwright.sync_api", reason="no Playwright: pip install playwright axe-playwright-python"
)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install axe-playwright-python")
pytest.importorskip("fastapi", reason="the page needs FastAPI")

from tests.serving import served  # noqa: E402 - only where there is something to look with

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium: apt-get install chromium, or set CHROMIUM")
#: Nothing of the browser's own may ask for anything, or the check that no request leaves the host would see it.
FLAGS = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Where to put screenshots to look at: nowhere by default.
SHOTS = os.environ.get("VALLUM_SCREENSHOTS", "")
PATIENCE = 40_000
SIZES = {"wide": (1280, 900), "phone": (390, 844)}
STOCK = "choices.stock.patriot_round"
LINKS = Path(__file__).parent / "links.json"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *root])
        yield made
        made.close()


class Tab:
    """A page that keeps what it should not have done."""

    def __init__(self, browser: Any, site: str, size: str = "wide", scheme: str = "light") -> None:
        width, height = SIZES[size]
        self.site, self.name = site, f"{size}-{scheme}"
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB"
        )
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.context.route("**/*", self._held)

    def _held(self, route: Any) -> None:
        address = route.request.url
        if address.startswith((self.site, "data:", "blob:")):
            route.continue_()
            return
        self.wrong.append(f"asked for {address}")
        route.abort()

    def open(self, path: str = "/") -> Any:
        self.page.goto(self.site + path)
        if path.startswith(("/?", "/l/")) or path == "/":
            self.page.wait_for_selector("#figure-cost .plot svg")
            self.page.wait_for_selector("#figure-map .plot svg")
        return self.page

    def shot(self, what: str) -> None:
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(SHOTS) / f"{what}-{self.name}.png"), full_page=True)

    def accessible(self, what: str) -> None:
        found = axe.Axe().run(self.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        told = [f"{one['id']}: {[node['target'] for node in one['nodes']][:4]}" for one in found.response["violations"]]
        assert not told, f"{what} {self.name}: {told}"


@pytest.fixture
def tabs(browser: Any, site: str) -> Iterator[Any]:
    made: list[Tab] = []

    def new(size: str = "wide", scheme: str = "light") -> Tab:
        made.append(Tab(browser, site, size, scheme))
        return made[-1]

    yield new
    for tab in made:
        tab.context.close()
        assert not tab.wrong, tab.wrong


def rested(page: Any, futures: int = 500) -> None:
    """Wait until the answer rests on so many futures, and nothing newer is on its way."""
    idle = "!document.querySelector('.stale, [aria-busy=true]')"
    many = "parseInt(document.getElementById('sure').textContent.replace(',', ''), 10)"
    page.wait_for_function(f"least => {many} >= least && {idle}", arg=futures)


@pytest.mark.invariant
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_first_screen_answers(tabs: Any, size: str, scheme: str) -> None:
    tab = tabs(size, scheme)
    page = tab.open()
    assert "Patriot interceptors run out" in page.inner_text("h1")
    assert page.locator("#cards .number-card").count() == 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    for name in ("stock", "leakers", "first_dry", "stopped_share", "cost", "map"):
        svg = page.locator(f"#figure-{name} .plot svg")
        assert svg.get_attribute("role") == "img" and len(svg.get_attribute("aria-label")) > 40
        assert svg.locator("[role], [aria-label]").count() == 0
    tab.shot("first")
    tab.accessible("first")


@pytest.mark.invariant
@pytest.mark.parametrize(
    "path",
    [
        "/ask.html?q=Eight%20missiles%20incoming%20and%20none%20left",
        "/compare.html",
        "/size.html",
        "/place.html",
        "/drivers.html",
        "/explain.html",
        "/record.html",
        "/evidence.html",
        "/embed?figure=stock&v=1&s=winter-2025-26",
    ],
)
def test_every_page_is_accessible(tabs: Any, path: str) -> None:
    for size, scheme in (("wide", "light"), ("phone", "dark")):
        tab = tabs(size, scheme)
        page = tab.open(path)
        page.wait_for_selector("#answer .main, #answer svg, #found .claim")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
        tab.shot(re.sub(r"\W.*", "", path[1:]))
        tab.accessible(path)


@pytest.mark.invariant
def test_the_main_task_by_keyboard_alone(tabs: Any) -> None:
    """Move a slider, read the answer, undo, redo, reload: the address carries all of it."""
    tab = tabs()
    page = tab.open()
    slider = page.locator(f"[data-path='{STOCK}'] input[type=range]")
    assert "drawn from 0–300" in slider.get_attribute("aria-valuetext")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.inner_text("a:focus") == "To the sliders"
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == slider.get_attribute("id"):
            break
    page.keyboard.press("Home")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "12 interceptors"
    page.wait_for_url(f"**/*{STOCK}=12")
    rested(page)
    poor = page.inner_text("[data-card=out] b")
    answer = page.request.post(tab.site + "/api/v1/preview", data={"futures": 500, "set": {STOCK: 12}}).json()
    shown = page.request.post(tab.site + "/api/v1/preview", data={"futures": 2000, "set": {STOCK: 12}}).json()
    told = {f"{100 * one['headline']['runs_out']['share']:.0f} %" for one in (answer, shown)}
    assert poor in told
    page.reload()
    rested(page)
    assert page.inner_text("[data-card=out] b") in told
    while page.locator("#undo").is_enabled():
        page.locator("#undo").click()
        page.wait_for_timeout(100)
    page.wait_for_function("() => !location.search.includes('choices.stock')")
    page.wait_for_selector(f"[data-path='{STOCK}'] input[aria-valuetext^='drawn']")
    page.locator("#redo").click()
    page.wait_for_url(f"**/*{STOCK}=*")


@pytest.mark.invariant
def test_while_a_hand_drags_the_last_place_wins(tabs: Any) -> None:
    page = tabs().open()
    slider = page.locator(f"[data-path='{STOCK}'] input[type=range]")
    slider.evaluate("""async node => {
        for (let value = 10; value <= 290; value += 10) {
            node.value = value;
            node.dispatchEvent(new Event("input", {bubbles: true}));
            await new Promise(next => setTimeout(next, 15));
        }
        node.dispatchEvent(new Event("change", {bubbles: true}));
    }""")
    rested(page)
    assert slider.input_value() == "290"
    first = page.evaluate("document.querySelector('#figure-stock .says').textContent")
    assert "290 in the median future at the start" in first


@pytest.mark.invariant
def test_b_against_a_in_every_chart(tabs: Any) -> None:
    tab = tabs()
    page = tab.open()
    rested(page)
    page.get_by_role("button", name="Pin this as A").click()
    page.wait_for_selector("#pair table")
    assert "cannot be told apart" in page.inner_text("#pair") and "A and B are the same" in page.inner_text("#pair")
    page.get_by_role("button", name="Twenty systems, same deliveries").click()
    page.wait_for_function("() => document.querySelector('#pair').textContent.includes('choices.batteries.patriot')")
    page.wait_for_function(
        "() => document.querySelector('#figure-stock svg')?.getAttribute('aria-label').startsWith('B: ')"
    )
    for name in ("stock", "leakers", "first_dry", "stopped_share", "cost"):
        assert page.locator(f"#figure-{name} svg").get_attribute("aria-label").startswith("B: "), name
        assert page.locator(f"#figure-{name} svg [stroke-dasharray], #figure-{name} svg [fill='#8a4b00']").count(), name
    assert page.locator("#cards .tag.a").count() == 4
    assert "a.s=winter-2025-26" in page.url and "p=twenty-systems" in page.url
    rested(page)
    page.get_by_role("button", name=re.compile("Whose doing")).click()
    page.wait_for_function("() => document.querySelector('#pair').textContent.includes('The whole')")
    page.get_by_role("button", name="Try all packages").click()
    page.wait_for_selector("#effects table")
    tab.shot("pair")
    tab.accessible("pair")


@pytest.mark.invariant
@pytest.mark.parametrize("case", json.loads(LINKS.read_text(encoding="utf-8")), ids=lambda case: str(case["name"]))
def test_links_of_all_versions_open(tabs: Any, case: dict[str, Any]) -> None:
    """A link opens to the same view, or says what of it was left out."""
    page = tabs().open(f"/?{case['address']}")
    for text in case["says"]:
        page.wait_for_function("text => document.getElementById('notices').textContent.includes(text)", arg=text)
    assert page.locator(".notice").count() == (1 if case["says"] else 0)
    for path, value in case["shows"].items():
        assert page.locator(f"[data-path='{path}'] input, [data-believe='{path}']").first.input_value() == value
    for name in case["packages"]:
        assert page.locator(f"button[aria-pressed=true]:has-text('{name}')").count() == 1


@pytest.mark.invariant
def test_pictures_carry_their_assumptions(tabs: Any) -> None:
    page = tabs().open()
    rested(page)
    for name in ("stock", "map"):
        with page.expect_download() as found:
            page.locator(f"#figure-{name}").get_by_role("button", name="SVG").click()
        text = found.value.path().read_text(encoding="utf-8")
        for words in (
            "Assumed sites, not positions",
            "Bands: 5–95 %",
            "knowledge of 31 March 2026",
            "Standard: none",
            "aria-label",
        ):
            assert words in text, (name, words)
    with page.expect_download() as found:
        page.locator("#figure-leakers").get_by_role("button", name="PNG").click()
    assert found.value.path().read_bytes().startswith(b"\x89PNG") and found.value.path().stat().st_size > 20_000
    with page.expect_download() as found:
        page.locator("#figure-stock").get_by_role("button", name="CSV").click()
    assert found.value.path().read_text(encoding="utf-8").startswith("midnight,date,interceptor,p5,p25,p50,p75,p95\n")
    with page.expect_download() as found:
        page.locator("#figure-cost").get_by_role("button", name="Excel").click()
    assert found.value.path().read_bytes().startswith(b"PK")
    page.locator("#figure-cost").get_by_role("button", name="Numbers").click()
    assert page.locator("dialog table tbody tr").count() == 2
    page.keyboard.press("Escape")


@pytest.mark.invariant
def test_a_slider_opens_its_claims(tabs: Any) -> None:
    tab = tabs()
    page = tab.open()
    button = page.get_by_role("button", name=re.compile("Evidence: Radius defended by one Patriot"))
    button.click()
    page.wait_for_selector("dialog .claim")
    text = page.inner_text("dialog")
    assert "F081" in text and "Where sources disagree" in text and "The claim by area" in text
    tab.accessible("evidence dialog")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Evidence: Radius")
    page.select_option("[data-believe='uncertain.patriot_radius.believe']", "area_claim")
    page.wait_for_url("**/*uncertain.patriot_radius.believe=area_claim")
    page.get_by_role(
        "button", name=re.compile("Evidence: Probability that an intercept|Evidence: .*on 1 November")
    ).first.click()
    page.wait_for_selector("dialog .badge.secret")
    assert "Nobody publishes this number" in page.inner_text("dialog")


@pytest.mark.invariant
def test_a_link_a_command_and_python_say_the_same_view(tabs: Any) -> None:
    page = tabs().open(f"/?v=1&s=winter-2025-26&p=twenty-systems&{STOCK}=150&seed=3")
    page.locator("#share").click()
    text = page.inner_text("dialog")
    assert f"vallum run winter-2025-26 --package twenty-systems --set {STOCK}=150 --futures 2000 --seed 3" in text
    assert "vallum.run(scenario, futures=2000, seed=3)" in text
    page.fill("#link-name", "from-the-test")
    page.get_by_role("button", name="Keep").click()
    page.wait_for_function("() => document.getElementById('notices').textContent.includes('/l/from-the-test')")
    other = tabs("phone").open("/l/from-the-test")
    assert "p=twenty-systems" in other.url and other.locator(f"[data-path='{STOCK}'] input").input_value() == "150"


@pytest.mark.invariant
def test_the_page_works_on_when_the_server_is_away(tabs: Any) -> None:
    tab = tabs()
    page = tab.open()
    rested(page)
    tab.context.set_offline(True)
    page.locator(f"[data-path='{STOCK}'] input").press("ArrowRight")
    page.wait_for_selector("[data-name=away]")
    assert page.locator("#cards .number-card").count() == 4
    tab.context.set_offline(False)
    page.wait_for_selector("[data-name=away]", state="detached")
    page.wait_for_function(
        "() => document.querySelector('#figure-stock .says').textContent.includes('101 in the median')"
    )


@pytest.mark.invariant
def test_a_job_is_found_again_after_a_reload(tabs: Any) -> None:
    page = tabs().open()
    page.get_by_role("button", name="Whole run (JSON)").click()
    page.wait_for_selector(".job")
    page.reload()
    page.wait_for_selector(".job a[download='result.json']")


@pytest.mark.invariant
def test_the_view_goes_along_and_long_questions_answer(tabs: Any) -> None:
    """From the sliders to one future by the head of the page; asked, answered, found again after a reload."""
    tab = tabs()
    page = tab.open(f"/?v=1&s=winter-2025-26&p=licence&{STOCK}=40")
    page.get_by_role("link", name="One future").click()
    page.wait_for_url(f"**/explain.html?*p=licence*{STOCK}=40")
    page.wait_for_selector(".subject")
    assert f"{STOCK} = 40" in page.inner_text(".subject") and "licence" in page.inner_text(".subject")
    page.fill("#futures", "40")
    page.get_by_role("button", name="Explain", exact=True).click()
    page.wait_for_selector("#figure-explain svg[role=img]")
    text = page.inner_text("#result")
    assert "the worst by" in text and "One future is one way in which it can go" in text
    assert len(page.get_attribute("#figure-explain svg[role=img]", "aria-label")) > 40
    with page.expect_download() as found:
        page.locator("#figure-explain").get_by_role("button", name="CSV").click()
    assert len(found.value.path().read_text(encoding="utf-8").splitlines()) == 152
    page.reload()
    page.wait_for_selector("#figure-explain svg[role=img]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.shot("explained")
    tab.accessible("explained")


@pytest.mark.invariant
@pytest.mark.parametrize(
    ("path", "fields", "figure"),
    [
        ("place.html", {"count": "3", "futures": "50"}, "place-curve"),
        ("compare.html", {"futures": "100"}, "compare"),
        ("size.html", {"between": "5:8"}, "size-curve"),
    ],
)
def test_answers_of_the_long_questions_are_accessible(
    tabs: Any, path: str, fields: dict[str, str], figure: str
) -> None:
    tab = tabs("phone", "dark")
    page = tab.open(f"/{path}?v=1&s=winter-2025-26")
    page.wait_for_selector("#answer button.main")
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    page.locator("#answer button.main").click()
    page.wait_for_selector(f"#figure-{figure} svg[role=img]")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "scrolls sideways"
    with page.expect_download() as found:
        page.locator(f"#figure-{figure}").get_by_role("button", name="SVG").click()
    text = found.value.path().read_text(encoding="utf-8")
    assert "Assumed sites, not positions" in text and "knowledge of 31 March 2026" in text and "Standard:" in text
    tab.shot(figure)
    tab.accessible(path)


@pytest.mark.invariant
def test_an_article_is_checked_and_its_scenario_run(tabs: Any) -> None:
    tab = tabs("phone")
    page = tab.open("/ask.html")
    page.wait_for_selector("#text")
    page.fill("#text", "20 Patriot systems and a licence would be enough. Eight missiles incoming and none left.")
    page.locator("#answer button.main").click()
    page.wait_for_selector("[data-run='1']")
    text = page.inner_text("#result")
    for words in ("supported", "What it assumes", "What it cannot say", "choices.batteries.patriot = 20"):
        assert words in text, words
    page.get_by_role("button", name="Claims: 1: F003").click()
    page.wait_for_selector("dialog .claim")
    page.keyboard.press("Escape")
    page.locator("[data-run='1']").click()
    page.wait_for_selector("#result .figure svg[role=img]")
    tab.accessible("asked")
    page.reload()
    page.wait_for_selector("[data-run='1']")
    page.get_by_role("link", name="Open with the sliders").nth(1).click()
    page.wait_for_url("**/?v=1&s=eight-and-none&fixed.raids.size.ballistic.n=8")


@pytest.mark.invariant
def test_what_is_printed_is_white_and_whole(tabs: Any) -> None:
    """In a dark scheme too: pictures as in the light one, no tools, no sliders."""
    page = tabs("wide", "dark").open()
    rested(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator("aside").is_visible() and not page.locator(".figure .tools").first.is_visible()
    assert "#6db5f2" not in page.inner_html("#figure-stock .plot") and page.locator("#figure-map svg").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert "#6db5f2" in page.inner_html("#figure-stock .plot")


@pytest.mark.invariant
def test_ukrainian(tabs: Any) -> None:
    tab = tabs("phone")
    page = tab.open("/?lang=uk&v=1&s=winter-2025-26")
    assert page.get_attribute("html", "lang") == "uk"
    assert "майбутніх" in page.inner_text("#sentences .first") and "Що ви змінюєте" in page.inner_text("aside")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.shot("ukrainian")
    tab.accessible("ukrainian")
