"""Who imports whom: arrows point down the house, and only where the table says so."""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parents[1]

# What every room may import.
GROUND = {
    "arguments",
    "errors",
    "files",
    "guarding",
    "lazy",
    "manner",
    "optional",
    "resampling",
    "typing",
}
# Arrows within it.
WITHIN_GROUND = {("optional", "errors"), ("manner", "errors"), ("manner", "arguments")}
# The rooms of `faceaging_tf` from below, and which rooms each may import besides the ground; all of
# them stand further up in this table.
ROOMS = {
    "geometry": set(),
    "layers": set(),
    "losses": set(),
    "parallel": set(),
    "pictures": set(),
    "runtime": {"geometry"},
    "mobile": {"geometry"},
    "data": {"geometry", "pictures"},
    "networks": {"layers"},
    "teacher": {"geometry", "data"},
    "models": {"networks", "losses", "layers", "geometry"},
    "training": {"models", "networks", "losses", "layers", "teacher", "data", "parallel"},
    "photo": {"runtime", "geometry", "pictures", "parallel"},
    "video": {"photo", "runtime", "geometry"},
    "prepare": {"data", "geometry", "pictures", "parallel"},
    "evaluate/survey": set(),
    "evaluate": {"models", "networks", "teacher", "data", "geometry", "pictures", "mobile"},
    "export": {"models", "data", "geometry", "mobile"},
}
# Arrows that the table does not have, by the file that has them, each with its reason.
DEVIATIONS = {
    (
        "models/base.py",
        "export",
    ): "AgingModel.export_to is the verb that users look for on a model; it loads the exporters when it is called",
    (
        "teacher/atlas.py",
        "layers",
    ): "an atlas has the sizes of the maps of the layers that it is assigned to",
    (
        "teacher/relief.py",
        "layers",
    ): "relief has the window and the size of the maps of the layer that it is assigned to",
    (
        "teacher/growth.py",
        "layers",
    ): "growth has the spans of age and the size of the maps of the layer that it is assigned to",
    (
        "teacher/contrast.py",
        "layers",
    ): "contrast has the features and the size of the map of the layer that it is assigned to",
    (
        "video/keras_edits.py",
        "models",
    ): "the edit of a model of Keras, loaded where there is no exported file",
}


def imports(path):
    """The full names that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                # `from . import x`: this project has none, and a test says so.
                base = f"relative.{base}"
            yield from (f"{base}.{alias.name}" for alias in node.names)


def room_of(parts):
    """The room of a module by the parts of its name below `faceaging_tf`; "" for the package
    itself.
    """
    return next(
        (room for room in ("/".join(parts[:2]), *parts[:1]) if room in ROOMS or room in GROUND),
        "/".join(parts[:1]),
    )


def arrows(package):
    """Pairs of a file, relative to the package, and the room that it imports; "zoo" for the other
    package.
    """
    found = set()
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        own = room_of(parts)
        for name in imports(path):
            first, *rest = name.split(".")
            room = (
                room_of(rest)
                if first == "faceaging_tf"
                else first
                if first in ("zoo", "relative")
                else ""
            )
            if room not in ("", own, "__version__"):
                found.add((path.relative_to(package).as_posix(), own, room))
    return found


def refused(package):
    """The arrows that neither the table nor a deviation has."""
    return sorted(
        f"{file} imports {room}"
        for file, own, room in arrows(package)
        if not (
            room in ROOMS.get(own, ())
            or (room in GROUND and (own in ROOMS or (own, room) in WITHIN_GROUND))
            or (file, room) in DEVIATIONS
        )
    )


def test_the_table_names_every_room_and_points_down():
    package = ROOT / "faceaging_tf"
    folders = {
        path.parent.relative_to(package).as_posix() for path in package.glob("*/__init__.py")
    }
    assert folders == {room for room in ROOMS if "/" not in room}
    assert GROUND == {path.stem for path in package.glob("*.py")} - {"__init__"}
    order = list(ROOMS)
    assert [
        (room, below)
        for room, allowed in ROOMS.items()
        for below in allowed
        if order.index(below) >= order.index(room)
    ] == []


def test_no_file_imports_what_the_table_does_not_allow():
    assert refused(ROOT / "faceaging_tf") == []


def test_every_deviation_is_still_there():
    found = {(file, room) for file, _, room in arrows(ROOT / "faceaging_tf")}
    assert set(DEVIATIONS) <= found


@pytest.mark.parametrize(
    "file, line, said",
    [
        (
            "losses/age.py",
            "from faceaging_tf.models import CycleGAN",
            "losses/age.py imports models",
        ),
        ("data/corpus.py", "from faceaging_tf import photo", "data/corpus.py imports photo"),
        (
            "geometry/align.py",
            "def late():\n    import faceaging_tf.runtime.landmarks",
            "geometry/align.py imports runtime",
        ),
        (
            "evaluate/survey/store.py",
            "from faceaging_tf.evaluate import table",
            "evaluate/survey/store.py imports evaluate",
        ),
        ("export/bench.py", "import zoo", "export/bench.py imports zoo"),
        ("errors.py", "from faceaging_tf.data import FaceCorpus", "errors.py imports data"),
        ("layers/luminance.py", "from . import gaussian", "layers/luminance.py imports relative"),
    ],
)
def test_an_upward_import_is_found(file, line, said, tmp_path):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(f"{line}\n", encoding="utf-8")
    assert refused(tmp_path) == [said]
