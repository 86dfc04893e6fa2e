"""The prototype: a one-page microblog with hard-coded posts."""

from flask import Flask, render_template

app = Flask(__name__)

POSTS = [
    {"author": "Nadia", "body": "First day with containers: it works on my machine, and now on yours."},
    {"author": "Émile", "body": "Le conteneur s'arrête quand son premier processus s'arrête. Logique !"},
]


@app.get("/")
def home() -> str:
    """Return the only page: a greeting and the posts."""
    return render_template("home.html", title="Home", posts=POSTS)
