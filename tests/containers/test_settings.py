"""SETTINGS: one .env for make, Compose and shells; what they would read differently is refused or named."""

import json

import pytest
import yaml
from engine import ROOT, run_command
from test_compose import find_compose

# Lines that all three read alike, and what they stand for.
ALIKE = {
    "A=plain": "plain",
    " B=blank": "blank",
    "export C=exported": "exported",
    "D='single $quotes \"in\" # it'": 'single $quotes "in" # it',
    'E="it\'s <b>"': "it's <b>",
    "F=carriage\r": "carriage",
    "G=trailing  ": "trailing",
    "H='comment'  # after": "comment",
    "I=mysql://u:p%40@h:3306/db?ssl_mode=required": "mysql://u:p%40@h:3306/db?ssl_mode=required",
    "J=": "",
    "# K=comment": None,
    "  # L=comment": None,
    "M=a=b,c+d@e*[f]{g}!#h%i^": "a=b,c+d@e*[f]{g}!#h%i^",
    "N=été-猫": "été-猫",
}
NO_SETTING = "it is not NAME=VALUE, without blanks around =; correct it, or write # before a comment"
REFUSED = {
    "X=pa$word": "Compose and shells expand $ in X; put the value in single quotes",
    "X=it's$5": "Compose and shells expand $ in X; put the value in a file, and set X_FILE to its path",
    'X="pa$word"': "Compose and shells interpret $, ` and \\ of X; put the value in single quotes",
    'X="a\\tb"': "Compose and shells interpret $, ` and \\ of X; put the value in single quotes",
    "X='${HOME}'": "Compose 1 interprets ${ and \\\\ of X; put the value in a file, and set X_FILE to its path",
    "X=word # comment": "Compose and shells take # in X for a comment; put the value in single quotes",
    "X='open": "X has a quote inside, or none at the end; put the value in single quotes",
    'X="two"words': "X has a quote inside, or none at the end; put the value in single quotes",
    "X": NO_SETTING,
    "X = 1": NO_SETTING,
    "X= 1": NO_SETTING,
    "export X": NO_SETTING,
    "X-Y=1": NO_SETTING,
    "X: 1": NO_SETTING,
}
NOTED = {
    "X=Microblog <a@b.example>": "shells read X differently; put the value in single quotes",
    "X=it's": "shells read X differently; put the value in double quotes",
    "X=~/ca.pem": "shells read X differently; put the value in single quotes",
    "X=back\\slash": "shells read X differently; put the value in single quotes",
}


@pytest.fixture
def read(tmp_path):
    """read(text): runs scripts/settings on a file with this text; the completed process."""

    def read(text):
        (tmp_path / ".env").write_bytes(text if isinstance(text, bytes) else text.encode())
        return run_command(["python3", ROOT / "scripts/settings", ".env"], cwd=tmp_path, check=False)

    return read


@pytest.fixture
def alike(tmp_path):
    """The settings that the lines of ALIKE make, in the file .env of `tmp_path`."""
    (tmp_path / ".env").write_bytes("\n".join(ALIKE).encode())
    names = [line.removeprefix("export").strip()[0] for line in ALIKE]
    return {name: value for name, value in zip(names, ALIKE.values(), strict=True) if value is not None}


def test_make_reads_what_all_read_alike(alike, tmp_path):
    result = run_command(["python3", "scripts/settings", tmp_path / ".env"])
    assert result.stdout.splitlines() == [f"{name}={value}" for name, value in alike.items()]
    assert result.stderr == ""


def test_compose_reads_the_same(alike, engine, tmp_path):
    command = find_compose(engine) or pytest.skip("Compose is not installed: sudo apt-get install docker-compose")
    names = "".join(f"      - {name}\n" for name in alike)
    (tmp_path / "compose.yaml").write_text(f"services:\n  web:\n    image: none\n    environment:\n{names}")
    read = yaml.safe_load(run_command([*command, "config"], cwd=tmp_path).stdout)["services"]["web"]["environment"]
    # It doubles each $, since its output is a file for Compose.
    assert {name: (read[name] or "").replace("$$", "$") for name in read} == alike


def test_shell_reads_the_same(alike, tmp_path):
    text = (tmp_path / ".env").read_text().replace("\r", "")  # shells alone keep it
    (tmp_path / ".env").write_text(text)
    script = "set -a; . ./.env; exec python3 -c 'import json, os; print(json.dumps(dict(os.environ)))'"
    read = json.loads(run_command(["sh", "-c", script], cwd=tmp_path).stdout)
    assert {name: read[name] for name in alike} == alike


@pytest.mark.parametrize("line", REFUSED)
def test_line_that_readers_interpret_differently_is_refused(read, line):
    result = read(f"A=1\n{line}\n")
    assert (result.returncode, result.stdout) == (64, "")
    assert result.stderr == f"error: .env, line 2: {REFUSED[line]}\n"


@pytest.mark.parametrize("line", NOTED)
def test_line_that_shells_alone_read_differently_is_named(read, line):
    result = read(f"{line}\n")
    assert (result.returncode, result.stdout) == (0, f"{line}\n")
    assert result.stderr == f"note: .env, line 1: {NOTED[line]}\n"


def test_refusal_shows_no_value(read):
    assert "hunter2" not in read('X=$hunter2\nY=\'hunter2\nhunter2\nZ="hunter2$"\n').stderr


def test_file_may_begin_with_a_byte_order_mark(read):
    assert read(b"\xef\xbb\xbfA=1\r\nB=2").stdout == "A=1\nB=2\n"


def test_file_in_another_encoding_is_refused(read):
    result = read("A=été".encode("latin-1"))
    assert (result.returncode, result.stderr) == (64, "error: .env is not in UTF-8; save it in that encoding\n")


def test_refused_file_ends_run_before_the_build(stub, tmp_path):
    (tmp_path / "settings").write_text("SECRET_KEY=$hunter2\n")
    variables, calls = stub()
    assigned = [f"{n}={v}" for n, v in (variables | {"STAGE": "optimized", "SETTINGS": tmp_path / "settings"}).items()]
    result = run_command(["make", "run", *assigned], check=False)
    assert result.returncode != 0
    assert f"error: {tmp_path}/settings, line 1: Compose and shells expand $ in SECRET_KEY; put" in result.stderr
    assert not [call for call in calls() if call.split()[0] in {"build", "stop", "run", "create", "rename"}]
