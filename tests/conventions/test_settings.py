"""The settings that the code reads are those in .env.example and compose.yaml."""

import re
from pathlib import Path

from config import Config
from tests.app.settings.test_every_setting import IN_FILES, WRONG

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LISTED = set(re.findall(r"^#? ?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
FIXED = {"APP_ENVIRONMENT", "BIND", "PORT", "DATA_DIR"}  # make and Compose set these from their own variables


def read(path, pattern):
    return set(re.findall(pattern, (ROOT / path).read_text()))


class Recorder(dict):
    """Environment variables that note the names asked for."""

    def __init__(self):
        super().__init__()
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return default


def test_env_example_lists_the_settings_of_the_code():
    variables = Recorder()
    Config(variables)
    names = variables.asked | read("boot.sh", r"\$\{([A-Z_]+):-")
    # Flask's, which boot.sh refuses; the older name of APP_ENVIRONMENT, which it ignores; a service link; glibc's.
    assert names - {"FLASK_DEBUG", "CONTEXT", "REDIS_PORT", "MALLOC_ARENA_MAX"} == LISTED


def test_compose_passes_every_setting():
    text = (ROOT / "compose.yaml").read_text()
    handed_over = re.findall(r"^      - ([A-Z_]+)$", text, re.MULTILINE)
    assert len(handed_over) == len(set(handed_over))  # Compose refuses a duplicate
    by_file = {name for name in handed_over if name.endswith("_FILE")} - LISTED
    files = {name.removesuffix("_FILE") for name in by_file}
    assert files == read(".env.example", r"# \(file\)[^=]*?\n# ([A-Z_]+)=")
    assert set(handed_over) - by_file == LISTED - FIXED


def test_env_example_sets_nothing_that_make_and_compose_set():
    assert read(".env.example", r"(?m)^([A-Z_]+)=") & FIXED == set()


def test_every_setting_is_tested_with_wrong_values():
    assert set(WRONG) == LISTED
    assert set(IN_FILES) == set(re.findall(r"# \(file\)[^=]*?\n# ([A-Z_]+)=", EXAMPLE))
