"""After a refused form, the cursor is where to go on, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

JAVASCRIPT = pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])


@JAVASCRIPT
def test_failed_sign_in_asks_for_the_password_again(visit, register, javascript):
    page = visit(javascript=javascript)
    person = register(page)
    person.log_out()
    person.log_in("wrong")
    expect(page).to_have_title("Error: Sign in – Microblog")
    expect(page.locator("[name=username]")).to_have_value(person.username)
    expect(page.locator("[name=password]")).to_be_focused()
    expect(page.locator("[name=password]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=password]")).to_have_accessible_description(re.compile("Wrong username or password"))


@JAVASCRIPT
def test_unknown_recipient_can_be_corrected(visit, register, javascript):
    page = visit(javascript=javascript)
    register(page)
    page.goto("/messages")
    page.locator("main [name=username]").fill("nobody_of_that_name")
    page.locator("main [type=submit]").click()
    field = page.locator("main [name=username]")
    expect(field).to_have_value("nobody_of_that_name")
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile("User not found"))
