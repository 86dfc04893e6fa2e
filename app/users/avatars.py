"""Avatars, drawn here: no third party learns which users look at each other."""

import colorsys
import functools
import hashlib

SIDE = 5  # cells; the left half is mirrored to the right
HALF = (SIDE + 1) // 2
FILLED = range(6, 10)  # number of cells in the half: fewer look empty, more look like a block

# Relative luminance (WCAG 2.2): a contrast of more than 3:1 between background and page, white or dark (Bootstrap's
# #212529), and between figure and background.
BACKGROUND, FIGURE = 0.17, 0.82


@functools.lru_cache(maxsize=1024)
def identicon(user_id: int) -> str:
    """Return the avatar of a user as SVG: a symmetric figure, always the same for the same id."""
    digest = hashlib.sha256(str(user_id).encode()).digest()
    hue = int.from_bytes(digest[:2], "big") / 65536
    cells = sorted(range(SIDE * HALF), key=lambda cell: digest[3 + cell])[: FILLED[digest[2] % len(FILLED)]]
    path = "".join(_squares(cell) for cell in sorted(cells))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE + 2} {SIDE + 2}" shape-rendering="crispEdges">'
        f'<path fill="{_colour(hue, 0.55, BACKGROUND)}" d="M0 0h{SIDE + 2}v{SIDE + 2}H0z"/>'
        f'<path fill="{_colour(hue, 0.7, FIGURE)}" d="{path}"/></svg>'
    )


def _squares(cell: int) -> str:
    row, column = divmod(cell, HALF)
    columns = {column, SIDE - 1 - column}
    return "".join(f"M{x + 1} {row + 1}h1v1h-1z" for x in sorted(columns))


def _colour(hue: float, saturation: float, luminance: float) -> str:
    """Return the colour of this hue and relative luminance. (By HLS's lightness, yellow is as light as blue.)"""
    low, high = 0.0, 1.0
    for _step in range(12):
        middle = (low + high) / 2
        if relative_luminance(colorsys.hls_to_rgb(hue, middle, saturation)) < luminance:
            low = middle
        else:
            high = middle
    return "#" + "".join(f"{round(255 * part):02x}" for part in colorsys.hls_to_rgb(hue, low, saturation))


def relative_luminance(rgb: tuple[float, float, float]) -> float:
    """Return the relative luminance (WCAG 2.2), from 0 to 1, of a colour: red, green and blue from 0 to 1."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
