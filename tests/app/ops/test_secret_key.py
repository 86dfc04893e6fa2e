import subprocess
import sys
from stat import S_IMODE

import pytest

from app.ops.secret_key import secret_key_beside
from config import ROOT, ConfigError


def test_key_is_created_once_and_readable_by_its_owner_only(tmp_path):
    url = f"sqlite:///{tmp_path}/app.db"
    key = secret_key_beside(url)
    assert len(key) == 64
    assert secret_key_beside(url) == key
    assert [(file.name, S_IMODE(file.stat().st_mode)) for file in tmp_path.iterdir()] == [("secret_key", 0o600)]


def test_concurrent_processes_share_one_key(tmp_path):
    """All have the same process ID, as in containers that share a volume."""
    code = "import os; os.getpid = lambda: 1; from app.ops.secret_key import secret_key_beside"
    code += f"; print(secret_key_beside('sqlite:///{tmp_path}/a.db'))"
    processes = [
        subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    keys = {process.communicate()[0].strip() for process in processes}
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_database_server_requires_a_configured_key():
    with pytest.raises(ConfigError, match="set SECRET_KEY or SECRET_KEY_FILE"):
        secret_key_beside("mysql+pymysql://user@host/name")
