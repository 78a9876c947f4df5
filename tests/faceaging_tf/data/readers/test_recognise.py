"""Which layout a dataset has, the real samples, and what readers may import."""

import ast
import importlib
import pathlib
import pkgutil

import pytest

from faceaging_tf.data import readers
from faceaging_tf.data.readers import READERS, ReaderError, Tree, find, recognise

RAW = pathlib.Path(__file__).parents[5] / "shared/data/raw"
real = pytest.mark.skipif(
    not RAW.exists(), reason="the samples of the real datasets are not at ../shared/data/raw"
)
EXAMPLES = {
    "faces_csv": {"faces.csv": "file,age\n0.webp,3\n", "0.webp": b"."},
    "fairface": {
        "fairface_label_val.csv": "file,age,gender,race,service_test\nval/1.jpg,3-9,Male,Black,True\n",
        "val/1.jpg": b".",
    },
    "appa_real": {
        "gt_avg_train.csv": "file_name,num_ratings,apparent_age_avg,apparent_age_std,real_age\n",
        "train/000000.jpg": b".",
    },
    "ffhq_aging": {
        "ffhq_aging_labels.csv": "image_number,age_group,gender\n",
        "00000/00000.png": b".",
    },
    "imdb_wiki": {"wiki_crop/wiki.mat": b".", "wiki_crop/17/10000217_1981-05-05_2009.jpg": b"."},
    "utkface": {"35_1_2_20170109142408075.jpg.chip.jpg": b"."},
    "agedb": {"0_MariaCallas_35_f.jpg": b"."},
    "cacd": {"CACD2000/53_Robin_Williams_0001.jpg": b"."},
    "morph": {"Album2/000102_00M41.JPG": b"."},
    "all_age_faces": {"00057A02.jpg": b"."},
    "fg_net": {"images/001A43a.JPG": b"."},
    "folders": {"20-29/me.jpg": b"."},
}


@pytest.mark.parametrize("layout", EXAMPLES)
def test_each_layout_is_recognised(tree_of, layout):
    assert recognise(tree_of(EXAMPLES[layout])).name == layout


def test_every_layout_is_recognised_but_the_one_of_any_pictures():
    assert set(EXAMPLES) == set(READERS) - {"pictures"}


@pytest.mark.parametrize("layout", [name for name in READERS if READERS[name].kind == "names"])
def test_names_belong_to_one_layout_only(tree_of, layout):
    tree = tree_of(EXAMPLES[layout])
    assert [reader.name for reader in READERS.values() if reader.recognises(tree)] == [layout]


def test_label_files_come_before_names(tree_of):
    tree = tree_of(
        {
            "faces.csv": "file,age\n35_1_2_20170109142408075.jpg,3\n",
            "35_1_2_20170109142408075.jpg": b".",
        }
    )
    assert recognise(tree).name == "faces_csv"


def test_names_come_before_folders(tree_of):
    assert (
        recognise(tree_of(["1/53_Robin_Williams_0001.jpg", "2/23_Katie_Findlay_0011.jpg"])).name
        == "cacd"
    )


def test_most_files_win(tree_of):
    assert (
        recognise(tree_of(["001A02.JPG", "00057A02.jpg", "00059A02.jpg"])).name == "all_age_faces"
    )
    assert recognise(tree_of(["001A05.JPG", "001A08.JPG", "001A10.JPG"])).name == "fg_net"


def test_a_few_misnamed_pictures_do_not_hide_a_layout(tree_of):
    assert recognise(tree_of(["001A02.JPG", "001A05.JPG", "me.jpg"])).name == "fg_net"


def test_a_single_name_does_not_make_a_layout(tree_of):
    with pytest.raises(ReaderError, match="no layout that is known"):
        recognise(tree_of(["001A02.JPG", "a.jpg", "b.jpg"]))


def test_an_unknown_layout_is_a_sentence_with_what_to_do(tree_of):
    with pytest.raises(
        ReaderError,
        match="holds 1 pictures, such as 'me.jpg'.*Looked for: faces.csv.*--layout NAME \\(faces_csv, .*pictures where nothing is known.*a table of your own",
    ):
        recognise(tree_of(["me.jpg"]))


def test_a_place_without_pictures_is_a_sentence(tree_of):
    with pytest.raises(ReaderError, match="holds no pictures: 1 files"):
        recognise(tree_of(["notes.txt"]))


@pytest.mark.parametrize("name", ["FG-NET", "fg_net", " Fg Net "])
def test_layouts_are_found_by_name(name):
    assert find(name).name == "fg_net"


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("utkfaces", "did you mean utkface"),
        ("xyz", "there are faces_csv, "),
        ("csv", "say which file it is"),
    ],
)
def test_unknown_layouts_are_a_sentence(name, sentence):
    with pytest.raises(ReaderError, match=sentence):
        find(name)


@real
def test_all_of_the_real_utkface_is_accounted_for():
    tree = Tree(RAW / "UTKFace")
    sources = list(recognise(tree).read(tree))
    assert len(sources) == 234 and [source.file for source in sources] == tree.files()
    malformed = [source for source in sources if source.problem]
    assert [source.file for source in malformed] == [
        "39_1_20170116174525125.jpg.chip.jpg",
        "61_1_20170109142408075.jpg.chip.jpg",
    ]
    for source in sources:
        if not source.problem:
            age, sex, *_ = source.file.split("_")
            assert (
                source.age_min == source.age_max == int(age)
                and source.sex == {"0": "male", "1": "female"}[sex]
            )


@real
def test_all_of_the_real_all_age_faces_is_accounted_for():
    tree = Tree(RAW / "AAF")
    reader = recognise(tree)
    sources = list(reader.read(tree))
    assert (
        reader.name == "all_age_faces"
        and len(sources) == 63
        and not any(source.problem for source in sources)
    )
    for source in sources:
        assert source.age_min == source.age_max == int(source.file[6:8])
        assert source.sex == ("female" if int(source.file[:5]) <= 7380 else "male")
    assert len({source.person for source in sources}) == 63


@pytest.mark.parametrize(
    "module", [module.name for module in pkgutil.iter_modules(readers.__path__)]
)
def test_readers_import_nothing_heavy(module):
    path = importlib.import_module(f"faceaging_tf.data.readers.{module}").__file__
    imported = set()
    for node in ast.walk(ast.parse(pathlib.Path(path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)
    assert not [
        name
        for name in imported
        if name.partition(".")[0] in ("tensorflow", "keras", "jax", "zoo", "PIL")
    ]
    assert all(
        name == "faceaging_tf.errors" or name.startswith("faceaging_tf.data.")
        for name in imported
        if name.startswith("faceaging_tf")
    )
