"""make check, containers that the engine does not start: whether that is the submission's fault. No engine."""

import pytest

from scripts.checking.bounds import Bounds, Guard
from scripts.checking.relay import Network
from scripts.checking.subject import Subject
from scripts.checking.verdict import FAILED, NOT_JUDGED, Fault, Result, Unjudged
from scripts.contract.engine import Engine, EngineError


class Refusing(Engine):
    """An engine that starts nothing, for the reason `cli`."""

    def __call__(self, *arguments, seconds=0, both=False):
        raise EngineError(self.cli)


@pytest.fixture
def subject():
    """subject(why): a submission whose containers the engine does not start for this reason."""

    def subject(why):
        engine = Refusing(why)
        subject = Subject(
            engine, "a", network=lambda: Network("b", "c", ("127.0.0.1", 1)), guard=Guard(engine, Bounds())
        )
        subject._exported = (None, [])
        return subject

    return subject


@pytest.mark.parametrize(
    "why",
    [
        "NanoCPUs can not be set, as your kernel does not support CPU CFS scheduler or the cgroup is not mounted.",
        "OCI runtime create failed: runc create failed: unable to start container process: error during container init:"
        " openat2 /sys/fs/cgroup/user.slice/docker.scope/cpu.max: no such file or directory: unknown.",
        "crun: the requested cgroup controller `cpu` is not available: OCI runtime error",
        "crun: controller `cpu` is not available under /sys/fs/cgroup/a/cgroup.controllers: OCI runtime error",
    ],
)
def test_bound_that_the_engine_lacks_is_not_judged(subject, why):
    with pytest.raises(Unjudged) as unjudged:
        subject(why).launch()
    assert (unjudged.value.seen.text, unjudged.value.seen.values) == ("engine", {"why": why})
    assert not Result("starts", 1, NOT_JUDGED, unjudged.value.seen).is_final


@pytest.mark.parametrize(
    ("why", "cause"),
    [
        ('exec: "/cgroup/controller": stat /cgroup/controller: no such file or directory: unknown', "start-missing"),
        ('exec: "./boot.sh": permission denied: unknown', "start-permission"),
        ("invalid reference format", "start-refused"),
    ],
)
def test_command_that_the_engine_can_not_start_is_a_fault(subject, why, cause):
    with pytest.raises(Fault) as fault:
        subject(why).launch()
    assert fault.value.seen.text == cause
    assert Result("starts", 1, FAILED, fault.value.seen).is_final
