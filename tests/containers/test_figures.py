"""What `make compare` reads from an image and from a build's output, and the page that it writes; without an engine."""

import html.parser
import json

import pytest
from archives import configuration, docker_files, folder, member, pack, tar, whiteout

from scripts.images import measure
from scripts.images.archive import read_image
from scripts.images.build_log import count_steps, failure
from scripts.images.compare import rows
from scripts.images.contents import count_packages, find_setuid, find_shells, find_user, find_writable
from scripts.images.filesystem import stack_layers
from scripts.images.measure import run
from scripts.images.page import render

PASSWD = b"root:x:0:0:root:/root:/bin/sh\nsusan:x:1000:1000::/nowhere:/bin/sh\n"
GROUP = b"root:x:0:\nsusan:x:1000:\nstaff:x:50:bob,susan\n"
ACCOUNTS = [member("etc/passwd", data=PASSWD), member("etc/group", data=GROUP)]

BUILDKIT = """#1 [internal] load build definition from Dockerfile
#4 [1/4] FROM localhost/base
#4 CACHED
#5 [2/4] WORKDIR /app
#5 CACHED
#6 [builder 3/4] COPY a b
#6 DONE 0.1s
#7 [4/4] RUN make
#7 DONE 2.0s
"""
PADDED = BUILDKIT.replace("[1/4]", "[ 1/14]").replace("[2/4]", "[ 2/14]").replace("[builder 3/4]", "[builder  3/14]")
LEGACY = """Step 1/4 : FROM localhost/base
 ---> 111
Step 2/4 : WORKDIR /app
 ---> Using cache
 ---> 222
Step 3/4 : COPY a b
 ---> 333
Step 4/4 : RUN make
 ---> Running in 444
"""
BUILDAH = """[1/2] STEP 1/2: FROM localhost/base AS one
[1/2] STEP 2/2: WORKDIR /app
--> Using cache 222
[2/2] STEP 1/3: FROM one
[2/2] STEP 2/3: COPY a b
[2/2] STEP 3/3: RUN make
"""


def test_command_without_an_end_is_bounded(tmp_path):
    """Its children too."""
    status, output = run(["sh", "-c", f"(sleep 3; touch {tmp_path}/late) & sleep 60"], seconds=0.5)
    assert (status, output) == (1, "error: sh -c did not end within 0 s\n")
    assert run(["sh", "-c", "sleep 3"], seconds=30) == (0, "")
    assert not (tmp_path / "late").exists()


def test_each_comparison_makes_changes_of_its_own(monkeypatch, tmp_path):
    """The builder's cache holds those of an earlier one."""
    files = [tmp_path / "requirements.txt", tmp_path / "app/templates/base.html"]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("as it was\n")
    built = []
    monkeypatch.setattr(measure, "build", lambda *_: built.append([file.read_text() for file in files]))
    for _ in range(2):
        measure.build_thrice(measure.Workshop("docker", "microblog", tmp_path, {}), "optimized", "compare")
    assert built[0] == built[3] == ["as it was\n"] * 2
    assert len({str(texts) for texts in built}) == 5


def taken_apart(*layers, user=""):
    """Returns an image of these layers whose configuration names `user`, and its stack."""
    files = docker_files(*layers)
    path = json.loads(files["manifest.json"])[0]["Config"]
    config = json.loads(configuration(layers)) | {"config": {"User": user}}
    image = read_image(pack(files | {path: json.dumps(config).encode()}))
    return image, stack_layers(image.layers)


@pytest.mark.parametrize("log", [BUILDKIT, PADDED, LEGACY, BUILDAH], ids=["buildkit", "padded", "legacy", "buildah"])
def test_steps_from_the_cache_are_counted(log):
    assert count_steps(log) == (3, 1)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("+ docker build\n\x1b[91mno such file\n\x1b[0m\nerror: could not build x; see above\n", "no such file"),
        ("some\nerror: no base image: the registry can't be reached\n", "no base image: the registry can't be reached"),
        ("", "the build failed without a word"),
    ],
)
def test_reason_of_a_failed_build_is_one_line(log, reason):
    assert failure(log) == reason


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("", ("root", 0, {0})),
        ("susan", ("susan", 1000, {50, 1000})),
        ("1000", ("1000", 1000, {1000})),
        ("1234:0", ("1234", 1234, {0})),
        ("susan:staff", ("susan", 1000, {50})),
        ("nobody", ("nobody", None, {0})),
    ],
)
def test_user_is_looked_up_in_the_image(user, found):
    image, _ = taken_apart(tar(*ACCOUNTS), user=user)
    who = find_user(image)
    assert (who.name, who.uid, set(who.groups)) == found


def test_writable_files_follow_mode_owner_and_group():
    layer = tar(
        *ACCOUNTS,
        folder("tmp", mode=0o1777),
        member("everyones", mode=0o666),
        member("susans", uid=1000),
        member("locked", uid=1000, mode=0o444),
        member("roots", mode=0o644),
        member("link", kind=b"2", target="roots", mode=0o777),
    )
    image, stack = taken_apart(layer, user="susan")
    assert list(find_writable(stack, find_user(image))) == ["everyones", "susans"]


def test_root_may_write_everything():
    image, stack = taken_apart(tar(member("locked", mode=0o444)))
    assert list(find_writable(stack, find_user(image))) == ["locked"]


def test_only_what_is_still_there_counts():
    first = tar(member("bin/sh", mode=0o4755), member("usr/bin/su", mode=0o4755), member("usr/share/bash", mode=0o755))
    _, stack = taken_apart(first, tar(whiteout("bin/sh")))
    assert find_shells(stack) == []
    assert find_setuid(stack) == ["usr/bin/su"]


def test_packages_of_each_kind_are_counted():
    status = b"Package: a\nStatus: install ok installed\n\nPackage: b\nStatus: deinstall ok config-files\n"
    layer = tar(
        member("var/lib/dpkg/status", data=status),
        member("var/lib/dpkg/status.d/tzdata"),
        member("lib/apk/db/installed", data=b"C:1\nP:musl\n\nP:zlib\n"),
        member("usr/lib/python3/dist-packages/flask-3.dist-info/METADATA"),
        member("usr/lib/python3/dist-packages/pip/_vendor/rich-1.dist-info/METADATA"),
    )
    assert count_packages(*taken_apart(layer)) == {"system": 4, "python": 1}


def stage(name, **figures):
    """Returns a stage as measured."""
    layer = {"size": 1000, "shadowed": 0, "added": 1, "changed": 0, "removed": 0, "instruction": "RUN <b>&"}
    build = {"seconds": 1.0, "steps": 3, "cached": 1, "base": "base:1", "builder": "BuildKit"}
    return {
        "name": name,
        "error": None,
        "builds": dict.fromkeys(["cold", "template", "requirements"], build),
        "size": 1000,
        "gzip_size": 500,
        "shadowed": 0,
        "layers": [layer],
        "start": None,
        "start_error": None,
        "memory": None,
        "user": "root",
        "uid": 0,
        "shells": [],
        "packages": {"system": 1, "python": 2},
        "writable": {"count": 1, "paths": ["etc/<i>"]},
        "setuid": [],
        "labels": {"<u>": '"'},
        "lint": None,
    } | figures


class Reader(html.parser.HTMLParser):
    """Collects the elements of a page, and where they are left open."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        assert not [name for name, _ in attributes if name in ("src", "href") or name.startswith("on")]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page(*stages):
    measured = [each for each in stages if not each["error"]]
    return render({"revision": "v1<", "machine": "Linux", "stages": list(stages)}, rows(measured))


def test_page_is_one_well_formed_file_without_script():
    reader = Reader(page(stage("one"), stage("<b>two"), {"name": "<i>three", "error": "not built: <em>"}))
    assert reader.open == []
    assert not reader.seen & {"script", "link", "img", "iframe", "b", "i", "u", "em"}
    assert {"style", "table", "details"} <= reader.seen


def test_page_names_what_was_not_built():
    text = page(stage("one", start_error="does not start: gone"), {"name": "two", "error": "not built: no base"})
    assert "<strong>one</strong>: does not start: gone" in text
    assert "<strong>two</strong>: not built: no base" in text


def test_picture_can_leave_out_the_times():
    assert page(stage("one")).count('<tr class="time">') == 4


def test_page_without_any_figures_is_written():
    assert "not built" in page({"name": "one", "error": "not built: no engine"})


def test_page_follows_the_readers_colours():
    assert "@media (prefers-color-scheme: dark)" in page(stage("one"))
