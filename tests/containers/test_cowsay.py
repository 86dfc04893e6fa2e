"""The stage cowsay: arguments for the entry point, and targets of decreasing size."""

import subprocess
import tarfile

import pytest
from engine import free_port

TARGETS = ("debian", "slim", "from-scratch")
COW = r"""
        \   ^__^
         \  (oo)\_______
            (__)\       )\/\
                ||----w |
                ||     ||
"""
HELLO = " ________\n< Hello! >\n --------" + COW

# Stands in for Alpine in what its Dockerfile uses: apk, the list of repositories, BusyBox as the shell, no bash.
IMITATION = r"""
ARG SLIM
FROM ${SLIM}
USER root
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static && ln -sf /bin/busybox /bin/sh
RUN mkdir /etc/apk && echo https://mirror.example/alpine/v3.22/main >/etc/apk/repositories \
 && printf '#!/bin/sh\ntest "$*" = "%s" && ln -s /usr/games/* /usr/bin/\n' \
    "add --no-cache --repository https://mirror.example/alpine/edge/testing cowsay fortune" >/sbin/apk \
 && chmod +x /sbin/apk && rm -f /bin/bash /entrypoint.sh
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
"""


@pytest.fixture
def say(engine):
    """say(image, "Hello!", options=()): what a container of the image prints."""
    return lambda image, *words, options=(): engine("run", "--rm", *options, image, *words).stdout


@pytest.fixture(params=TARGETS)
def image(request, any_builder, build):
    return build("cowsay", any_builder, request.param)


@pytest.fixture
def slim(any_builder, build):
    return build("cowsay", any_builder, "slim")


@pytest.fixture
def from_scratch(any_builder, build):
    return build("cowsay", any_builder, "from-scratch")


@pytest.mark.parametrize("target", TARGETS)
def test_each_builder_makes_an_image_that_speaks(builder, build, say, target):
    image = build("cowsay", builder, target)
    assert say(image, "Hello!") == HELLO
    config = builder.inspect(image)["Config"]
    assert config["User"] == ("" if target == "debian" else "65534:65534")
    assert not config.get("ExposedPorts")


def test_last_target_is_from_scratch(make, project, engine, from_scratch):
    make("build", STAGE="cowsay")
    layers = [engine.inspect(name)["RootFS"]["Layers"] for name in (f"{project}:cowsay", from_scratch)]
    assert [len(each) for each in layers] == [1, 1]


def test_options_go_to_cowsay(image, say):
    assert r"\___)=(___/" in say(image, "-f", "tux", "Hello!")
    assert "(xx)" in say(image, "-d", "Hello!")


def test_shell_expands_no_argument(image, say):
    assert say(image, "*", "$HOME", ";", "a'b").splitlines()[1] == "< * $HOME ; a'b >"


def test_accents_and_wide_characters_fit_the_balloon(image, say):
    assert say(image, "Été à 日本").splitlines()[:3] == [" " + 12 * "_", "< Été à 日本 >", " " + 12 * "-"]


def test_exit_status_is_that_of_cowsay(image, engine):
    result = engine("run", "--rm", image, "-f", "nocow", "Hello!", check=False)
    assert (result.returncode, result.stderr.strip()) == (2, "cowsay: Could not find nocow cowfile!")


@pytest.mark.parametrize("target", ["debian", "slim"])
def test_cow_says_a_fortune_without_arguments(any_builder, build, say, target):
    printed = say(build("cowsay", any_builder, target))
    assert printed.endswith(COW)
    fortune = printed.removesuffix(COW).splitlines()[1:-1]
    assert any(any(c.isalpha() for c in line) for line in fortune)


def test_from_scratch_has_default_arguments(from_scratch, say):
    assert say(from_scratch) == " ______\n< Moo! >\n ------" + COW


def test_cow_needs_no_privileges(image, say):
    confined = ["--read-only", "--cap-drop", "ALL", "--network", "none", "--security-opt", "no-new-privileges"]
    assert say(image, "Hello!", options=[*confined, "--user", "12345:0"]) == HELLO


def test_each_target_is_smaller_than_the_one_before(any_builder, build):
    debian, slim, least = (any_builder.inspect(build("cowsay", any_builder, target))["Size"] for target in TARGETS)
    assert debian - slim > 50_000_000
    assert least < 12_000_000 < slim


def test_slim_contains_no_package_lists(slim, engine):
    assert engine("run", "--rm", "--entrypoint", "ls", slim, "/var/lib/apt/lists").stdout == ""


def test_from_scratch_contains_only_cowsay_and_perl(from_scratch, engine, project):
    name = f"{project}-export"
    engine("create", "--name", name, from_scratch)
    try:
        with subprocess.Popen([engine.cli, "export", name], stdout=subprocess.PIPE) as export:
            with tarfile.open(fileobj=export.stdout, mode="r|") as tar:
                files = {member.name for member in tar if member.isfile()}
            export.stdout.read()
    finally:
        engine("rm", name)
    programs = {path for path in files if "/bin/" in f"/{path}" or "/games/" in path}
    assert programs == {"usr/bin/perl", "usr/games/cowsay"}
    # The engine itself adds files to each container: etc/hosts, .dockerenv, …
    folders = ("usr/bin/", "usr/games/", "usr/lib/", "usr/share/", "lib", "etc/", "dev/", ".dockerenv")
    assert not [path for path in files if not path.startswith(folders)]


def test_every_cow_speaks_the_same_in_slim_and_from_scratch(slim, from_scratch, say):
    script = """
        opendir D, "/usr/share/cowsay/cows"; $| = 1;
        for (sort grep /[.]cow$/, readdir D) { print "$_\n"; system("/usr/games/cowsay", "-f", $_, "Été") and exit 1 }
    """
    first, second = (say(image, "-e", script, options=["--entrypoint", "perl", "-e", "PATH=/usr/bin"])
                     for image in (slim, from_scratch))  # fmt: skip
    assert first.count(".cow\n") > 40
    assert first == second


def test_make_run_shows_what_the_cow_said(make, project):
    port = free_port()
    lines = make("run", STAGE="cowsay", PORT=port).stdout
    assert lines.endswith(f"< Moo! >\n ------{COW}{project}-{port} ended with exit status 0\n")
    make("stop", PORT=port)


def test_alpine_dockerfile_builds_on_an_imitation(any_builder, slim, say, project, tmp_path):
    """Not on Alpine, which the next test builds where Docker Hub can be reached."""
    label, base, image = f"org.microblog.project={project}", f"{project}:imitation", f"{project}:cowsay-imitation"
    any_builder("build", "-t", base, "--label", label, "--build-arg", f"SLIM={slim}", "-", stdin=IMITATION)
    any_builder("build", "-t", image, "--label", label, "--build-arg", f"BASE_IMAGE={base}",
                "-f", "docker/cowsay/alpine.Dockerfile", "docker/cowsay")  # fmt: skip
    assert say(image, "Hello!") == HELLO
    assert say(image).endswith(COW)
    assert any_builder.inspect(image)["Config"]["User"] == "65534:65534"


def test_alpine_is_built_or_the_reason_is_told(make, project, say):
    result = make("build", STAGE="docker/cowsay/alpine.Dockerfile", check=False)
    if result.returncode:
        reason = result.stderr.strip().splitlines()[-2]
        assert "no image alpine:3.22: " in reason
        pytest.skip(reason)
    assert say(f"{project}:cowsay-alpine", "Hello!") == HELLO
