import re
from dataclasses import astuple
from pathlib import Path
from pkgutil import resolve_name

import app as package
from app.jobs.registry import kinds

RUN_LATER = re.compile(r'run_later\(\s*"([^"]+)"')


def test_functions_of_registered_kinds_can_be_imported(app):
    names = [name for kind in kinds() for name in astuple(kind)]
    assert names
    for name in names:
        assert callable(resolve_name(name)), name


def test_functions_to_run_later_can_be_imported():
    sources = [path.read_text(encoding="utf-8") for path in Path(package.__file__).parent.rglob("*.py")]
    names = {name for source in sources for name in RUN_LATER.findall(source)}
    assert "app.auth.mails:reset_password" in names
    for name in names:
        assert callable(resolve_name(name)), name
