"""A web application with a health check that can be made to fail."""

from flask import Flask

app = Flask(__name__)
app.config["ILL"] = False


@app.get("/")
def home() -> str:
    """Return 200, even when /health fails: a running server is not always a healthy one."""
    return "The server is running. Check its health: /health. Make the check fail: /kill.\n"


@app.get("/health")
def health() -> tuple[str, int]:
    """Return 200 and OK, or 500 and ill after /kill."""
    if app.config["ILL"]:
        return "ill\n", 500
    return "OK\n", 200


# GET is allowed so that the address can be typed in a browser. In production, GET must not change anything:
# search engines follow links and browsers prefetch pages.
@app.route("/kill", methods=["GET", "POST"])
def kill() -> str:
    """Make /health fail until the application restarts."""
    app.config["ILL"] = True
    return "From now on, /health answers 500.\n"


# `python app.py` serves too, as in older courses; on all addresses, because published ports connect from outside.
if __name__ == "__main__":
    app.run(host="0.0.0.0")  # noqa: S104
