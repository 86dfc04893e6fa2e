"""Pages from right to left are mirrored; text in another script keeps its own direction."""

import pytest

# The left edges of the first and the last letter of an element's text.
ENDS = """element => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const text = walker.nextNode(), range = document.createRange(), length = text.data.trimEnd().length;
  const left = index => {
    range.setStart(text, index);
    range.setEnd(text, index + 1);
    return range.getBoundingClientRect().left;
  };
  return [left(0), left(length - 1)];
}"""


@pytest.fixture
def mirrored(page, register):
    """mirrored(path): a page of a new user, from right to left, with the site's English texts."""
    register(page).post("Hello.")

    def mirrored(path):
        page.goto(path)
        page.evaluate("document.documentElement.dir = 'rtl'")
        return page

    return mirrored


def padding(element, side):
    return float(element.evaluate(f"element => getComputedStyle(element).padding{side}").removesuffix("px"))


def test_rtl_search_text_stays_beside_its_icon(mirrored):
    page = mirrored("/")
    field, button = page.locator(".site-search input"), page.locator(".site-search button")
    assert field.evaluate("field => getComputedStyle(field, '::placeholder').textAlign") == "right"
    for typed in ("", "hello", "مرحبا"):
        field.fill(typed)
        assert button.bounding_box()["x"] == pytest.approx(field.bounding_box()["x"], abs=2), typed
        assert padding(field, "Left") >= button.bounding_box()["width"], typed
        assert padding(field, "Right") < 20, typed


def test_rtl_select_arrow_is_on_the_left(mirrored):
    for path, name in (("/", "#language"), ("/edit_profile", "#locale")):
        select = mirrored(path).locator(name)
        assert select.evaluate("select => getComputedStyle(select).backgroundPositionX") == "12px, 18px", name
        assert padding(select, "Left") > padding(select, "Right"), name


def test_untranslated_text_reads_from_left_to_right(mirrored):
    texts = {
        "/": "label[for=body]",
        "/edit_profile": "#username-help",
        "/auth/reset_password_request": "main p",
        "/nope": ".empty p",
    }
    for path, text in texts.items():
        first, full_stop = mirrored(path).locator(text).first.evaluate(ENDS)
        assert full_stop > first, path


def test_user_text_keeps_its_side(mirrored):
    page = mirrored("/")
    body = page.locator(".post-body").first
    first, _last = body.evaluate(ENDS)
    assert first == pytest.approx(body.bounding_box()["x"], abs=1)


def test_arrows_along_the_line_turn(mirrored):
    page = mirrored("/auth/reset_password_request")
    assert (
        page.locator(".icon-turns").first.evaluate("icon => getComputedStyle(icon).transform").startswith("matrix(-1")
    )
