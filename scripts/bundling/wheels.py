"""Downloads the wheels that lock files name, for each Python and machine of a class: `wheels.py FOLDER LOCK…`.

The folder becomes a package index (PEP 503): FOLDER/flask/ has the wheels of Flask. Any web server that lists folders
serves it. pip checks the hashes of the lock files.
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# The images have 3.13, Ubuntu's 3.12. `make check` and others use the machine's own: Debian 12 has 3.11.
PYTHONS = {"x86_64": ("3.13", "3.12", "3.11", "3.14"), "aarch64": ("3.13", "3.12")}
GLIBC = range(5, 37)  # Debian 12 has 2.36
# Its linters are not all published for arm64.
X86_64_ONLY = "host-requirements.txt"


def requirements(lock: Path) -> Iterator[tuple[Requirement, str]]:
    """Yield each requirement of a lock file, with its options: the hashes."""
    text = re.sub(r"(?m)^\s*#.*\n", "", lock.read_text(encoding="utf-8"))
    for line in re.sub(r"\s*\\\n\s*", " ", text).splitlines():
        if line.strip():
            requirement, separator, hashes = line.partition(" --hash=")
            yield Requirement(requirement), separator + hashes


def rounds(locks: list[Path], python: str, machine: str, portable: set[str]) -> list[dict[str, str]]:
    """Return the requirements for this Python and machine, as lines by name, without those of `portable`.

    pip takes one version of a name at a time, so another version is in another round.
    """
    target = {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": "linux"}
    target |= {"os_name": "posix", "platform_system": "Linux", "platform_machine": machine}
    found: list[dict[str, str]] = [{}]
    for requirement, hashes in (each for lock in locks for each in requirements(lock)):
        name, line = canonicalize_name(requirement.name), f"{requirement.name}{requirement.specifier}"
        if requirement.marker and not requirement.marker.evaluate(dict(target)):
            continue
        if f"{name}{requirement.specifier}" in portable:
            continue
        if any(each.get(name, "").startswith(f"{line} ") for each in found):
            continue
        if all(name in each for each in found):
            found.append({})
        next(each for each in found if name not in each)[name] = line + hashes
    return found


def download(lines: list[str], python: str, machine: str, folder: Path) -> None:
    """Download the wheels of these requirements; pip prints what fails."""
    platforms = [f"--platform=manylinux_2_{minor}_{machine}" for minor in reversed(GLIBC)]
    platforms += [f"--platform=manylinux{old}_{machine}" for old in ("2014", "2010", "1")]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines))
        file.flush()
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary=:all:", "--require-hashes", f"--python-version={python}", "--implementation=cp"]
        subprocess.run([*command, *platforms, f"--dest={folder}", "-r", file.name], check=True)


def main(index: Path, locks: list[Path]) -> None:
    """Download for all targets, then move each wheel to the folder of its package."""
    index.mkdir()
    with tempfile.TemporaryDirectory(dir=index.parent) as temporary:
        files = Path(temporary)
        for machine, pythons in PYTHONS.items():
            own = [lock for lock in locks if machine == "x86_64" or lock.name != X86_64_ONLY]
            for python in pythons:
                there = (wheel.name.split("-") for wheel in files.glob("*-none-any.whl"))
                portable = {f"{canonicalize_name(name)}=={version}" for name, version, *_ in there}
                for group in filter(None, rounds(own, python, machine, portable)):
                    download(list(group.values()), python, machine, files)
        for wheel in files.iterdir():
            folder = index / canonicalize_name(wheel.name.split("-")[0])
            folder.mkdir(exist_ok=True)
            wheel.rename(folder / wheel.name)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    except subprocess.CalledProcessError:
        sys.exit(1)
