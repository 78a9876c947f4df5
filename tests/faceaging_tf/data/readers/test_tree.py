"""Files below a folder, a zip and a URL."""

import os
import pickle
import zipfile

import fsspec
import pytest

from faceaging_tf.data.readers import ReaderError, Tree

NAMES = ["a.jpg", "below/b.png", "below/new\nline.jpg", "面孔/岁.jpg"]


def zip_of(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


@pytest.fixture(params=["folder", "zip", "memory", "zip at a URL"])
def place(request, tmp_path, write):
    """The same four files as a folder, a zip, in memory, and as a zip there."""
    if request.param == "folder":
        return write({name: name for name in NAMES})
    packed = zip_of(tmp_path / "faces.zip", NAMES)
    if request.param == "zip":
        return packed
    memory = fsspec.filesystem("memory")
    root = f"/{tmp_path.name}"
    memory.pipe(
        {f"{root}/{name}": name.encode() for name in NAMES}
        if request.param == "memory"
        else {f"{root}.zip": packed.read_bytes()}
    )
    return f"memory:/{root}" + (".zip" if request.param != "memory" else "")


def test_files_are_listed_by_relative_names(place):
    assert Tree(place).files() == sorted(NAMES) and Tree(place).problems == []


def test_files_are_read_and_opened(place):
    tree = Tree(place)
    assert (
        tree.read("面孔/岁.jpg") == "面孔/岁.jpg".encode()
        and tree.read("below/new\nline.jpg") == b"below/new\nline.jpg"
    )
    with tree.open("a.jpg") as file:
        assert file.read(1) == b"a"


def test_what_is_not_there(place):
    tree = Tree(place)
    assert tree.exists("a.jpg") and not tree.exists("below") and not tree.exists("b.png")
    with pytest.raises(ReaderError, match="holds no file 'b.png'"):
        tree.read("b.png")


def test_a_tree_can_be_sent_to_another_process(place):
    tree = Tree(place)
    tree.read("a.jpg")
    sent = pickle.loads(pickle.dumps(tree))
    assert sent.files() == tree.files() and sent.read("a.jpg") == b"a.jpg"


def test_a_zip_that_was_open_when_the_process_forked_is_opened_again(tmp_path):
    tree = Tree(zip_of(tmp_path / "faces.zip", NAMES))
    tree.read("a.jpg")
    before = tree._place
    child = os.fork()
    if child == 0:
        os._exit(0 if tree.read("a.jpg") == b"a.jpg" and tree._place is not before else 1)
    assert os.waitpid(child, 0)[1] == 0 and tree._place is before


def test_hidden_files_and_litter_are_not_listed(tree_of):
    tree = tree_of(
        ["a.jpg", ".DS_Store", "._a.jpg", ".git/b.jpg", "__MACOSX/a.jpg", "x/Thumbs.db", "x/c.jpg"]
    )
    assert tree.files() == ["a.jpg", "x/c.jpg"]


def test_a_circle_of_links_ends_and_is_told(write):
    folder = write(["a/x.jpg", "b/y.jpg"])
    (folder / "a/up").symlink_to(folder)
    (folder / "b/self").symlink_to(folder / "b")
    tree = Tree(folder)
    assert tree.files() == ["a/x.jpg", "b/y.jpg"]
    assert [name for name, _ in tree.problems] == [
        "a/up",
        "b/self",
    ] and "leads back" in tree.problems[0][1]


def test_a_link_to_a_folder_elsewhere_is_followed(write, tmp_path):
    folder = write(["a/x.jpg"])
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/y.jpg").write_bytes(b"y")
    (folder / "linked").symlink_to(tmp_path / "elsewhere")
    assert (
        Tree(folder).files() == ["a/x.jpg", "linked/y.jpg"]
        and Tree(folder).read("linked/y.jpg") == b"y"
    )


def test_a_link_to_nothing_and_a_link_to_itself_are_told(write):
    folder = write(["a.jpg"])
    (folder / "lost.jpg").symlink_to("gone.jpg")
    (folder / "self.jpg").symlink_to("self.jpg")
    tree = Tree(folder)
    assert tree.files() == ["a.jpg"]
    assert (
        tree.problems[0] == ("lost.jpg", "the link leads nowhere")
        and tree.problems[1][0] == "self.jpg"
    )


def test_a_pipe_is_told_and_never_opened(write):
    folder = write(["a.jpg"])
    os.mkfifo(folder / "pipe.jpg")
    tree = Tree(folder)
    assert tree.files() == ["a.jpg"] and tree.problems == [
        ("pipe.jpg", "it is neither a file nor a folder")
    ]
    with pytest.raises(ReaderError, match="holds no file"):
        tree.read("pipe.jpg")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_told(write):
    folder = write(["a.jpg", "closed/b.jpg"])
    (folder / "closed").chmod(0)
    tree = Tree(folder)
    files, problems = tree.files(), tree.problems
    (folder / "closed").chmod(0o700)
    assert files == ["a.jpg"] and problems[0][0] == "closed" and "may not be read" in problems[0][1]


def test_bytes_that_are_no_utf8_are_kept(write):
    folder = write(["a.jpg"])
    name = os.fsdecode(b"caf\xe9.jpg")
    (folder / name).write_bytes(b"e")
    tree = Tree(folder)
    assert tree.files() == ["a.jpg", name] and tree.read(name) == b"e"


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 and then nothing"])
def test_a_damaged_zip_is_a_sentence(tmp_path, content):
    (tmp_path / "faces.zip").write_bytes(content)
    with pytest.raises(ReaderError, match="is no zip that can be read .*copy it again"):
        Tree(tmp_path / "faces.zip")


def test_a_damaged_file_in_a_zip_is_a_sentence(tmp_path):
    path = zip_of(tmp_path / "faces.zip", ["a.jpg"])
    path.write_bytes(path.read_bytes().replace(b"a.jpga.jpg", b"a.jpgXXXXX"))
    with pytest.raises(ReaderError, match="'a.jpg' in .* cannot be read"):
        Tree(path).read("a.jpg")


def test_names_that_lead_out_of_a_zip_are_told_and_not_listed(tmp_path):
    tree = Tree(zip_of(tmp_path / "faces.zip", ["a.jpg", "../b.jpg", "/c.jpg"]))
    assert tree.files() == ["a.jpg"] and tree.problems == [
        (name, "the name leads out of the zip") for name in ("../b.jpg", "/c.jpg")
    ]


def test_a_name_that_begins_with_a_zero_byte_is_not_listed(tmp_path):
    entry = zipfile.ZipInfo("me.png")
    entry.filename = "\0me.png"
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(entry, b"x")
    assert Tree(tmp_path / "a.zip").files() == []


def test_what_unpacks_to_far_more_than_it_is_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("me.png", bytes(2**26 + 1))
        archive.writestr("words.txt", bytes(2**20))
    tree = Tree(tmp_path / "a.zip")
    with pytest.raises(ReaderError, match="me.png has 0.1 MB and would unpack to 67"):
        tree.read("me.png")
    assert len(tree.read("words.txt")) == 2**20


def test_two_files_of_one_name_in_a_zip_are_told(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zip_of(tmp_path / "faces.zip", ["a.jpg", "a.jpg"])
    assert Tree(path).files() == ["a.jpg"] and "two files of this name" in Tree(path).problems[0][1]


@pytest.mark.parametrize(
    "location, sentence",
    [
        ("nowhere", "There is nothing at"),
        ("memory://nowhere", "There is nothing at"),
        ("nosuch://x", "cannot be opened"),
    ],
)
def test_nothing_at_a_place_is_a_sentence(tmp_path, location, sentence):
    with pytest.raises(ReaderError, match=sentence):
        Tree(location if "://" in location else tmp_path / location).files()


def test_a_file_is_no_place(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"a")
    with pytest.raises(ReaderError, match="neither a folder nor a zip"):
        Tree(tmp_path / "a.jpg")
