"""What was found, as HTML."""

from markupsafe import Markup, escape

from app.search.words import hits


def marked(text: str, terms: tuple[str, ...], beginnings: bool = False) -> Markup:
    """The text, escaped, with the words among `terms` (or that begin like one) in `<mark>`."""
    html, done = Markup(), 0
    for start, end in hits(text, terms, beginnings) if terms else ():
        html += escape(text[done:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        done = end
    return html + escape(text[done:])
