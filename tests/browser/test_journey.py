"""Journeys through the site: a new user, and one who resets the password and downloads their data."""

import json
import re
import time
import zipfile

import pytest
from people import PASSWORD, press
from playwright.sync_api import expect

HOME = {"en": "Home", "fr": "Accueil", "es": "Inicio"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize("locale", HOME)
def test_new_user_registers_posts_follows_and_reads(visit, register, locale, javascript):
    page = visit(locale=locale, javascript=javascript)
    writer = register(page)
    expect(page.locator("html")).to_have_attribute("lang", locale)
    expect(page.locator(".site-nav [aria-current=page]")).to_have_text(HOME[locale])
    writer.post("Bonjour, ¿qué tal? 🫠 こんにちは")
    expect(page.locator(".post-body")).to_have_text("Bonjour, ¿qué tal? 🫠 こんにちは")
    writer.log_out()
    expect(page).to_have_url(re.compile("/auth/login"))

    reader = register(page)
    expect(page.locator(".post")).to_have_count(0)
    reader.follow(writer)
    page.goto("/")
    expect(page.locator(".post-username")).to_have_text(f"@{writer.username}")
    expect(page.locator(".post-body")).to_have_text("Bonjour, ¿qué tal? 🫠 こんにちは")


def set_forgotten_password(person, inbox, password):
    """Reset the password, from the sign-in page through the mail."""
    page = person.page
    page.goto("/auth/login")
    press(page.locator("main a[href='/auth/reset_password_request']"))
    person.fill(email=person.address)
    mail = inbox.next_to(person.address, "Set a new password")
    page.goto(re.search(r"http://\S+", mail.get_body("plain").get_content())[0])
    person.fill(new_password=password, new_password2=password)
    expect(page).to_have_url(re.compile("/auth/login$"))


def make_archive(person, javascript):
    """Export the data from the settings; return the download link. Without JavaScript, reload until it is there."""
    page = person.page
    page.goto("/settings")
    press(page.locator("main a[href='/settings/export']"))
    press(page.locator("main form button"))
    link, end = page.locator("main a[download]"), time.monotonic() + 30
    while not javascript and not link.count():
        assert time.monotonic() < end
        press(page.locator("main a[href='/settings/export']"))
    expect(link).to_be_visible(timeout=30_000)
    return link


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_user_resets_password_writes_and_downloads_data(visit, register, inbox, tmp_path, javascript):
    page = visit(javascript=javascript)
    susan, david = register(page), register(visit(javascript=javascript))
    susan.log_out()
    set_forgotten_password(susan, inbox, "another horse, another battery")
    susan.log_in(PASSWORD)
    expect(page.locator("main .alert-danger")).to_be_visible()
    susan.log_in("another horse, another battery")
    expect(page.locator(".account")).to_be_visible()

    susan.post("Take me away 🫠")
    susan.search("me TAKE")
    expect(page.locator(".post-username").first).to_have_text(f"@{susan.username}")
    expect(page.locator(".post-body").first.locator("mark")).to_have_text(["Take", "me"])
    susan.write_to(david, "For you alone")
    david.page.goto(f"/messages/with/{susan.username}")
    expect(david.page.locator(".message-body")).to_have_text("For you alone")

    link = make_archive(susan, javascript)
    with page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "archive.zip")
    with zipfile.ZipFile(tmp_path / "archive.zip") as archive:
        (post,), (message,) = (json.loads(archive.read(name)) for name in ("posts.json", "messages.json"))
    assert post["body"] == "Take me away 🫠"
    assert (message["with"], message["body"]) == (david.username, "For you alone")
    (attached,) = inbox.next_to(susan.address, "Your data").iter_attachments()
    assert attached.get_content() == (tmp_path / "archive.zip").read_bytes()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_delete_asks_for_confirmation(visit, register, javascript):
    page = visit(javascript=javascript)
    register(page).post("Not meant.")

    def delete(answer):
        page.once("dialog", lambda dialog: dialog.accept() if answer == "Confirm" else dialog.dismiss())
        page.locator(".post-actions button").click()
        if not javascript:
            expect(page.get_by_role("heading", level=1)).to_have_text("Delete this post?")
            page.locator("main").get_by_text(answer).click()

    delete("Cancel")
    expect(page.locator(".post")).to_have_count(1)
    delete("Confirm")
    expect(page.locator(".post")).to_have_count(0)


def test_invalid_form_keeps_input_and_focuses_first_error(page):
    page.goto("/auth/register")
    page.locator("main [name=email]").fill("nobody")
    page.locator("main [name=username]").fill("fine_name")
    page.locator("main form [type=submit]").click()
    email = page.locator("main [name=email]")
    expect(email).to_have_value("nobody")
    expect(email).to_be_focused()
    expect(email).to_have_attribute("aria-invalid", "true")
    described = [page.locator(f"#{name}").inner_text() for name in email.get_attribute("aria-describedby").split()]
    assert any("email" in text for text in described)


def test_language_menu_keeps_page_and_query(page):
    page.goto("/auth/login?next=/explore")
    page.locator(".site-footer [hreflang=fr]").click()
    expect(page).to_have_url(re.compile(r"/auth/login\?next=%2Fexplore&lang=fr$"))
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.goto("/auth/register")
    expect(page.locator("h1")).to_have_text("Créer un compte")


def test_account_locale_overrides_browser(visit, register):
    page = visit(locale="fr")
    register(page, locale="es")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.locator(".site-footer a[href$='#locale']")).to_contain_text("Español")
