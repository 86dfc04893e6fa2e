"""Reads what the builders print: the steps of a build, those from the cache, and why a build failed."""

import re

# BuildKit: "#7 [stage-0  2/11] RUN …", "#7 [ 2/11] RUN …" without a name, then "#7 CACHED".
BUILDKIT_STEP = re.compile(r"^#(\d+) \[(?:\S+ )? *\d+/\d+\] (?!FROM )", re.MULTILINE)
BUILDKIT_CACHED = re.compile(r"^#(\d+) CACHED$", re.MULTILINE)
# The legacy builder: "Step 2/9 : RUN …"; Buildah: "STEP 2/9: RUN …", after [1/2] in a build of several stages.
STEP = re.compile(r"^(?:\[\d+/\d+\] )?(?:Step|STEP) \d+/\d+ ?: (?!FROM )", re.MULTILINE)
CACHED = re.compile(r"^ *--+> Using cache", re.MULTILINE)


def count_steps(log: str) -> tuple[int, int]:
    """Returns the number of steps without FROM, and how many of them came from the cache."""
    if steps := set(BUILDKIT_STEP.findall(log)):
        return len(steps), len(steps & set(BUILDKIT_CACHED.findall(log)))
    return len(STEP.findall(log)), len(CACHED.findall(log))


def failure(log: str) -> str:
    """Returns why scripts/build failed, in one line: its own reason, or the builder's last line."""
    log = re.sub(r"\x1b\[[0-9;]*m", "", log)  # colours
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    if errors and not errors[-1].startswith("could not build"):
        return errors[-1]
    told = [line for line in lines if not line.startswith(("+ ", "error: could not build", "make: "))]
    return told[-1] if told else "the build failed without a word"
