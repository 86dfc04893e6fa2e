import errno
import os
import subprocess
import sys

import pytest

from app.ops.files import publish
from app.ops.secret_key import secret_key_beside
from config import ROOT


@pytest.fixture(params=[None, errno.EPERM, errno.EOPNOTSUPP, errno.EACCES], ids=["links", "FAT", "SMB", "denied"])
def links(request, monkeypatch):
    """The file system has hard links, or refuses them in one of several ways."""

    def refuse(*_names):
        raise OSError(request.param, os.strerror(request.param))

    if request.param:
        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("links")
def test_file_gets_a_free_name(tmp_path):
    written, path = tmp_path / "written", tmp_path / "name"
    written.write_text("new")
    publish(written, path)
    assert path.read_text() == "new"


@pytest.mark.usefixtures("links")
def test_file_does_not_replace_another(tmp_path):
    written, path = tmp_path / "written", tmp_path / "name"
    written.write_text("new")
    path.write_text("old")
    with pytest.raises(FileExistsError):
        publish(written, path)
    assert path.read_text() == "old"


@pytest.mark.usefixtures("links")
def test_secret_key_is_created_once(tmp_path):
    url = f"sqlite:///{tmp_path}/app.db"
    assert len(secret_key_beside(url)) == 64
    assert secret_key_beside(url) == secret_key_beside(url)
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_concurrent_processes_share_one_key_without_hard_links(tmp_path):
    code = "import os; del os.link; os.link = lambda *names: (_ for _ in ()).throw(PermissionError())"
    code += "; from app.ops.secret_key import secret_key_beside"
    code += f"; print(secret_key_beside('sqlite:///{tmp_path}/a.db'))"
    starts = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    keys = {process.communicate(timeout=60)[0] for process in starts}
    assert len(keys) == 1
    assert len(keys.pop().strip()) == 64
