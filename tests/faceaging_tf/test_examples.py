"""Every example in a docstring of either package runs and gives what it says."""

import doctest
import importlib.util
import json
import pathlib
import pkgutil
import re
import shutil

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

import faceaging_tf
import zoo

ROOT = pathlib.Path(faceaging_tf.__file__).parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def modules():
    for package in (faceaging_tf, zoo):
        yield package.__name__
        yield from (
            module.name
            for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        )


# Importing `zoo.__main__` runs the command.
NAMES = [name for name in modules() if name != "zoo.__main__"]


def source_of(name):
    path = ROOT.joinpath(*name.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(
        encoding="utf-8"
    )


def examples_of(name):
    return [
        test
        for test in doctest.DocTestFinder().find(importlib.import_module(name), name)
        if test.examples
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert failed == 0


@pytest.mark.parametrize("name", NAMES)
def test_no_example_is_out_of_reach_in(name):
    written = re.findall(r"^\s*>>> ", source_of(name), re.MULTILINE)
    assert sum(len(test.examples) for test in examples_of(name)) == len(written)


def is_skipped(example):
    return example.options.get(doctest.SKIP, False)


def write_video(path, pixels, frames):
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width = pixels.shape[:2]
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels))))
        container.mux(stream.encode())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what the longer examples read: a photo, a video of five seconds, an exported
    model, a run.
    """
    folder = tmp_path_factory.mktemp("examples")
    Image.fromarray(astronaut()).save(folder / "me.jpg")
    if importlib.util.find_spec("av"):
        write_video(folder / "me.mp4", astronaut()[::2, ::2], frames=125)
    zoo.load("fagan_mobile").export_to(folder / "fagan.tflite", precision="float16")
    (folder / "runs" / "fagan").mkdir(parents=True)
    rows = [{"step": step, "seconds": 1.0, "age": 2.0 / step} for step in (100, 200)]
    (folder / "runs" / "fagan" / "log.jsonl").write_text(
        "".join(json.dumps(row) + "\n" for row in rows)
    )
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if "+SKIP" in source_of(name)])
def test_the_longer_examples_of(name, folder, tmp_path, monkeypatch):
    if name.startswith("faceaging_tf.video"):
        pytest.importorskip("av", reason="the video extra is not installed")
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    face = np.asarray(Image.open("me.jpg").crop((150, 30, 300, 180)).resize((128, 128)))
    given = {
        "face": face,
        "faces": np.stack([face, face]),
        "model": zoo.load("cyclegan", weights=None),
    }
    for test in examples_of(name):
        if not any(map(is_skipped, test.examples)):
            continue
        for example in test.examples:
            example.options.pop(doctest.SKIP, None)
        test.globs.update(given)
        # Where it is made anew, the file that the fixture made is in the way.
        if any("export" in example.source for example in test.examples):
            (tmp_path / "fagan.tflite").unlink(missing_ok=True)
        assert doctest.DocTestRunner(optionflags=FLAGS).run(test).failed == 0
