"""The baseline: a Flask application that returns a constant."""

from flask import Flask

app = Flask(__name__)
app.config["JOB_WORKERS"] = 0  # app/gunicorn_conf.py reads it


@app.get("/")
def hello() -> str:
    return "Hello, World!"
