"""A tree of files, as layers stack it: for each path the member that made it, and the bytes below it."""

from collections.abc import Iterator

from .tar_stream import Entry, Limits, Refused

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"


class Node:
    """A path; `entry` is None for a folder that no member names."""

    __slots__ = ("children", "entry", "layer", "total")

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.entry: Entry | None = None
        self.layer = 0  # the number of the layer that wrote it last
        self.total = 0  # bytes of it and of all below


class Tree:
    """The files of one layer, or of several on top of each other."""

    def __init__(self, limits: Limits) -> None:
        self.root = Node()
        self._limits = limits
        self._count = 0

    def find(self, path: str) -> Node | None:
        """Returns the node of a path."""
        node: Node | None = self.root
        for name in path.split("/") if path else []:
            node = node.children.get(name) if node else None
        return node

    def add(self, path: str, entry: Entry | None, layer: int = 0) -> Node:
        """Adds a path, or replaces what is there; what is not a directory has nothing below it."""
        nodes = [self.root]
        for name in path.split("/") if path else []:
            child = nodes[-1].children.get(name)
            if child is None:
                self._count += 1
                if self._count > self._limits.paths:
                    raise Refused(f"the image holds more than {self._limits.paths:,} paths")
                child = nodes[-1].children[name] = Node()
            nodes.append(child)
        node = nodes[-1]
        size = entry.size if entry else 0
        if entry and entry.kind != "directory":
            node.children = {}
            more = size - node.total
        else:
            more = size - (node.entry.size if node.entry else 0)
        node.entry, node.layer = entry, layer
        for above in nodes:
            above.total += more
        return node

    def remove(self, path: str) -> Node | None:
        """Removes a path with all below it; returns its node."""
        nodes = [self.root]
        for name in path.split("/"):
            child = nodes[-1].children.get(name)
            if child is None:
                return None
            nodes.append(child)
        del nodes[-2].children[path.rpartition("/")[2]]
        for above in nodes[:-1]:
            above.total -= nodes[-1].total
        return nodes[-1]


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yields the node and all below it with their paths, in order of their names."""
    waiting = [(path, node)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        for name in sorted(node.children, reverse=True):
            waiting.append((f"{path}/{name}" if path else name, node.children[name]))


def removed_path(entry: Entry) -> str | None:
    """Returns the path that a whiteout removes; None if it is no whiteout, or one of a whole directory's content."""
    folder, slash, name = entry.path.rpartition("/")
    if not name.startswith(WHITEOUT) or name.startswith(WHITEOUT * 2):
        return None
    return folder + slash + name.removeprefix(WHITEOUT)


def is_metadata(entry: Entry) -> bool:
    """Returns True for what tells the engine about other files, and is none itself."""
    return entry.path.rpartition("/")[2].startswith(WHITEOUT)
