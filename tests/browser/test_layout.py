"""Pages fit the screen without horizontal scrolling, whatever users write."""

import pytest
from places import each_page

# Elements whose box exceeds the window.
STICKING_OUT = """() => [...document.querySelectorAll("body *")].filter(element => {
  const box = element.getBoundingClientRect();
  return box.width && (box.right > innerWidth + 1 || box.left < -1)
    && !element.closest(".visually-hidden, .skip-link, .site-nav, .post-body, .row-last");
}).map(element => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("locale", ["fr", "es"])  # their texts are longer than the English ones
def test_pages_fit_screen_width(visit, register, writer, locale):
    page = visit(locale=locale)
    for name in each_page(page, register, writer):
        for width in (320, 360, 768):
            page.set_viewport_size({"width": width, "height": 640})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert (name, width, wide) == (name, width, 0)
            assert (name, width, page.evaluate(STICKING_OUT)) == (name, width, [])


def test_bidi_override_in_name_is_isolated(page, register, writer):
    register(page).follow(writer)
    page.goto("/")
    handles = page.locator(".post-username").all_inner_texts()
    assert set(handles) == {f"@{writer.username}"}
    name = page.locator(".post-author").first.bounding_box()
    handle = page.locator(".post-username").first.bounding_box()
    beside, below = handle["x"] >= name["x"] + name["width"], handle["y"] >= name["y"] + name["height"]
    assert beside or below


def test_rtl_name_begins_where_its_post_does(visit, register):
    page = visit(width=380)
    person = register(page, name="سلمى صالح")
    person.post("Hello")
    letters = page.locator(".post-author bdi").first.evaluate("""name => {
      const range = document.createRange();
      range.selectNodeContents(name);
      return range.getBoundingClientRect().left;
    }""")
    assert letters == pytest.approx(page.locator(".post-username").first.bounding_box()["x"], abs=2)


def test_combining_marks_are_clipped_to_post(page, register, writer):
    register(page).follow(writer)
    page.goto("/")
    assert page.locator(".post-body").evaluate_all(
        "bodies => bodies.every(body => getComputedStyle(body).overflowY === 'clip')"
    )


def test_rtl_page_is_mirrored(page, register):
    register(page)
    brand = page.locator(".brand").bounding_box()
    page.evaluate("document.documentElement.dir = 'rtl'")
    mirrored = page.locator(".brand").bounding_box()
    assert mirrored["x"] + mirrored["width"] == pytest.approx(1280 - brand["x"], abs=2)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
