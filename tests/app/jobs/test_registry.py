from dataclasses import astuple
from pkgutil import resolve_name

from app.jobs.registry import kinds, loops


def test_functions_of_registered_kinds_can_be_imported(app):
    names = [name for kind in kinds() for name in astuple(kind)]
    assert names
    for name in names:
        assert callable(resolve_name(name)), name


def test_factories_of_loops_make_functions(app):
    assert list(loops()) == ["app.mail.sending:Sender", "app.deletion.deleting:Deleter"]
    for name in loops():
        assert callable(resolve_name(name)()), name
