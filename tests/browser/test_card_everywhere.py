"""The user card on all screens, and cases without a card."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from cards import author, card, wait
from playwright.sync_api import expect
from test_accessibility import RULES


def test_profile_page_opens_no_card_of_its_user(meet, writer):
    page = meet(has_touch=True)
    page.goto(f"/user/{writer.username}")
    page.clock.install()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/popup" in request.url else None)
    author(page).hover()
    wait(page, 800)  # twice the delay of opening
    assert asked == []


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256), (1280, 800)])
def test_card_fits_on_screen(meet, width, height, direction):
    page = meet(width=width, height=height, locale="fr")
    page.clock.install()
    page.evaluate("dir => { document.documentElement.dir = dir }", direction)
    for anchor in (".post-author", ".post-avatar"):
        for number in range(5):
            page.mouse.move(0, 0)
            wait(page, 400)  # it closes
            expect(card(page)).to_have_count(0)
            page.locator(anchor).nth(number).hover()
            wait(page, 500)  # it opens
            expect(card(page)).to_be_visible()
            box = card(page).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0
            assert card(page).evaluate("card => card.scrollWidth <= card.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_violations(meet, scheme, width):
    page = meet(width=width, color_scheme=scheme, bypass_csp=True)
    author(page).hover()
    expect(card(page)).to_be_visible()
    covered = {"exclude": [[".post-time"], [".site-nav"]]}  # partly, until the card closes
    found = Axe().run(page, context=covered, options=RULES).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []


def test_without_javascript_link_leads_to_profile(meet, writer):
    page = meet(javascript=False, has_touch=True)
    author(page).hover()
    author(page).tap()
    expect(page).to_have_url(re.compile(f"/user/{writer.username}$"))


@pytest.mark.parametrize("means", ["hover", "tap"])
def test_missing_user_has_no_card_but_link_works(visit, register, means):
    page, other = visit(has_touch=True, expected=["404: "]), register(visit())
    other.post("Soon I shall have another name.")
    register(page).follow(other)
    page.goto("/")
    other.page.goto("/edit_profile")
    other.fill(username=f"{other.username}_2")
    with page.expect_response("**/popup") as response:
        getattr(author(page), means)()
    assert response.value.status == 404
    if means == "hover":
        author(page).click()
    expect(page).to_have_url(re.compile(f"/user/{other.username}$"))
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_ended_session_has_no_card_and_link_leads_to_login(meet, writer):
    page = meet(has_touch=True, expected=["401: "])
    page.context.clear_cookies()
    with page.expect_response("**/popup") as response:
        author(page).hover()
    assert response.value.status == 401
    expect(page.get_by_role("dialog")).to_have_count(0)
    author(page).tap()
    expect(page).to_have_url(re.compile(f"/auth/login.*{writer.username}"))
