"""What is typed is kept in the browser until the server has saved it; a form is submitted once."""

import pytest
from people import PASSWORD, press
from playwright.sync_api import expect

TEXT = "Hello 👩‍👩‍👧‍👦\n\n<b>there</b>"
FAILED = ("failed: ", "Failed to fetch")


def drafts(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")


def posts(page):
    return page.locator(".post-body")


@pytest.mark.parametrize(
    ("path", "field"),
    [("/", "#body"), ("/post", "#body"), ("/messages/with/{writer}", "#body"), ("/edit_profile", "#about_me")],
)
def test_draft_survives_a_reload(page, register, writer, path, field):
    register(page)
    page.goto(path.format(writer=writer.username))
    page.locator(field).fill(TEXT)
    page.reload()
    expect(page.locator(field)).to_have_value(TEXT)
    expect(page.get_by_text("Your draft was restored.")).to_be_visible()
    press(page.locator("main form [type=submit]").first)
    assert drafts(page) == []
    page.goto(path.format(writer=writer.username))
    expect(page.locator("[data-draft]")).to_be_visible()
    expect(page.get_by_text("Your draft was restored.")).to_have_count(0)


def test_discarded_draft_does_not_come_back(page, register):
    register(page)
    page.locator("#body").fill(TEXT)
    page.reload()
    page.get_by_role("button", name="Discard draft").click()
    expect(page.locator("#body")).to_have_value("")
    expect(page.locator("#body")).to_be_focused()
    assert drafts(page) == []


def test_refused_text_stays_a_draft(page, register):
    register(page)
    page.locator("#body").fill("x" * 141)
    press(page.locator(".composer [type=submit]"))
    expect(page.locator("#body-error")).to_be_visible()
    page.locator("#body").press("Control+End")
    page.locator("#body").press("y")
    page.goto("/")
    expect(page.locator("#body")).to_have_value("x" * 141 + "y")


def test_signing_out_deletes_drafts(page, register):
    person = register(page)
    page.locator("#body").fill(TEXT)
    assert len(drafts(page)) == 1
    person.log_out()
    assert drafts(page) == []
    person.log_in()
    expect(page.locator("#body")).to_have_value("")


def test_draft_is_not_shown_to_another_user(page, register):
    register(page)
    page.locator("#body").fill(TEXT)
    page.context.clear_cookies()
    register(page)
    expect(page.locator("#body")).to_have_value("")
    assert drafts(page) == []


def test_text_stays_while_there_is_no_connection(visit, register):
    page = visit(expected=FAILED)
    register(page)
    page.locator("#body").fill(TEXT)
    page.context.set_offline(True)
    page.locator(".composer [type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("Your text is still here.")
    expect(page.locator("#body")).to_have_value(TEXT)
    page.context.set_offline(False)
    press(page.locator(".composer [type=submit]"))
    expect(posts(page)).to_have_text([TEXT])


def test_submission_whose_answer_was_lost_is_saved_once(visit, register):
    page = visit(expected=FAILED)
    register(page)

    def lose_answer(route):
        route.fetch(max_redirects=0)
        route.abort()

    cookies = page.context.cookies()
    page.route("**/post", lose_answer)
    page.locator("#body").fill(TEXT)
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/post")):
        page.locator(".composer [type=submit]").click()
    page.unroute("**/post")
    page.context.add_cookies(cookies)  # those of the answer are lost too
    page.goto("/")
    expect(page.locator("#body")).to_have_value(TEXT)
    press(page.locator(".composer [type=submit]"))
    expect(page.locator("#body")).to_have_value("")
    expect(posts(page)).to_have_text([TEXT])


@pytest.mark.parametrize("javascript", [True, False])
def test_double_click_posts_once(visit, register, javascript):
    page = visit(javascript=javascript)
    register(page)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.locator("#body").fill(TEXT)
    page.locator(".composer [type=submit]").dblclick()
    expect(page.get_by_text("Your post was published.")).to_be_visible()
    expect(posts(page)).to_have_text([TEXT])
    assert len(sent) == 1 or not javascript


def test_button_works_again_after_going_back(page, register):
    register(page)
    for text in ("one", "two"):
        page.locator("#body").fill(text)
        press(page.locator(".composer [type=submit]"))
        page.go_back()
    page.goto("/")
    expect(posts(page)).to_have_text(["two", "one"])


@pytest.mark.parametrize("javascript", [True, False])
def test_text_survives_the_sign_in_after_signing_out_in_another_tab(visit, register, javascript):
    page = visit(javascript=javascript)
    person = register(page)
    page.locator("#body").fill(TEXT)
    other = page.context.new_page()
    other.goto("/")
    other.locator(".account summary").click()
    press(other.locator(".account-menu button"))
    press(page.locator(".composer [type=submit]"))
    person.fill(username=person.username, password=PASSWORD)
    expect(page.locator("main textarea")).to_have_value(TEXT)
    press(page.locator("main form [type=submit]"))
    expect(posts(page)).to_have_text([TEXT])
    expect(page.locator("#body")).to_have_value("")
