"""Settings: what the code reads is what people are told of."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def read(path, pattern):
    return set(re.findall(pattern, (ROOT / path).read_text()))


def test_every_setting_of_the_code_is_listed_for_people_and_the_other_way_round():
    names = read("config.py", r"""(?:environ\.get|_value|_integer|_switch)\(\s*["']([A-Z_]+)["']""")
    names |= read("app/gunicorn_conf.py", r"""environ\.get\(["']([A-Z_]+)["']""")
    names |= read("boot.sh", r"\$\{([A-Z_]+):-")
    assert names - {"FLASK_DEBUG"} == LISTED  # that one is Flask's; boot.sh only refuses it
