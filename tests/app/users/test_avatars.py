import re
from xml.etree import ElementTree

import pytest

from app.users import avatars

WHITE, DARK = 1.0, 0.0185  # relative luminance of light and dark pages (Bootstrap's #212529)


def colours(user_id):
    found = re.findall(r'fill="#(\w{6})"', avatars.identicon(user_id))
    return [avatars.relative_luminance(tuple(part / 255 for part in bytes.fromhex(colour))) for colour in found]


def contrast(one, other):
    brighter, darker = max(one, other), min(one, other)
    return (brighter + 0.05) / (darker + 0.05)


def test_avatar_of_a_user_is_always_the_same():
    first = avatars.identicon(7)
    avatars.identicon.cache_clear()
    assert avatars.identicon(7) == first


def test_avatars_of_users_differ():
    assert len({avatars.identicon(user_id) for user_id in range(1, 5001)}) == 5000


@pytest.mark.parametrize("user_id", [*range(1, 400), 2**63 - 1])
def test_avatar_has_contrast_on_light_and_dark_pages(user_id):
    background, figure = colours(user_id)
    assert contrast(background, WHITE) >= 3
    assert contrast(background, DARK) >= 3
    assert contrast(background, figure) >= 3


def test_avatar_is_symmetric_and_neither_empty_nor_full():
    for user_id in range(1, 200):
        root = ElementTree.fromstring(avatars.identicon(user_id))
        squares = {tuple(map(int, square)) for square in re.findall(r"M(\d) (\d)", root[1].get("d"))}
        assert squares == {(6 - x, y) for x, y in squares}
        assert 6 <= len(squares) <= 20


def test_avatar_has_no_style_or_script_for_the_csp_to_block():
    assert {element.tag.partition("}")[2] for element in ElementTree.fromstring(avatars.identicon(1)).iter()} == {
        "svg",
        "path",
    }
