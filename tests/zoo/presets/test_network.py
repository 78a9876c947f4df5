"""The networks of a preset as a file without Keras: the same pictures, no copy of the weights, and
nothing that does not belong together.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys

import drawn_heads
import numpy as np
import pytest
import tiny

import zoo
from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.mobile import FileModel
from faceaging_tf.video.keras_edits import KerasEdits
from zoo import loading
from zoo.presets import files as preset_files
from zoo.presets import network as network_files

WITHOUT_KERAS = """
import sys
import numpy as np
import zoo
from faceaging_tf.photo import Face
from skimage.data import astronaut

points = np.array([[203.8, 100.4], [246.2, 103.3], [224.2, 127.4], [201.5, 138.3], [244.0, 141.0]])
face = Face(np.array([180.0, 60.0, 270.0, 170.0]), points, 1.0)
aged = zoo.age(
    astronaut(), 30, sys.argv[1], detector=lambda pixels: [face], futures=2, hair="grey"
)[1]
print(int((aged.pixels != astronaut()).sum()), sorted({"keras", "tensorflow"} & set(sys.modules)))
"""


VIDEO_WITHOUT_KERAS = """
import sys
import av
import numpy as np
from skimage.data import astronaut
from zoo.tasks.age_video import age_video

path = sys.argv[2] + "/me.mp4"
with av.open(path, "w") as file:
    stream = file.add_stream("libx264", rate=25, options={"crf": "10"})
    stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
    for shift in range(6):
        frame = np.ascontiguousarray(astronaut()[20:260, 60 + shift : 380 + shift])
        file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
    file.mux(stream.encode(None))
aged = age_video(path, 30, sys.argv[1])
print(aged.frames, len(aged.ages), sorted({"keras", "tensorflow"} & set(sys.modules)))
"""


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    """A preset with its file: weights of half precision, some arrays large enough to be left out of
    it.
    """
    generator = {**tiny.HEAD, "exemplars": 4, "relief_side": 48}
    model = tiny.randomized(tiny.whole_fagan(discriminator=None, generator=generator), seed=1)
    folder = zoo.save(
        model, tmp_path_factory.mktemp("quick") / "preset", entry="fagan", half_precision=True
    )
    network_files.write(folder)
    return folder


@pytest.fixture(scope="module")
def model(preset):
    return zoo.load(preset)


@pytest.fixture
def copy(preset, tmp_path):
    return shutil.copytree(preset, tmp_path / "copy")


def header_and_content(folder):
    header, content = gzip.decompress((folder / preset_files.NETWORK).read_bytes()).split(b"\n", 1)
    return json.loads(header), content


def smooth(number=3, size=32, light=1.0):
    """Smooth pictures: sampling along a flow makes much of a little of noise."""
    place = np.linspace(0, 3, size)
    waves = np.sin(
        place[None, :, None, None]
        + place[None, None, :, None]
        + np.arange(3 * number).reshape(number, 1, 1, 3)
    )
    return (light * (127.5 + 120 * waves)).astype("uint8")


@pytest.mark.parametrize("size", [32, 48, 20])
@pytest.mark.parametrize("light", [1.0, 0.2])
def test_it_ages_as_the_model_does(preset, model, size, light):
    file = loading.quick_model(preset)
    assert (
        isinstance(file, FileModel)
        and file.frame == model.frame == "whole_head"
        and file.image_size == 32
    )
    faces, years, ages = smooth(size=size, light=light), [30, -20, 12], [30.0, 60.0, 45.0]
    mask = np.tile(np.linspace(0, 1, size, dtype="float32"), (size, 1))
    for options in ({}, {"mask": mask}):
        found, expected = (
            each.transform(faces, years, ages, **options).astype(int) for each in (file, model)
        )
        # Hair of a dim picture greys by little.
        assert np.abs(found - expected).max() <= 2 and np.abs(expected - faces).max() > 3


def test_it_estimates_ages_as_the_model_does(preset, model):
    faces = smooth()
    np.testing.assert_allclose(
        loading.quick_model(preset).estimate_ages(faces), model.estimate_ages(faces), atol=0.05
    )


def test_what_the_weights_hold_is_not_in_it(preset):
    header, content = header_and_content(preset)
    relief = next(
        one
        for one in header["arrays"]
        if one["array"].startswith("aging_generator") and "relief" in one["array"]
    )
    # Four exemplars of 48 x 48 pixels, two bytes each.
    assert content[relief["at"] : relief["at"] + 4 * 48 * 48 * 2] == bytes(4 * 48 * 48 * 2)


@pytest.mark.parametrize(
    "manner", [{"strengths": {"hair": 0.5, "shape": 2}}, {"future": 2}, {"hair": "grey"}]
)
def test_a_manner_needs_no_keras_and_gives_the_same(preset, model, manner):
    file = loading.quick_model(preset, manner)
    assert isinstance(file, FileModel) and (file.parts, file.futures) == (model.parts, 4)
    given = draw_face(1, 30, model.image_size)[None]
    found = file.transform(given, 30, 35, **manner)
    assert np.abs(found.astype(int) - model.transform(given, 30, 35, **manner)).max() <= 2
    assert (found != file.transform(given, 30, 35)).any()


def test_what_a_file_of_an_earlier_version_does_not_know_is_done_by_keras(copy):
    file = loading.quick_model(copy)
    # Its note says nothing of parts.
    file.parts = ()
    assert loading.quick_model(copy) is file
    assert not isinstance(loading.quick_model(copy, {"future": 1}), FileModel)


def test_a_preset_without_the_file_is_keras(whole_preset):
    assert loading.needs_keras(whole_preset) and not isinstance(
        loading.quick_model(whole_preset), FileModel
    )


def test_it_is_kept_until_it_changes(preset, copy):
    first = loading.quick_model(copy)
    assert loading.quick_model(str(copy)) is first
    os.utime(copy / preset_files.NETWORK, ns=(1, 1))
    assert loading.quick_model(copy) is not first


@pytest.fixture(scope="module")
def edits(model):
    return KerasEdits(model)


@pytest.mark.parametrize("light", [1.0, 0.2])
def test_its_edit_of_a_face_is_the_models(preset, edits, light):
    file, largest = loading.quick_model(preset), []
    for face, years, age in zip(smooth(light=light), (30, -20, 12), (30, 60, 45), strict=True):
        (change, flow), (wanted, moves) = (each.edit(face, years, age) for each in (file, edits))
        assert change.dtype == flow.dtype == np.float32
        largest.append(np.abs(wanted).max())
        np.testing.assert_allclose(change, wanted, atol=2)
        np.testing.assert_allclose(flow, moves, atol=0.2 / 32)
    # Colours of hair that is fair stay where a face is made younger.
    assert min(largest) > 0 and max(largest) > 5 * light


def test_a_video_is_aged_without_keras_and_tensorflow(preset, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", VIDEO_WITHOUT_KERAS, str(preset), str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert result.stdout.split(" ", 2) == ["6", "1", "[]\n"], result.stderr


def test_a_photo_is_aged_without_keras_and_tensorflow(preset):
    result = subprocess.run(
        [sys.executable, "-c", WITHOUT_KERAS, str(preset)], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    changed, loaded = result.stdout.split(maxsplit=1)
    assert int(changed) > 1000 and loaded.strip() == "[]"


def test_a_damaged_file_is_refused(copy):
    path = copy / preset_files.NETWORK
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(zoo.ZooError, match=f"{preset_files.NETWORK} is damaged or was changed"):
        loading.quick_model(copy)


def test_weights_of_another_preset_are_refused(preset, copy):
    other = zoo.load(copy)
    relief = other.aging_generator.get_layer("relief").fine
    relief.assign(1.01 * relief)
    zoo.save(other, copy, entry="fagan", half_precision=True, overwrite=True)
    assert not (copy / preset_files.NETWORK).exists()
    shutil.copy(preset / preset_files.NETWORK, copy)
    with pytest.raises(zoo.ZooError, match="do not belong together; copy the preset again"):
        network_files.read(copy)


@pytest.mark.parametrize("name", ["fagan", "fagan_mobile"])
def test_a_released_entrys_file_ages_as_its_model_does(name):
    model, file = zoo.load(name), loading.quick_model(name)
    assert isinstance(file, FileModel)
    size = model.image_size
    head = np.kron(
        drawn_heads.draw_head(drawn_heads.shape(seed=1))[0],
        np.ones((size // 256, size // 256, 1), "uint8"),
    )[None]
    for years in (30, -20):
        found, expected = (
            each.transform(head, years, [45.0]).astype(int) for each in (file, model)
        )
        assert np.abs(found - expected).max() <= 2 and np.abs(expected - head).max() > 10
