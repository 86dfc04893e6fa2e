"""A person's browser, as far as the tests of the images need one: pages, forms and a jar of cookies."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar


class Visitor:
    """One browser; as a browser does, its jar sends a host's cookies to every port of that host."""

    def __init__(self):
        handlers = urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, url) -> str:
        """The text of the page, redirects followed."""
        with self._opener.open(url, timeout=20) as response:
            return response.read().decode()

    def post(self, url, **fields) -> str:
        """Fills in the form of the page at `url` and sends it; the text of the page that it leads to."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(url))[1]
        data = urllib.parse.urlencode({"csrf_token": token} | fields).encode()
        with self._opener.open(url, data, timeout=20) as response:
            return response.read().decode()

    def register(self, site, name):
        """Makes an account `name` at `site` and is signed in."""
        password = "correct horse battery"
        self.post(
            f"{site}/auth/register", username=name, email=f"{name}@mail.example", password=password, password2=password
        )
        assert self.is_signed_in(site, name)

    def is_signed_in(self, site, name) -> bool:
        """Whether the pages of `site` know this browser as `name`'s."""
        return f"/user/{name}" in self.get(site)
