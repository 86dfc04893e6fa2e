"""make accept and make check, an image of very many files or volumes: none is searched for again. No engine."""

from types import SimpleNamespace

import pytest

from scripts.checking.subject import held_by
from scripts.contract.files import find_writable
from scripts.contract.tree import File, Identity, Tree
from scripts.images.saved_files import Layer


class Counted(dict):
    """Files that count how often they are gone through."""

    walks = 0

    def __iter__(self):
        self.walks += 1
        return super().__iter__()

    def items(self):
        self.walks += 1
        return super().items()


class Volume(str):
    """The path of a volume, which counts how often it is read."""

    reads = 0

    def rstrip(self, characters):
        Volume.reads += 1
        return super().rstrip(characters)


class Counting(Identity):
    """A user who counts the questions."""

    questions = 0

    def may_write(self, file):
        Counting.questions += 1
        return super().may_write(file)


def files(*paths):
    return Counted({path: File(path, "." not in path, 0o644, 0, 0) for path in paths})


def test_many_folders_like_that_of_the_application_are_looked_up():
    tree = Tree(files(*(f"/x/{number}/app" for number in range(500)), "/srv/app", "/srv/microblog.py"))
    assert tree.application("/") == "/srv"
    assert tree.files.walks <= 2


@pytest.mark.parametrize(
    ("paths", "working_directory", "folder"),
    [
        (["/a/b/app", "/a/b/microblog.py", "/c/app", "/c/microblog.pyc"], "/", "/c"),
        (["/a/b/app", "/a/b/microblog.py", "/c/app", "/c/microblog.pyc"], "/a/b/", "/a/b"),
        (["/app", "/microblog.py"], "", "/"),
        (["/a/app", "/b/microblog.py"], "/a", None),
        (["/a/myapp", "/a/microblog.py"], "/a", None),
    ],
)
def test_folder_of_the_application_is_found(paths, working_directory, folder):
    assert Tree(files(*paths)).application(working_directory) == folder


def trial(paths, volumes=(), mode=0o666, processes=1):
    """Returns what a trial knows of an image whose server has so many processes."""
    found = {path: File(path, "." not in path, mode, 0, 0) for path in paths}
    identities = [(Counting(1000, frozenset({1000})), f"worker {number}") for number in range(processes)]
    return SimpleNamespace(
        folder="/srv", tree=Tree(found), identities=identities, volumes=volumes, data_folder=next(iter(volumes), None)
    )


@pytest.mark.parametrize(
    ("volumes", "writable"),
    [
        ((), ["/srv/app.py", "/srv/data/", "/srv/data/x/", "/srv/database/", "/"]),
        (("/srv/data/",), ["/srv/app.py", "/srv/database/", "/"]),
        (("/srv/data/x", "/srv/database"), ["/srv/app.py", "/srv/data/", "/"]),
        (("/",), []),
    ],
)
def test_files_in_a_volume_are_no_code(volumes, writable):
    paths = ("/srv/app.py", "/srv/data", "/srv/data/x", "/srv/database", "/srv/instance", "/")
    found, _ = find_writable(trial(paths, volumes))
    assert [path.replace("//", "/") for path in found if path != "/srv/instance/"] == writable


def test_many_volumes_are_looked_up():
    Volume.reads = 0
    volumes = [Volume(f"/volumes/{number}") for number in range(50)]
    find_writable(trial([f"/srv/{number}.py" for number in range(50)], volumes))
    assert Volume.reads <= len(volumes) + 1  # the first is also that of the data


def test_each_user_is_asked_once_for_a_file():
    Counting.questions = 0
    found, count = find_writable(trial([f"/srv/{number}.py" for number in range(50)], mode=0o644, processes=200))
    assert (found, count, Counting.questions) == ([], 50, 50)


class Entries(list):
    """Members of a layer, which count how often they are gone through."""

    walks = 0

    def __iter__(self):
        self.walks += 1
        return super().__iter__()


def test_layers_of_many_planted_files_are_looked_up():
    layers = [Layer(Entries(object() for _ in range(50)), f"sha256:{number}", 0, 0) for number in range(2)]
    found = [(".env", entry) for layer in layers for entry in layer.entries] + [("id_rsa", object())]
    for layer in layers:
        layer.entries.walks = 0
    assert held_by(layers, found) == [(".env", layers[0])] * 50 + [(".env", layers[1])] * 50
    assert [layer.entries.walks for layer in layers] == [1, 1]
