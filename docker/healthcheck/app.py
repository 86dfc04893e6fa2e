"""A web application that says how it is, and that can be made ill."""

from flask import Flask

app = Flask(__name__)
app.config["ILL"] = False


@app.get("/")
def home() -> str:
    """Answer, ill or not: a server that runs is not yet a server that works."""
    return "This application runs. How it is: /health. Make it ill: /kill.\n"


@app.get("/health")
def health() -> tuple[str, int]:
    """Say OK with status 200, or after /kill that it is ill, with status 500."""
    if app.config["ILL"]:
        return "ill\n", 500
    return "OK\n", 200


# GET, so that it can be typed in a browser. Never so in a real application: a link that somebody follows,
# a search engine or a browser that loads pages ahead must not change anything.
@app.route("/kill", methods=["GET", "POST"])
def kill() -> str:
    """Make the application ill, until it is started again."""
    app.config["ILL"] = True
    return "From now on, /health answers 500.\n"
