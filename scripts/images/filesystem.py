"""Stacks the layers of an image, and tells what each one added, changed and removed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from .saved_files import Layer
from .tar_stream import Entry, Limits
from .tree import OPAQUE, Node, Tree, is_metadata, removed_path, walk

ADDED, CHANGED, REMOVED = "+", "~", "-"


@dataclass(frozen=True, slots=True)
class Change:
    """What a layer did to a path; `size` in bytes, of what was removed for a removal."""

    mark: str
    path: str
    size: int
    entry: Entry


@dataclass
class Summary:
    """What a layer did, and what became of it. Sizes are bytes of files."""

    size: int = 0
    shadowed: int = 0  # replaced or removed by later layers, or by this one
    counts: dict[str, int] = field(default_factory=lambda: {ADDED: 0, CHANGED: 0, REMOVED: 0})
    changes: list[Change] = field(default_factory=list)


@dataclass
class Stack:
    """The layers on top of each other: one summary per layer, and the files of the image."""

    summaries: list[Summary]
    tree: Tree

    def files(self) -> Iterator[tuple[str, Entry, int]]:
        """Yields each path of the image, in order, with its member and the number of its layer, from 1."""
        for path, node in walk(self.tree.root):
            if path and node.entry:
                yield path, node.entry, node.layer


def stack_layers(layers: list[Layer], keep: frozenset[int] = frozenset(), limits: Limits | None = None) -> Stack:
    """Stacks the layers; the summaries of those in `keep` (numbers from 1) hold each change, the others the counts."""
    tree = Tree(limits or Limits())
    summaries = []
    for number, layer in enumerate(layers, 1):
        summary = Summary(size=sum(entry.size for entry in layer.entries if not is_metadata(entry)))
        for change in _apply(tree, layer.entries, number):
            summary.counts[change.mark] += 1
            if number in keep:
                summary.changes.append(change)
        summaries.append(summary)
    left = [0] * len(layers)
    for _, node in walk(tree.root):
        if node.entry:
            left[node.layer - 1] += node.entry.size
    for summary, size in zip(summaries, left, strict=True):
        summary.shadowed = summary.size - size
    return Stack(summaries, tree)


def _apply(tree: Tree, entries: list[Entry], number: int) -> Iterator[Change]:
    """Applies a layer: removals first, since they concern the layers below, wherever they stand in the tar."""
    for entry in entries:
        folder, _, name = entry.path.rpartition("/")
        if name == OPAQUE:
            node = tree.find(folder)
            for child in sorted(node.children) if node else []:
                yield from _removals(tree, f"{folder}/{child}" if folder else child)
        elif (path := removed_path(entry)) is not None:
            yield from _removals(tree, path)
    for entry in entries:
        if not entry.path or is_metadata(entry):
            continue
        before = tree.find(entry.path)
        mark = _mark(before, entry, number)
        if before and entry.kind != "directory":
            for path, node in walk(before, entry.path):
                if node is not before and node.entry and node.layer != number:
                    yield Change(REMOVED, path, node.entry.size, node.entry)
        tree.add(entry.path, entry, number)
        if mark:
            yield Change(mark, entry.path, entry.size, entry)


def _mark(before: Node | None, entry: Entry, number: int) -> str:
    """Tells an addition from a change; "" for neither.

    A directory that is as it was only leads to what changed below it. Any other member is a change: its bytes are in
    the layer once more, even where they are the same.
    """
    if before is None:
        return ADDED
    if before.layer == number and before.entry:
        return ""
    if entry.kind == "directory" and (before.entry is None or before.entry == entry):
        return ""
    return CHANGED


def _removals(tree: Tree, path: str) -> Iterator[Change]:
    node = tree.remove(path) if path else None
    for name, removed in walk(node, path) if node else []:
        if removed.entry:
            yield Change(REMOVED, name, removed.entry.size, removed.entry)
