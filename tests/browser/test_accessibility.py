"""Accessibility: axe-core finds no WCAG 2.2 AA violation; the keyboard reaches everything, with visible focus."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from places import each_page
from playwright.sync_api import expect

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # the others cost time
}
CONTRAST = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
# The focused element, and whether focus changes its outline or ring.
SHOWN = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const look = () => [style.outlineWidth, style.outlineStyle, style.outlineColor, style.boxShadow].join();
  const name = element.outerHTML.slice(0, 100), focused = look();
  element.blur();
  const differs = focused !== look();
  element.focus();
  return [name, differs];
}"""


AXE = Axe()
LOOKS = (("light", 1280), ("dark", 360))  # colour scheme and width


def violations(page, options=RULES):
    """What axe finds on a page: the rule and the elements of each violation."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found]


def test_axe_finds_no_violations(visit, register, writer):
    """Each page is loaded once, then resized and recoloured: to load it again would take as long as axe does."""
    # The content security policy would forbid the test to inject axe. In a transition, colours lie between two looks.
    page = visit(bypass_csp=True, reduced_motion="reduce")
    for name in each_page(page, register, writer):
        for scheme, width in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            for forced, options in (("none", RULES), ("active", CONTRAST)):
                page.emulate_media(color_scheme=scheme, forced_colors=forced)
                look = f"{name}, {scheme}, {width} px, forced colours: {forced}"
                assert violations(page, options) == [], look


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        ("document.querySelector('label[for=username]').remove()", "label"),
        ("document.querySelectorAll('.choices, .choices a').forEach(e => e.style = 'all: initial')", "target-size"),
    ],
)
def test_axe_detects_violations(visit, spoil, rule):
    page = visit(width=360, bypass_csp=True)
    page.goto("/auth/login")
    page.evaluate(spoil)
    assert rule in dict(violations(page))


def test_first_tab_focuses_skip_link(page):
    page.goto("/nope")
    page.keyboard.press("Tab")
    link = page.locator(".skip-link")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize(("scheme", "forced"), [("light", "none"), ("dark", "none"), ("dark", "active")])
def test_focus_is_visible_everywhere(visit, register, scheme, forced):
    page = visit(color_scheme=scheme, forced_colors=forced)
    register(page).post("Something to delete.")
    page.locator("body").click(position={"x": 1, "y": 1})
    reached = []
    for _step in range(60):
        page.keyboard.press("Tab")
        if (state := page.evaluate(SHOWN)) is None:
            break
        reached.append(state)
    assert len(reached) > 15
    assert [name for name, differs in reached if not differs] == []


def test_account_menu_works_by_keyboard(page, register):
    register(page)
    summary = page.locator(".account summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".account-menu")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".account-menu")).to_be_hidden()
    expect(summary).to_be_focused()


def test_reduced_motion_is_respected(visit):
    page = visit(reduced_motion="reduce")
    page.goto("/auth/login")
    assert page.locator("main .btn").first.evaluate("button => getComputedStyle(button).transitionDuration") in (
        "0s",
        "1e-05s",
    )
