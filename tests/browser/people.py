"""Users who act through the pages' fields and buttons, found by their names in the HTML."""

PASSWORD = "correct horse battery staple"


def press(button):
    """Click a button that leads to another page, and wait for that page."""
    with button.page.expect_navigation():
        button.click()


class Person:
    """A user of a browser's `page`, with their `username` and email `address`."""

    def __init__(self, page, username):
        self.page = page
        self.username = username
        self.address = f"{username}@example.org"

    def fill(self, **fields):
        """Fill in the page's first form and submit it."""
        form = self.page.locator("main form").first
        for name, value in fields.items():
            form.locator(f"[name={name}]").fill(value)
        press(form.locator("[type=submit]"))

    def register(self):
        self.page.goto("/auth/register")
        self.fill(
            username=self.username,
            email=self.address,
            password=PASSWORD,
            password2=PASSWORD,
        )
        self.page.wait_for_selector(".account")

    def edit(self, name="", about_me="", locale=None):
        self.page.goto("/edit_profile")
        if locale is not None:
            self.page.locator("[name=locale]").select_option(locale)
        self.fill(display_name=name, about_me=about_me)
        self.page.wait_for_selector(".alert-success")

    def post(self, body):
        self.page.goto("/")
        self.fill(body=body)

    def follow(self, other):
        self.page.goto(f"/user/{other.username}")
        self.page.locator(".profile [formaction*='/follow/']").click()
        self.page.wait_for_selector(".profile [formaction*='/unfollow/']")

    def ask(self):
        """Advance the page's clock by 10 s, after which it polls. The test must have installed the clock."""
        self.page.clock.fast_forward(10_000)

    def search(self, words):
        box = self.page.locator(".site-search")
        box.locator("[name=q]").fill(words)
        press(box.locator("[type=submit]"))

    def write_to(self, other, body):
        self.page.goto(f"/messages/with/{other.username}")
        self.fill(body=body)

    def make_token(self, name):
        self.page.goto("/settings/tokens")
        self.fill(name=name)

    def ask_for_archive(self):
        self.page.goto("/settings/export")
        press(self.page.locator("main form [type=submit]"))

    def log_in(self, password=PASSWORD):
        self.page.goto("/auth/login")
        self.fill(username=self.username, password=password)

    def log_out(self):
        self.page.locator(".account summary").click()
        press(self.page.locator(".account-menu button"))
