"""The prototype: a microblog of one page, whose posts are written here since nobody can write one yet."""

from flask import Flask, render_template

app = Flask(__name__)

POSTS = [
    {"author": "Nadia", "body": "First day with containers: it works on my machine, and now on yours."},
    {"author": "Émile", "body": "Le conteneur s'arrête quand son premier processus s'arrête. Logique !"},
]


@app.get("/")
def home() -> str:
    """The only page: a greeting, then the posts."""
    return render_template("home.html", title="Home", posts=POSTS)
