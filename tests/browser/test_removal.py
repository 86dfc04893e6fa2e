"""Removing an item of a list keeps the place: focus goes to its neighbour, with and without JavaScript."""

import re

from playwright.sync_api import expect


def by_keyboard(button):
    button.focus()
    button.page.keyboard.press("Enter")


def test_deleting_a_post_by_keyboard_focuses_the_next(visit, register):
    page = visit(height=500)
    person = register(page)
    for number in range(6):
        person.post(f"Post {number}")
    page.goto("/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate("document.body.dataset.same = 'yes'")
    posts = page.locator(".post")
    third = posts.filter(has_text="Post 3")
    third.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    by_keyboard(third.locator("[data-remove]"))
    expect(posts.filter(has_text="Post 2")).to_be_focused()
    expect(posts.filter(has_text="Post 2")).to_be_in_viewport()
    expect(page.locator("body > [role=status]")).to_have_text("Post deleted.")
    assert abs(page.evaluate("scrollY") - place) < 300
    by_keyboard(posts.filter(has_text="Post 0").locator("[data-remove]"))
    expect(posts.filter(has_text="Post 1")).to_be_focused()  # the previous one: there is no next
    expect(page.locator("body")).to_have_attribute("data-same", "yes")
    page.reload()
    expect(posts).to_have_count(4)
    expect(page.locator(".alert")).to_have_count(0)


def test_deleting_a_post_without_javascript_keeps_the_place(visit, register):
    page = visit(javascript=False, height=500)
    person = register(page)
    for number in range(6):
        person.post(f"Post {number}")
    page.goto("/")
    page.locator(".post").filter(has_text="Post 2").locator("[data-remove]").click()
    page.locator("main").get_by_text("Confirm").click()
    expect(page).to_have_url(re.compile(r"/#post-\d+$"))
    expect(page.locator(".post")).to_have_count(5)
    expect(page.locator(".post").filter(has_text="Post 1")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.locator(".post").filter(has_text="Post 1").locator(".post-author")).to_be_focused()


def test_declined_deletion_keeps_post_and_focus(page, register):
    person = register(page)
    person.post("One")
    person.post("Two")
    page.on("dialog", lambda dialog: dialog.dismiss())
    button = page.locator(".post [data-remove]").first
    by_keyboard(button)
    expect(button).to_be_focused()
    expect(page.locator(".post")).to_have_count(2)


def test_last_item_of_a_list_leads_to_the_empty_page(page, register):
    register(page).post("Only one")
    page.on("dialog", lambda dialog: dialog.accept())
    by_keyboard(page.locator(".post [data-remove]"))
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(".alert-success")).to_have_text("Post deleted.")


def test_refused_deletion_says_why(visit, register, writer):
    page = visit(expected=["403: "])
    person = register(page)
    person.post("One")
    person.post("Two")
    page.on("dialog", lambda dialog: dialog.accept())
    button = page.locator(".post [data-remove]").first
    writer.page.goto("/")
    others = writer.page.locator(".post [data-remove]").first.get_attribute("formaction")
    button.evaluate("(button, others) => { button.setAttribute('formaction', others) }", others)
    by_keyboard(button)
    expect(page.locator(".post [role=alert]")).to_have_text("Only the author or an administrator can delete a post.")
    expect(button).to_be_focused()


def test_revoking_a_token_focuses_the_next(page, register):
    person = register(page)
    for name in ("phone", "tablet"):
        person.make_token(name)
    page.on("dialog", lambda dialog: dialog.accept())
    by_keyboard(page.locator("[data-item]").filter(has_text="tablet").locator("button"))
    expect(page.locator("[data-item]").filter(has_text="phone")).to_be_focused()
    expect(page.locator("[data-item]")).to_have_count(1)


def test_deleting_a_message_focuses_the_next(page, register, writer):
    person = register(page)
    for body in ("One", "Two", "Three"):
        person.write_to(writer, body)
    page.on("dialog", lambda dialog: dialog.accept())
    by_keyboard(page.locator(".message").filter(has_text="Two").locator("[data-remove]"))
    expect(page.locator(".message").filter(has_text="Three")).to_be_focused()
    expect(page.locator(".message-body")).to_have_text(["One", "Three"])
