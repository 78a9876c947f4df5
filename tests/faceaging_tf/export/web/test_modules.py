"""The page's modules in Node.js, without a browser: whatever the frame, they do what the package
does.
"""

import json
import pathlib
import re
import shutil
import subprocess

import keras
import numpy as np
import pytest
import tiny
from skimage.data import astronaut

import faceaging_tf.export.web
from faceaging_tf.export import Comparison, export
from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.mobile import Ager

PAGE = pathlib.Path(faceaging_tf.export.web.__file__).parent / "page"
pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="It needs Node.js.")
FOUND = """
import {Detector} from "faceaging/detector";
import {given} from "./given.mjs";
const boxes = new Float32Array(896 * 16);
const scores = new Float32Array(896).fill(-10);
scores[0] = 10;
// The first cell's centre, which boxes are counted from.
given.seen.forEach((point, pair) => point.forEach((value, axis) => (boxes[4 + 2 * pair + axis] = (value - 1 / 32) * 128)));
const points = new Float32Array(468 * 3);
given.mesh.forEach((list, place) => list.forEach((index) => given.closely[place].forEach((value, axis) => (points[3 * index + axis] = value))));
const detector = new Detector(async () => ({boxes, scores}), async () => ({points, presence: [1]}));
const photo = {width: 128, height: 128, data: new Uint8ClampedArray(128 * 128 * 4)};
console.log(JSON.stringify(await detector.find(photo)));
"""
AGED = """
import {Ager} from "faceaging/ager";
import {given} from "./given.mjs";
const outputs = Object.fromEntries(Object.entries(given.outputs).map(([name, values]) => [name, Float32Array.from(values)]));
const photo = {width: given.width, height: given.height, data: Uint8ClampedArray.from(given.photo)};
const aged = await new Ager(async () => outputs, given.contract).agePhoto(photo, given.landmarks, 30, 34);
console.log(JSON.stringify([...aged.data]));
"""

PAINTED = """
import {paintEdit} from "faceaging/geometry";
import {given} from "./given.mjs";
const image = (channels, data) => ({width: given.side, height: given.side, channels, data: Float32Array.from(data)});
const photo = {width: given.width, height: given.height, data: Uint8ClampedArray.from(given.photo)};
const flow = given.flow && image(2, given.flow);
console.log(JSON.stringify([...paintEdit(photo, image(3, given.change), flow, [1, 0, -given.left, 0, 1, -given.top]).data]));
"""
FOLLOWED = """
import {Painter} from "faceaging/live";
import {given} from "./given.mjs";
const at = (x) => ({landmarks: Array.from({length: 5}, (_, index) => [x + index, 40]), size: 100});
let seen = null;
const painter = new Painter({follow: async () => seen, find: async () => (seen ? [seen] : [])});
const frame = {width: 100, height: 80, data: new Uint8ClampedArray(100 * 80 * 4).fill(100)};
const image = (channels, value) => ({width: 8, height: 8, channels, data: new Float32Array(64 * channels).fill(value)});
const template = Array.from({length: 5}, (_, index) => [index, 4]);
const told = [];
for (const [place, light] of given.steps) {
  seen = place === null ? null : at(place);
  const {frame: painted, face, years} = await painter.paint(frame);
  told.push([face && face.landmarks[0][0], face && face.known, years, painted.data[4 * (40 * 100 + 57)]]);
  if (light !== null) painter.take({change: image(3, light), flow: null, template, years: 30, future: 0});
}
console.log(JSON.stringify(told));
"""
REASONS = """
import {reason} from "faceaging/camera";
import {given} from "./given.mjs";
console.log(JSON.stringify(given.names.map(reason)));
"""


@pytest.fixture
def node(tmp_path):
    """Runs a script that imports the page's modules and `given`."""
    modules = tmp_path / "node_modules" / "faceaging"
    shutil.copytree(PAGE, modules)
    (modules / "package.json").write_text('{"type": "module", "exports": {"./*": "./*.js"}}')

    def run(script, **given):
        (tmp_path / "given.mjs").write_text(f"export const given = {json.dumps(given)};")
        (tmp_path / "script.mjs").write_text(script)
        done = subprocess.run(
            ["node", "script.mjs"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def constant(name):
    """An array of detector.js."""
    return json.loads(
        re.search(rf"^const {name} = (.*);$", (PAGE / "detector.js").read_text(), re.MULTILINE)
        .group(1)
        .replace(" .", " 0.")
    )


def test_a_face_is_found_by_the_tight_template(node):
    # Where the close look sees the landmarks: in the square with its border, of 192 pixels.
    border = 36 / 264
    closely = (border + np.array(constant("SEEN_CLOSELY")) * (1 - 2 * border)) * 192 - 0.5
    (face,) = node(FOUND, seen=constant("SEEN"), closely=closely.tolist(), mesh=constant("MESH"))
    np.testing.assert_allclose(face["landmarks"], TEMPLATE * 128 - 0.5, atol=0.01)
    assert face["size"] == pytest.approx(128, abs=0.01)


@pytest.mark.parametrize("frame", [pytest.param("tight", marks=pytest.mark.slow), "whole_head"])
def test_a_photo_is_aged_in_the_contracts_frame(node, tmp_path, frame):
    keras.utils.set_random_seed(0)
    model = tiny.randomized(tiny.moving_fagan(frame=frame), seed=1).for_release()
    ager = Ager(
        export(
            model, tmp_path / "model.tflite", "litert", comparison=Comparison(tiny.faces(1))
        ).path
    )
    seen = {}
    file = ager.file
    ager.file = lambda signature, inputs: seen.setdefault(signature, file(signature, inputs))
    photo = astronaut()[:300, 80:380]
    landmarks = np.array(
        [[203.8, 100.4], [246.2, 103.3], [224.2, 127.4], [201.5, 138.3], [244.0, 141.0]]
    ) - [80, 0]
    wanted = ager.age_photo(photo, landmarks, 30, 34).astype(int)
    with_alpha = np.concatenate([photo, np.full((*photo.shape[:2], 1), 255, "uint8")], axis=2)
    outputs = {name: values.ravel().tolist() for name, values in seen["aging"].items()}
    aged = node(
        AGED,
        width=300,
        height=300,
        photo=with_alpha.ravel().tolist(),
        landmarks=landmarks.tolist(),
        contract=ager.contract,
        outputs=outputs,
    )
    aged = np.reshape(aged, (300, 300, 4))[..., :3]
    assert np.abs(aged - wanted).max() <= 2 and np.abs(wanted - photo).max() > 5


@pytest.mark.parametrize("moves", [False, True])
def test_an_edit_is_painted_where_its_square_lies(node, moves):
    random = np.random.default_rng(0)
    photo = random.integers(30, 220, (40, 50, 4))
    change = random.integers(-20, 20, (16, 16, 3))
    change[-1] = change[:, -1] = 0
    # From two pixels to the right and three below; none at the edges, which it would leave.
    flow = np.zeros((16, 16, 2), int)
    flow[2:12, 2:12] = moves * np.array([2, 3])
    painted = node(
        PAINTED,
        width=50,
        height=40,
        photo=photo.ravel().tolist(),
        side=16,
        change=change.ravel().tolist(),
        flow=flow.ravel().tolist() if moves else None,
        left=20,
        top=10,
    )
    wanted = photo.copy()
    rows, columns = np.mgrid[:16, :16]
    rows, columns = rows + flow[..., 1], columns + flow[..., 0]
    wanted[10:26, 20:36, :3] = photo[rows + 10, columns + 20, :3] + change[rows, columns]
    np.testing.assert_array_equal(np.reshape(painted, photo.shape), wanted)


def test_a_face_is_followed_steadily_and_only_its_own_edit_painted(node):
    steps = [(50.0, None), (51.0, 40), (51.0, 60), (55.0, None), (None, None), (55.0, None)]
    told = node(FOLLOWED, steps=steps)
    # A pixel of a face of 100 is less than three hundredths: a third of it is believed; the next
    # time it is nearer still.
    first, second = 50 + 1 / 3, 50 + 1 / 3 + 0.3 * 2 / 3
    assert [place for place, *_ in told] == pytest.approx(
        [50, first, second, 55, None, 55], abs=1e-6
    )
    assert [known for _, known, *_ in told] == [False, True, True, True, None, False]
    assert [years for *_, years, _ in told] == [None, None, 30, 30, None, None]
    # The second edit is painted as the mean of both.
    assert [light for *_, light in told] == [100, 100, 140, 150, 100, 100]


def test_why_there_is_no_camera_is_a_sentence(node):
    names = ["NotFoundError", "NotAllowedError", "NotReadableError", "AbortError", "OtherError"]
    missing, refused, busy, also_busy, other = node(REASONS, names=names)
    assert "No camera was found" in missing and "not allowed" in refused
    assert "in use by another program" in busy and busy == also_busy and "OtherError" in other
    assert all(one.endswith(", or choose a photo.") for one in (missing, refused, busy, other))
