from pathlib import Path

import pytest

from app.mail import registry

TEMPLATES = Path(__file__).parents[3] / "app" / "templates" / "mail"


def test_composers_of_registered_kinds_can_be_imported(app):
    assert "reset_password" in registry.kinds()
    for kind in registry.kinds():
        assert callable(registry.composer_of(kind)), kind


def test_registered_kinds_have_templates_and_fit_the_column(app):
    for kind in registry.kinds():
        assert len(kind) <= 32
        assert (TEMPLATES / f"{kind}.txt").exists()
        assert (TEMPLATES / f"{kind}.html").exists()


def test_unknown_kind_raises_key_error(app):
    with pytest.raises(KeyError):
        registry.composer_of("nothing")
