"""A minimal browser for the tests of images: pages, forms and cookies."""

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar


class Visitor:
    """A browser session. Like a real browser it sends a host's cookies to every port of that host.

    `trust` is an ssl.SSLContext that trusts the site's certificate.
    """

    def __init__(self, trust=None):
        self._jar = CookieJar()
        handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar)]
        if trust:
            handlers.append(urllib.request.HTTPSHandler(context=trust))
        self._opener = urllib.request.build_opener(*handlers)

    def cookies(self) -> str:
        """Returns its cookies as a header has them."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._jar)

    def get(self, url) -> str:
        """Returns the text of a page, following redirects."""
        with self._opener.open(url, timeout=20) as response:
            return response.read().decode()

    def post(self, url, **fields) -> str:
        """Submits the form of the page at `url`; returns the text of the resulting page."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(url))[1]
        data = urllib.parse.urlencode({"csrf_token": token} | fields).encode()
        with self._opener.open(url, data, timeout=20) as response:
            return response.read().decode()

    def register(self, site, name):
        """Registers `name` at `site`, which signs in."""
        password = "correct horse battery"
        self.post(
            f"{site}/auth/register", username=name, email=f"{name}@mail.example", password=password, password2=password
        )
        assert self.is_signed_in(site, name)

    def is_signed_in(self, site, name) -> bool:
        """Returns True if this browser is signed in to `site` as `name`."""
        return f"/user/{name}" in self.get(site)
