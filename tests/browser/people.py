"""What people do on the pages, by the means that everybody has: fields and buttons, named as in the HTML."""

PASSWORD = "correct horse battery staple"


def press(button):
    """Press what leads to another page, and wait until that is there."""
    with button.page.expect_navigation():
        button.click()


class Person:
    """Somebody at a browser's `page`; `username` and `address` are theirs."""

    def __init__(self, page, username):
        self.page = page
        self.username = username
        self.address = f"{username}@example.org"

    def fill(self, **fields):
        """Fill the fields of the page's form, then send it."""
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
        """Let the page, whose clock the test has, ask what is new, as it does every 10 s."""
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
