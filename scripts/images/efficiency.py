"""Wasted space and the efficiency of an image, as dive (github.com/wagoodman/dive) defines them.

Only what has nothing below it in its layer counts. A path costs the sizes that it has in all layers together, and would
cost the smallest of them. A removal counts as another occurrence: of no size for a file, and for a directory of the
size of everything in it.

- Wasted are the bytes of all paths that occur in more than one layer, with the copy that is still there.
- The efficiency is the sum of the smallest sizes divided by the sum of all sizes; 1 for an image without bytes.

Dive does not count opaque directories, and takes a directory for empty that no tar names; so does this.
"""

from dataclasses import dataclass

from .saved_files import Layer
from .tar_stream import Entry, Limits
from .tree import Tree, is_metadata, removed_path, walk


@dataclass
class Occurrences:
    """A path: how often it occurs, the bytes of all its occurrences, and those of the smallest."""

    count: int = 0
    total: int = 0
    smallest: int = 0

    def add(self, size: int) -> None:
        """Counts one more occurrence."""
        self.smallest = min(self.smallest, size) if self.count else size
        self.count += 1
        self.total += size


@dataclass
class Efficiency:
    """`score` from 0 to 1; `wasted` bytes; `paths` are those that occur more than once, the most wasteful first."""

    score: float
    wasted: int
    paths: list[tuple[str, Occurrences]]


def measure_efficiency(layers: list[Layer], limits: Limits | None = None) -> Efficiency:
    """Returns the efficiency of an image with these layers."""
    limits = limits or Limits()
    found: dict[str, Occurrences] = {}
    below = Tree(limits)
    for layer in layers:
        own = Tree(limits)
        for entry in layer.entries:
            if entry.path and (removed_path(entry) is not None or not is_metadata(entry)):
                own.add(entry.path, entry)
        for path, node in walk(own.root):
            if path and node.entry and not node.children:
                name, size = _occurrence(below, node.entry)
                found.setdefault(name, Occurrences()).add(size)
        _stack(below, own)
    total = sum(path.total for path in found.values())
    repeated = sorted(((name, path) for name, path in found.items() if path.count > 1), key=lambda item: -item[1].total)
    return Efficiency(
        sum(path.smallest for path in found.values()) / total if total else 1.0,
        sum(path.total for _, path in repeated),
        repeated,
    )


def _occurrence(below: Tree, entry: Entry) -> tuple[str, int]:
    """Returns the path that a member concerns, and the bytes that it costs there."""
    path = removed_path(entry)
    if path is None:
        return entry.path, entry.size
    removed = below.find(path)
    if removed and removed.entry and removed.entry.kind == "directory":
        return path, removed.total
    return path, 0


def _stack(below: Tree, own: Tree) -> None:
    """Puts a layer on top: removals first, then its paths, the folders that no member names too."""
    nodes = [(path, node) for path, node in walk(own.root) if path]
    removals = [removed_path(node.entry) if node.entry else None for _, node in nodes]
    for path in removals:
        if path is not None:
            below.remove(path)
    for (name, node), removal in zip(nodes, removals, strict=True):
        if removal is None:
            below.add(name, node.entry)
