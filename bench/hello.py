"""What everything is compared with: Flask, saying hello."""

from flask import Flask

app = Flask(__name__)
app.config["JOB_WORKERS"] = 0  # the server's settings ask for it


@app.get("/")
def hello():
    return "Hello, World!"
