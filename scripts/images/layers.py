"""Takes an image apart: what each layer added, changed and removed, the biggest files, and wasted space.

python3 -m scripts.images.layers [--json] [--tree N|all] [--image NAME] (FILE | --save COMMAND…)

FILE is a tar of `docker save` or `podman save`, also compressed by gzip, or - for standard input. COMMAND writes such
a tar to its standard output. Nothing is unpacked to the disk. Status 1 and one line if the archive is refused.

--json prints one object; sizes in bytes, paths relative to the root of the image:

    {"names": ["microblog:optimized"], "platform": "linux/amd64",
     "size": …, "gzip_size": …|null,          all layers; as a registry holds them, where they are compressed
     "shadowed": …,                           bytes that later layers replace or remove
     "efficiency": 0.98, "wasted": …,         as dive defines them (efficiency.py)
     "layers": [{"digest": "sha256:…", "instruction": "RUN …", "size": …, "tar_size": …, "gzip_size": …|null,
                 "shadowed": …, "added": 3, "changed": 1, "removed": 0}, …],       the lowest first
     "biggest": [{"path": "usr/bin/x", "size": …, "layer": 2}, …],                 of the files that are there
     "wasteful": [{"path": "var/lib/x", "bytes": …, "occurrences": 2}, …]}         of what wasted counts
"""

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from .archive import Image, read_image
from .efficiency import measure_efficiency
from .filesystem import ADDED, CHANGED, REMOVED, Change, Stack, stack_layers
from .tar_stream import Refused, printable

SAVE_SECONDS = 1800
SHOWN = 10


@contextlib.contextmanager
def saved(command: list[str]) -> Iterator[BinaryIO]:
    """Gives the output of a command such as `docker save IMAGE`; refused with its own words if it fails."""
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process,  # noqa: S603
    ):
        output = cast(BinaryIO, process.stdout)
        watchdog = threading.Timer(SAVE_SECONDS, process.kill)
        watchdog.start()
        try:
            yield output
        except Refused:
            # A command that fails ends its output early.
            if not output.read(1) and process.wait():
                errors.seek(0)
                lines = errors.read().decode("utf-8", "replace").strip().splitlines()
                reason = lines[-1].removeprefix("Error response from daemon: ") if lines else f"{command[0]} failed"
                raise Refused(reason) from None
            raise
        finally:
            process.kill()
            watchdog.cancel()


def describe(image: Image, stack: Stack) -> dict[str, Any]:
    """Returns what --json prints."""
    efficiency = measure_efficiency(image.layers)
    compressed = [layer.gzip_size for layer in image.layers if layer.gzip_size is not None]
    biggest = sorted(((e.size, path, layer) for path, e, layer in stack.files() if e.size), key=lambda f: (-f[0], f[1]))
    return {
        "names": [printable(name) for name in image.names],
        "platform": "/".join(printable(image.config[key].text) or "?" for key in ("os", "architecture")),
        "size": sum(summary.size for summary in stack.summaries),
        "gzip_size": sum(compressed) if len(compressed) == len(image.layers) else None,
        "shadowed": sum(summary.shadowed for summary in stack.summaries),
        "efficiency": efficiency.score,
        "wasted": efficiency.wasted,
        "layers": [
            {
                "digest": layer.digest,
                "instruction": printable(layer.instruction),
                "size": summary.size,
                "tar_size": layer.tar_size,
                "gzip_size": layer.gzip_size,
                "shadowed": summary.shadowed,
                "added": summary.counts[ADDED],
                "changed": summary.counts[CHANGED],
                "removed": summary.counts[REMOVED],
            }
            for layer, summary in zip(image.layers, stack.summaries, strict=True)
        ],
        "biggest": [{"path": printable(path), "size": size, "layer": layer} for size, path, layer in biggest[:SHOWN]],
        "wasteful": [
            {"path": printable(path), "bytes": found.total, "occurrences": found.count}
            for path, found in efficiency.paths[:SHOWN]
            if found.total
        ],
    }


def readable(size: int) -> str:
    """Returns a size in the units that engines use, which are powers of 1000."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:,.1f} MB"


def counted(layers: list[Any]) -> str:
    """Returns the number of layers, in words."""
    return "1 layer" if len(layers) == 1 else f"{len(layers)} layers"


def print_report(report: dict[str, Any]) -> None:
    """Prints the tables for people; a long instruction is cut at the edge of the terminal."""
    layers = report["layers"]
    print(f"{', '.join(report['names']) or 'An image without a name'} ({report['platform']})")
    print(f"{counted(layers)}, {readable(report['size'])}\n")
    print(f"{'#':>3} {'size':>10} {'shadowed':>10} {'added':>7} {'changed':>7} {'removed':>7}  instruction")
    width = max(20, shutil.get_terminal_size((120, 24)).columns - 51)
    for number, layer in enumerate(layers, 1):
        text = layer["instruction"]
        print(
            f"{number:>3} {readable(layer['size']):>10} {readable(layer['shadowed']):>10} {layer['added']:>7}"
            f" {layer['changed']:>7} {layer['removed']:>7}  {text if len(text) <= width else text[: width - 1] + '…'}"
        )
    print("\nBiggest files")
    for file in report["biggest"]:
        print(f"{readable(file['size']):>14}  /{file['path']} (layer {file['layer']})")
    print("\nIn several layers")
    for path in report["wasteful"]:
        print(f"{readable(path['bytes']):>14}  /{path['path']} ({path['occurrences']} times)")
    print(f"{readable(report['shadowed']):>14}  shadowed: replaced or removed by later layers")
    print(f"{readable(report['wasted']):>14}  wasted as dive counts, with the copies that are still there")
    print(f"{report['efficiency']:>14.1%}  efficiency as dive counts")


def print_tree(number: int, changes: list[Change]) -> None:
    """Prints the changes of a layer, below their folders."""
    print(f"\nLayer {number}: {ADDED} added, {CHANGED} changed, {REMOVED} removed")
    above: list[str] = []
    for change in sorted(changes, key=lambda change: change.path.split("/")):
        parts = change.path.split("/")
        for depth in range(len(parts) - 1):
            if parts[: depth + 1] != above[: depth + 1]:
                print(f"{'':14}{'  ' * depth}{printable(parts[depth])}/")
        entry = change.entry
        name = printable(parts[-1]) + ("/" if entry.kind == "directory" else "")
        arrow = f" → {printable(entry.target)}" if entry.target else ""
        size = readable(change.size) if change.size else ""
        print(f"{change.mark} {size:>10}  {'  ' * (len(parts) - 1)}{name}{arrow}")
        above = parts


def main() -> None:
    """Reads the command line and the archive, and prints what was asked for."""
    parser = argparse.ArgumentParser(prog="layers", allow_abbrev=False)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tree", default="")
    parser.add_argument("--image", default="")
    parser.add_argument("--save", nargs=argparse.REMAINDER)
    parser.add_argument("file", nargs="?")
    options = parser.parse_args()
    try:
        if options.save:
            with saved(options.save) as file:
                image = read_image(file, options.image)
        elif options.file == "-":
            image = read_image(sys.stdin.buffer, options.image)
        else:
            with open(options.file, "rb") as file:
                image = read_image(file, options.image)
        every = range(1, len(image.layers) + 1)
        chosen = [number for number in every if options.tree in ("all", str(number))]
        if options.tree and not chosen:
            raise Refused(f"TREE={options.tree} is not a layer; give a number from 1 to {len(every)}, or all")
        stack = stack_layers(image.layers, frozenset(chosen))
        report = describe(image, stack)
    except (Refused, OSError) as error:
        sys.exit(f"error: {printable(str(error))}")
    # As other commands do, end on a reader that has seen enough, such as head.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if options.json:
        print(json.dumps(report, indent=2, ensure_ascii=False))
        return
    print_report(report)
    for number in chosen:
        print_tree(number, stack.summaries[number - 1].changes)


if __name__ == "__main__":
    main()
