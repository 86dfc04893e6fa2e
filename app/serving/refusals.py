"""Answers to requests that the application never sees: their head is too long, or not valid HTTP.

In English: without a valid head, there is no header that names a language.
"""

import json
from http import HTTPStatus

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{heading}</title>
<h1>{heading}</h1>
<p>{advice}</p>
</html>
"""
HEAD = """\
HTTP/1.1 {status} {reason}\r
Connection: close\r
Content-Type: {type}\r
Content-Length: {length}\r
Cache-Control: no-store\r
Content-Security-Policy: default-src 'none'\r
X-Content-Type-Options: nosniff\r
\r
"""
# Heading and advice; other statuses have those of 400 or, from 500 on, of 500.
TEXTS = {
    400: ("Bad request", "Check the address and try again."),
    414: ("Address too long", "Shorten it: go back, and search for fewer words."),
    431: ("Request headers too large", "Delete the cookies of this site in your browser, then try again."),
    500: ("Something went wrong", "The error has been logged. Try again later."),
}


def refusal(status: int, as_json: bool) -> bytes:
    """Return the whole response: a page, or JSON in the form of the API's errors (app/web/errors.py)."""
    heading, advice = TEXTS.get(status, TEXTS[400 if status < 500 else 500])
    reason = HTTPStatus(status).phrase
    if as_json:
        media_type, body = "application/json", json.dumps({"error": reason, "message": f"{heading}. {advice}"})
    else:
        media_type, body = "text/html; charset=utf-8", PAGE.format(heading=heading, advice=advice)
    return (HEAD.format(status=status, reason=reason, type=media_type, length=len(body)) + body).encode()
