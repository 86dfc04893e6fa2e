"""Highlighting matches in HTML."""

from markupsafe import Markup, escape

from app.search.words import matches


def marked(text: str, terms: tuple[str, ...], prefix: bool = False) -> Markup:
    """The text, escaped, with matches of `terms` in `<mark>`; with `prefix`, of words that begin with a term too."""
    html, end_of_last = Markup(), 0
    for start, end in matches(text, terms, prefix) if terms else ():
        html += escape(text[end_of_last:start]) + Markup("<mark>{}</mark>").format(text[start:end])
        end_of_last = end
    return html + escape(text[end_of_last:])
