"""Collects the faults of pages: failed requests, other hosts, console errors."""

from urllib.parse import urlsplit


class Guard:
    """Collects the faults of the pages of `context` in `faults`, one line each."""

    def __init__(self, context, site, expected=()):
        """`expected` holds parts of lines that the test provokes, which are not faults."""
        self.site = site
        self.expected = expected
        self.faults = []
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"exception: {error.error}"))

    def _note(self, fault):
        if not any(part in fault for part in self.expected):
            self.faults.append(fault)

    def _request(self, request):
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(self.site + "/"):
            self._note(f"another host: {request.url}")

    def _response(self, response):
        # The test checks the status of the page itself; its resources must not fail.
        if response.status >= 400 and not response.request.is_navigation_request():
            self._note(f"{response.status}: {response.url}")

    def _failed(self, request):
        # Aborted: the page was left. Network changed: the container engine added an interface.
        harmless = any(reason in (request.failure or "") for reason in ("ERR_ABORTED", "ERR_NETWORK_CHANGED"))
        if not request.is_navigation_request() and not harmless:
            self._note(f"failed: {request.url} {request.failure}")

    def _console(self, message):
        # Chromium reports violations of the content security policy here. _response handles "Failed to load resource".
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self._note(f"console: {message.text}")
