"""The guard detects faults."""

import pytest
from guard import Guard

FAULTS = {
    "inline script": ("<script>document.title = 'x'</script>", "Content Security Policy"),
    "inline style": ('<p style="color: red">x</p>', "Content Security Policy"),
    "another host": ('<img src="https://tracker.example/x.png" alt="">', "another host: https://tracker.example"),
    "missing file": ('<script type="module" src="/static/js/nope.js"></script>', "404: "),
    "exception": ('<script type="module" src="/static/js/broken.js"></script>', "exception: "),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_guard_detects_fault(browser, site, fault):
    html, expected = FAULTS[fault]
    context = browser.new_context(base_url=site)
    guard = Guard(context, site)
    page = context.new_page()

    def add(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</main>", f"{html}</main>"))

    page.route("**/auth/login", add)
    page.route("**/broken.js", lambda route: route.fulfill(body="throw new Error('x')", content_type="text/javascript"))
    page.goto("/auth/login")
    page.wait_for_load_state("networkidle")
    context.close()
    assert any(expected in line for line in guard.faults), guard.faults


def test_guard_accepts_unmodified_page(browser, site):
    context = browser.new_context(base_url=site)
    guard = Guard(context, site)
    context.new_page().goto("/auth/login")
    context.close()
    assert guard.faults == []
