"""make check, the images that a Dockerfile names: each is found, and replaced where it can't be had. No engine."""

import pytest

from scripts.checking import building
from scripts.checking.bounds import Bounds, Guard
from scripts.checking.building import Builder
from scripts.checking.dockerfile import read_dockerfile
from scripts.checking.verdict import Fault
from scripts.contract.engine import Engine

OURS = "microblog:optimized"


@pytest.mark.parametrize(
    "line",
    [
        "COPY --from=microblog:optimized /a /a",
        "COPY --chown='--from=b c' --from=microblog:optimized /a /a",
        'COPY --from="microblog:optimized" /a /a',
        "COPY --fr\\om=micro\\blog:optimized /a /a",
        "COPY --from=micro\\\nblog:optimized /a /a",
        "COPY --from=$S /a /a",
        "COPY --from=${UNSET:-microblog:optimized} /a /a",
        "ONBUILD copy --from=microblog:optimized /a /a",
        "RUN --mount=type=bind,from=microblog:optimized,target=/s cp -a /s/. /",
        "RUN --mount=target=/s,FROM=microblog:optimized cp -a /s/. /",
        "RUN --network=none --mount=type=tmpfs,target=/t --mount=from=microblog:optimized,target=/s true",
        "run --mount=type=bind,\\\nfrom=microblog:optimized,target=/s \\\n  true",
        "RUN --mount='type=bind,\"from=microblog:optimized\",target=/s' true",
        "RUN --mount=from=$S,target=/s true",
        "ONBUILD RUN --mount=from=microblog:optimized,target=/s true",
        "RUN --mount=from=microblog:optimized,target=/s <<EOF\ntrue\nEOF",
    ],
)
def test_image_that_a_flag_names_is_found(line):
    text = f"FROM a:1 AS first\nARG S={OURS}\n{line}\nFROM first\n"
    assert read_dockerfile(text.encode()).images == ["a:1", OURS]


def test_image_with_the_name_of_a_later_stage_is_found():
    """The legacy builder and Podman know only the stages before."""
    text = "FROM a:1 AS first\nCOPY --from=microblog /a /a\nFROM first AS microblog\n"
    assert read_dockerfile(text.encode()).images == ["a:1", "microblog"]


@pytest.mark.parametrize(
    "line",
    [
        "COPY --from=0 /a /a",
        "COPY --from=FIRST /a /a",
        "COPY --from=scratch /a /a",
        "RUN --mount=type=bind,from=first,target=/s true",
        "RUN --mount=type=cache,target=/c true",
        "RUN echo --mount=from=b:1 --from=c:1",
        "RUN --mount=type=cache,target=/c pip install --from=c:1",
        "ADD a /--from=b:1",
        "# RUN --mount=from=b:1",
    ],
)
def test_no_image_is_found_where_none_is_needed(line):
    assert read_dockerfile(f"FROM a:1 AS first\nFROM first\n{line}\n".encode()).images == ["a:1"]


def test_images_of_flags_are_replaced():
    text = (
        "FROM a:1 AS python\n"
        "FROM python\n"
        "RUN --mount=type=bind,from=python,target=/p --mount=target=/t,from=tool:2 \\\n"
        "  --mount=from=tool:2,target=/u echo from=other:1\n"
        'COPY --from="tool:2" /a /a\n'
        "COPY --from=python /a /a\n"
        "ONBUILD COPY --from=tool:2 /a /a\n"
    )
    replaced = read_dockerfile(text.encode()).start_from({"a:1": "new:1", "tool:2": "new:2", "python": "new:3"})
    assert replaced == text.replace("a:1", "new:1").replace("tool:2", "new:2")


@pytest.mark.parametrize("base", ["${V:+microblog:optimized}", "${V#1}first", "fir${NONE}st"])
def test_builder_gets_the_base_image_that_was_examined(base):
    """Not a reference that it may resolve in another way."""
    dockerfile = read_dockerfile(f"ARG V=1\nFROM a:1 AS first\nFROM {base}\n".encode())
    last = dockerfile.start_from({}).rstrip().split("\n")[-1]
    assert last == f"FROM {dockerfile.targets[-1].base}"


def test_solution_can_not_be_mounted_from_an_image_of_ours(tmp_path):
    dockerfile = read_dockerfile(f"FROM a:1\nRUN --mount=from={OURS},target=/s cp -a /s/. /\n".encode())
    engine = Engine("false")
    builder = Builder(engine, _found={"a:1": "a:1", OURS: "ours"})
    with pytest.raises(Fault) as fault:
        builder.build(dockerfile, tmp_path, tmp_path / "Dockerfile", Guard(engine, Bounds()))
    assert (fault.value.seen.text, fault.value.seen.values) == ("base-ours", {"image": OURS})


def test_what_takes_minutes_is_announced_before_it_starts(tmp_path, monkeypatch):
    """Once for each base image, which is then known."""
    events = []
    monkeypatch.setattr(building, "run_bounded", lambda command, _: events.append(command[1]) or (0, command[2], ""))
    monkeypatch.setattr(building, "run_build", lambda *_: events.append("build") or (1, "failed"))
    monkeypatch.setattr(Engine, "inspect", lambda *_: {"Config": {}})
    builder = Builder(Engine("false"), lambda name, /, **values: events.append((name, values)))
    for _ in range(2):
        with pytest.raises(Fault, match="build-failed"):
            builder.build(read_dockerfile(b"FROM a:1\n"), tmp_path, tmp_path / "Dockerfile", Guard(None, Bounds()))
    built = [("building", {"minutes": "15"}), "build"]
    assert events == [("looking", {"image": "a:1", "minutes": 15}), "scripts/pick-base", *built, *built]
