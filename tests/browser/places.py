"""All pages, for the tests that visit each of them."""

from people import press

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
ZALGO = "Z" + "\u0335\u0321\u0322\u0327\u0328\u0315\u031b\u0340\u0341\u0358" * 8 + "algo"
NAME = "Wolfeschlegelsteinhausenbergerdorff 👩‍👩‍👧‍👦 " + "\u202eevil"
BODIES = (
    "A short one.",
    LONG[:138],
    ZALGO,
    "שלום עולם, مرحبا بالعالم!",
    "日本語の文章は空白なしで続いていくので、折り返しが大事です。" * 3,
)

SIGNED_OUT = {
    "login": "/auth/login",
    "register": "/auth/register",
    "forgotten password": "/auth/reset_password_request",
    "programs' interface": "/api/docs",
    "not found": "/nope",
}
# Elements on the pages of a user who has a token and for whom `furnish_between` was called.
CONTENT = {
    "home": (".site-nav [data-badge=messages]", ".site-nav [data-badge=notifications]"),
    "tokens": ("[action$='/revoke']",),
    "messages": (".rows .unread",),
    "conversation": (".message.outgoing", ".message:not(.outgoing)"),
    "notifications": (".rows [href^='/user/']", ".rows [href^='/messages/']", ".rows [href='/settings/export']"),
    "archive": ("main a[download]",),
}


def signed_in(other):
    """Pages of a signed-in user; `other` is another user."""
    return {
        "home": "/",
        "explore": "/explore",
        "writing": "/post",
        "another's profile": f"/user/{other.username}",
        "edit profile": "/edit_profile",
        "settings": "/settings",
        "password": "/settings/password",
        "e-mail address": "/settings/address",
        "tokens": "/settings/tokens",
        "account deletion": "/settings/delete",
        "search": f"/search?q={other.username[:3]}",
        "people found": f"/search/people?q={other.username[:3]}",
        "nothing found": "/search?q=nothing+at+all",
        "messages": "/messages",
        "conversation": f"/messages/with/{other.username}",
        "notifications": "/notifications",
        "archive": "/settings/export",
        "not found": "/nope",
    }


def furnish(person):
    """Give `person` a long name, a long biography, and posts that are hard to lay out."""
    person.edit(name=NAME, about_me=LONG[:138])
    for body in BODIES:
        person.post(body)


def furnish_between(reader, writer):
    """Let the two write to each other, `writer` follow `reader`, and `reader` export their data.

    The incoming messages and notifications stay unread, so that every page counts them.
    """
    reader.write_to(writer, "x" * 500)
    reader.ask_for_archive()
    writer.follow(reader)
    for body in ((LONG * 4)[:500], "\n".join((ZALGO, *BODIES[-2:]))):
        writer.write_to(reader, body)
    reader.page.wait_for_selector("main a[download]")  # the job ran meanwhile


def go(page, name, path):
    """Open a page and check its status: 404 for "not found", else 200."""
    assert (name, page.goto(path).status) == (name, 404 if name == "not found" else 200)


def each_page(page, register, writer):
    """Visit every page, signed out and as a new user who follows `writer`; yield a name for each.

    Pages that are empty at first are visited twice, before and after they have content.
    """
    for name, path in SIGNED_OUT.items():
        go(page, name, path)
        yield f"{name}, signed out"
    page.goto("/auth/register")
    press(page.locator("main form [type=submit]"))
    yield "register, with faults"
    reader = register(page)
    reader.follow(writer)
    page.goto(f"/user/{reader.username}")
    yield "own profile, empty"
    reader.post("x" * 141)
    yield "home, with a post that is too long"
    reader.post("Mine.")
    yield "home, after a post"
    press(page.locator(".post-time").first)
    yield "one's own post"
    places = signed_in(writer)
    for name in ("tokens", "messages", "conversation", "notifications", "archive"):
        go(page, name, places[name])
        yield f"{name}, none yet"
    reader.make_token(LONG[:64])
    yield "tokens, with a new one"
    furnish_between(reader, writer)
    for name, path in places.items():
        go(page, name, path)
        for selector in CONTENT.get(name, ()):
            page.locator(selector).first.wait_for()
        yield name
    page.goto("/")
    page.locator(".account summary").click()
    yield "home, its menu open"
