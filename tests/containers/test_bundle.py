"""make bundle, make bundle-serve: a class whose machines reach nothing but the teacher's."""

import contextlib
import hashlib
import io
import os
import re
import subprocess
import tarfile

import pytest
from classroom import TEACHER, room, served, student  # noqa: F401  fixtures
from engine import ROOT, Engine, free_port, get, put_command, run_command, wait_until
from lessons import pages_to_walk
from walk import Walk

GIGABYTE = 1_000_000_000
# What the French pages let a student type is the same.
LESSONS = [name for name in pages_to_walk() if name.endswith("-en")]


@pytest.fixture(scope="module")
def bundle(make, tmp_path_factory):
    """The archive that `make bundle` writes."""
    file = tmp_path_factory.mktemp("bundle") / "bundle.tar"
    printed = make("bundle", FILE=file, timeout=1700).stdout
    assert re.search(rf"^Wrote {file}: \d+ MB, SHA-256 [0-9a-f]{{64}}$", printed, re.MULTILINE)
    return file


@pytest.fixture(scope="module")
def running(student, served):  # noqa: F811
    """The student, who has typed the three lines."""
    assert len(served) == 3
    student.type("\n".join(served))
    student.environment |= dict(word.split("=", 1) for word in served[0].split()[1:])
    student.folder /= "microblog"
    return student


@pytest.mark.thorough
@pytest.mark.timeout(1800)
class TestRoom:
    """A student in a room that is cut off."""

    def test_bundle_is_at_most_a_gigabyte(self, bundle):
        assert bundle.stat().st_size <= GIGABYTE

    def test_three_lines_start_the_application(self, running):
        assert "default" not in running.type("ip route").stdout
        assert running.type("curl -fs http://localhost:5000/health/ready").stdout.strip() == '{"status":"ok"}'

    def test_stage_with_packages_of_the_distribution_runs(self, running):
        running.type("make run STAGE=v0.2 && make stop")

    def test_tests_of_the_application_pass(self, running):
        running.type("make test")

    @pytest.mark.parametrize("name", LESSONS)
    def test_lesson_works(self, running, any_builder, project, name, tmp_path):
        running.type("rm -rf lessons")  # those of the lesson before
        engine = Engine(any_builder.cli, running.environment)
        environment = running.environment | {"COMPOSE_PROJECT_NAME": project}
        state, terminal = tmp_path / "state", tuple(running.room.inside())
        walk = Walk(engine, running.folder, state, environment, project, terminal)
        faults = walk.through(pages_to_walk()[name])
        # What commands print is compared in test_walks.py. `make audit` asks a service on the Internet.
        assert [fault for fault in faults if not fault.startswith(("not printed:", "make audit "))] == []


@pytest.fixture
def archive(tmp_path):
    """archive({"a": b"text"}): a small archive of these files, with their checksums, and `others`: empty members."""

    def archive(files, checksums=None, others=()):
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in (checksums or files).items()}
        files = files | {"SHA256SUMS": "".join(f"{value}  ./{name}\n" for name, value in sums.items()).encode()}
        with tarfile.open(tmp_path / "bundle.tar", "w") as tar:
            for name, content in files.items():
                member = tarfile.TarInfo(f"./{name}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
            for member in others:
                tar.addfile(member)
        return tmp_path / "bundle.tar"

    return archive


def refused(file) -> str:
    """Returns the one line by which `make bundle-serve` refuses a file."""
    result = run_command(["make", "bundle-serve", f"FILE={file}", f"PORT={free_port()}", "BIND=127.0.0.1"], check=False)
    assert result.returncode != 0
    assert result.stdout == ""
    [line] = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    return line


REMEDY = "copy it again, or make it again: make bundle"


def test_changed_file_is_refused(archive):
    file = archive({"images.tar.gz": b"damaged", "simple/x": b"x"}, {"images.tar.gz": b"images", "simple/x": b"x"})
    assert refused(file) == f"error: {file} is damaged: images.tar.gz is not as it was made; {REMEDY}"


def test_missing_file_is_refused(archive):
    file = archive({"images.tar.gz": b"images"}, {"images.tar.gz": b"images", "simple/x": b"x"})
    assert refused(file) == f"error: {file} is damaged: simple/x is not as it was made; {REMEDY}"


def test_changed_list_of_checksums_is_refused(archive):
    file = archive({"images.tar.gz": b"images"})
    content = file.read_bytes()
    digest = hashlib.sha256(b"images").hexdigest().encode()
    file.write_bytes(content.replace(digest, b"!" + digest[1:]))
    assert refused(file) == f"error: {file} is damaged: its list of checksums is not as it was made; {REMEDY}"


def test_list_with_a_damaged_line_is_refused(archive):
    file = archive({"images.tar.gz": b"images", "simple/x": b"x"})
    digest = hashlib.sha256(b"x").hexdigest().encode()
    file.write_bytes(file.read_bytes().replace(digest, b"!" + digest[1:]))
    assert refused(file) == f"error: {file} is damaged: its files are not those of its list of checksums; {REMEDY}"


@pytest.mark.parametrize("name", ["./simple/y", "./simple/SHA256SUMS"])
def test_file_on_no_list_is_refused(archive, name):
    file = archive({"images.tar.gz": b"images"}, others=[tarfile.TarInfo(name)])
    assert refused(file) == f"error: {file} is damaged: its files are not those of its list of checksums; {REMEDY}"


@pytest.mark.parametrize(
    ("kind", "target"),
    [(tarfile.SYMTYPE, str(ROOT)), (tarfile.SYMTYPE, "images.tar.gz"), (tarfile.FIFOTYPE, "")],
    ids=["a folder of this machine", "a file of the archive", "a pipe"],
)
def test_link_or_pipe_is_refused(archive, kind, target):
    member = tarfile.TarInfo("./other")
    member.type, member.linkname = kind, target
    file = archive({"images.tar.gz": b"images"}, others=[member])
    assert refused(file) == f"error: {file} is damaged: it holds what is neither a file nor a folder; {REMEDY}"


def test_truncated_archive_is_refused(archive):
    file = archive({"images.tar.gz": b"images" * 10_000})
    file.write_bytes(file.read_bytes()[:20_000])
    assert refused(file) == f"error: {file} is damaged: it can't be unpacked; {REMEDY}"


def test_other_archive_is_refused(tmp_path):
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(__file__, "file")
    assert refused(tmp_path / "other.tar").endswith(f"is damaged: its list of checksums is missing; {REMEDY}")


def test_absent_archive_is_named(tmp_path):
    file = tmp_path / "none.tar"
    assert refused(file) == (
        f"error: there is no {file}; 'make bundle' writes it, or give another: FILE=path/to/bundle.tar"
    )


@contextlib.contextmanager
def serving(file, output, **environment):
    """Serves a file; yields the URL, after `make bundle-serve` has printed its lines to the file `output`."""
    port = free_port()
    command = ["make", "bundle-serve", f"FILE={file}", "BIND=127.0.0.1", f"PORT={port}"]
    with output.open("w") as printed:
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=printed, stderr=printed)
        try:
            wait_until(lambda: "make run" in output.read_text() or server.poll(), 30, "the server")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
    wait_until(lambda: not list((ROOT / "build").glob(f"bundle-{port}*")), 10, "the end of the server")


def test_archive_is_served_and_three_lines_are_printed(archive, tmp_path):
    output = tmp_path / "output"
    with serving(archive({"simple/flask/flask-3-py3-none-any.whl": b"wheel"}), output) as url:
        # A list of files is what pip reads.
        assert '<a href="flask-3-py3-none-any.whl">' in get(f"{url}/simple/flask/").text
    assert [line.strip() for line in output.read_text().splitlines() if line.startswith("  ")] == [
        f"export APT_MIRROR={url} PIP_INDEX_URL={url}/simple/ PIP_TRUSTED_HOST={url.removeprefix('http://')}",
        f"curl -f {url}/images.tar.gz | docker load && curl -f {url}/microblog.tar.gz | tar -xz",
        "cd microblog && make run",
    ]
    assert get(url) is None


def test_archive_is_served_where_sha256sum_is_busybox(archive, tmp_path, without):
    environment = without()
    put_command(environment, "sha256sum", "for word do case $word in --*) exit 1 ;; esac; done", "sha256sum")
    with serving(archive({"images.tar.gz": b"images"}), tmp_path / "output", **environment) as url:
        assert get(f"{url}/images.tar.gz").text == "images"
