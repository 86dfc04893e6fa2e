"""Settings: what the code reads is what people are told of."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
FIXED = {"APP_ENVIRONMENT", "BIND", "DATA_DIR"}  # make and Compose set them by variables of their own


def read(path, pattern):
    return set(re.findall(pattern, (ROOT / path).read_text()))


def test_every_setting_of_the_code_is_listed_for_people_and_the_other_way_round():
    names = read("config.py", r"""(?:environ\.get|_value|_integer|_switch)\(\s*["']([A-Z_]+)["']""")
    names |= read("app/gunicorn_conf.py", r"""environ\.get\(["']([A-Z_]+)["']""")
    names |= read("boot.sh", r"\$\{([A-Z_]+):-")
    assert names - {"FLASK_DEBUG"} == LISTED  # that one is Flask's; boot.sh only refuses it


def test_compose_hands_over_every_setting_but_those_that_are_the_image_s_own():
    text = (ROOT / "compose.yaml").read_text()
    handed_over = re.findall(r"^      - ([A-Z_]+)$", text, re.MULTILINE)
    assert len(handed_over) == len(set(handed_over))  # Compose refuses a name that stands there twice
    files = {name.removesuffix("_FILE") for name in handed_over if name.endswith("_FILE")}
    assert files == read(".env.example", r"# \(file\)[^=]*?\n# ([A-Z_]+)=")
    assert {name for name in handed_over if not name.endswith("_FILE")} == LISTED - FIXED


def test_a_copy_of_the_list_leaves_to_make_and_compose_what_they_set():
    assert read(".env.example", r"(?m)^([A-Z_]+)=") & FIXED == set()
