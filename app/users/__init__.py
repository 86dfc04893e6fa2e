"""users"""


def init_app(app):
    """Nothing to add yet."""
