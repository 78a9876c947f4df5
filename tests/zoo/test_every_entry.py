"""Every entry that ages faces keeps the one contract: the registry is walked, and a fifth entry
goes the same way.

Left out is what other tests ask of every entry: that its preset's files have their checksums, with
what it shares (`test_sharing.py`), the name of its folder (`test_registry.py`), its line in
`faceaging list` (`test_cli.py`), the links of its card (`tests/test_documentation.py`).
"""

import contextlib
import functools
import re
from pathlib import Path

import keras
import numpy as np
import pytest
import tiny

import zoo
from faceaging_tf.data.drawn_faces import drawn_corpus
from faceaging_tf.export.signatures import AGE, FACE, signatures_of
from faceaging_tf.geometry.exposure import in_common_light
from faceaging_tf.geometry.frames import FRAMES
from faceaging_tf.models import AgingModel
from faceaging_tf.models.faces import to_pixels, to_range
from faceaging_tf.models.route import both_ways
from faceaging_tf.photo.detection import Face
from zoo import registry
from zoo.cli.main import main
from zoo.presets import files as preset_files
from zoo.presets.building import arguments_of
from zoo.presets.card import NOT_STATED

# An adult made old, and an old one made young: far enough for a model of age groups.
AGES, YEARS = np.array([30, 65], "float32"), np.array([35.5, -40.25], "float32")
SAID = {
    "training_data": "None.",
    "licence": "CC0.",
    "limits": "It ages nobody.",
    "metrics": {"levels a year": 1.0},
    "how_to_measure": "Count.",
}
SECTIONS = [
    "Use",
    "Input",
    "Size",
    "Figures",
    "Training data",
    "Licence of the weights",
    "Limits",
    "Made with",
]


@keras.saving.register_keras_serializable(package="tests")
class Darker(AgingModel):
    """Darkens a face by a level of 255 for each year; there is nothing to train."""

    routes = both_ways()

    def edit_in(self, direction, faces, years, ages):
        return faces - years[:, None, None, None] / 127.5, None

    def get_config(self):
        return {"image_size": self.image_size, "age_network": tiny.AGE_NETWORK}


@contextlib.contextmanager
def fifth_entry(name, folder):
    """A fifth entry, of the class above, with released weights in a folder."""
    said = {
        "title": "Fifth",
        "builder": f"{__name__}:Darker",
        "task": "Darkens faces.",
        "paper": "unpublished",
        "preset": Path(folder) / "preset",
    }
    entry = zoo.register(
        zoo.Entry(
            name, architecture={"image_size": tiny.SIZE, "age_network": tiny.AGE_NETWORK}, **said
        )
    )
    try:
        zoo.save(
            zoo.load(name, weights=None),
            entry.preset,
            entry=name,
            half_precision=True,
            card=zoo.Card(**SAID),
        )
        yield entry
    finally:
        registry.unregister(name)


@pytest.fixture(scope="module", params=[*zoo.list(), "fifth"])
def entry(request, tmp_path_factory):
    registered = request.param in zoo.list()
    with (
        contextlib.nullcontext(registry.find(request.param))
        if registered
        else fifth_entry("fifth", tmp_path_factory.mktemp("fifth")) as entry
    ):
        yield entry


@pytest.fixture(scope="module")
def metadata(entry):
    if not entry.released:
        pytest.skip(f"No weights are released for {entry.name}.")
    return preset_files.metadata(entry.preset)


@pytest.fixture(scope="module")
def model(entry, metadata):
    return zoo.load(entry.name)


@functools.cache
def faces(size=128):
    """Two drawn faces, `(2, size, size, 3)` uint8."""
    return drawn_corpus(people=1, size=size).faces[:2]


@pytest.fixture(scope="module")
def aged(model):
    return model.transform(faces(), YEARS, AGES)


def assert_the_same(faces, others):
    """But for a level, which sums of another order may tip over."""
    assert faces.shape == others.shape and np.abs(faces.astype(int) - others).max() <= 1


def test_what_the_entry_names_is_there(entry):
    assert {*entry.architecture, *entry.paper_architecture} <= arguments_of(entry.model_class())
    assert entry.training is None or callable(registry.imported(entry.training.batches))


def test_the_released_model_is_what_its_metadata_says(entry, metadata, model):
    assert (
        type(model) is entry.model_class()
        and keras.saving.get_registered_name(type(model)) == metadata["class"]
    )
    assert model.image_size == metadata["input"]["image_size"] and model.frame == metadata[
        "input"
    ].get("frame", "tight")
    assert np.allclose(metadata["input"]["template"], FRAMES[model.frame].template(), atol=1e-6)
    assert sum(int(np.prod(weight.shape)) for weight in model.weights) == metadata["parameters"]
    assert (
        metadata["entry"] == entry.name and [field for field in SAID if not metadata[field]] == []
    )


def test_the_card_says_something_in_each_section(entry, metadata):
    title, *sections = re.split(
        r"^## ", (entry.preset / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    texts = dict(section.split("\n", 1) for section in sections)
    assert title.startswith(f"# {entry.title} (`{entry.name}`)\n") and list(texts) == SECTIONS
    assert [name for name, text in texts.items() if text.strip() in ("", NOT_STATED)] == []
    assert (
        f'zoo.load("{entry.name}")' in texts["Use"]
        and f"{metadata['parameters']:,} parameters" in texts["Size"]
    )
    assert (
        metadata["training_data"] in texts["Training data"]
        and metadata["licence"] in texts["Licence of the weights"]
    )


def test_describing_it_says_the_same(entry, metadata):
    text = " ".join(zoo.describe(entry.name).split())
    said = [
        entry.paper,
        metadata["training_data"],
        metadata["licence"],
        metadata["limits"],
        f"Parameters: {metadata['parameters']:,}",
    ]
    assert (
        text.startswith(f"{entry.name}: {entry.title} {entry.task}")
        and [part for part in said if part not in text] == []
    )


def test_faces_come_back_aged_in_their_own_shape_and_type(model, aged):
    for given, output in ((faces(), aged), (faces(64), model.transform(faces(64), YEARS, AGES))):
        assert (
            isinstance(output, np.ndarray)
            and output.shape == given.shape
            and output.dtype == np.uint8
        )
        assert (output != given).any(axis=(1, 2, 3)).all()


def test_a_face_with_0_years_comes_back_byte_for_byte(model, aged):
    output = model.transform(faces(), [0, YEARS[1]], AGES)
    np.testing.assert_array_equal(output[0], faces()[0])
    assert_the_same(output[1], aged[1])


def test_without_ages_the_estimates_are_taken(model):
    ages = model.estimate_ages(faces()[:1])
    assert ages.shape == (1,) and ages.dtype == np.float32 and 0 <= ages[0] <= 100
    np.testing.assert_array_equal(
        model.transform(faces()[:1], YEARS[:1]), model.transform(faces()[:1], YEARS[:1], ages)
    )


def test_a_face_alone_with_a_number_of_years_is_aged_as_among_others(model, aged):
    for row in range(2):
        assert_the_same(
            model.transform(faces()[row : row + 1], float(YEARS[row]), float(AGES[row])),
            aged[row : row + 1],
        )


def test_what_are_no_faces_or_no_years_is_refused_in_a_sentence(model):
    for given in (faces()[0], faces()[..., :1], faces()[:, :, :64], faces().astype("float32")):
        with pytest.raises(
            ValueError, match=r"^transform got faces of shape .*; it needs aligned square faces"
        ):
            model.transform(given, 30)
    for wrong in ([10, 20, 30], [[10], [20]], "thirty", None, np.nan):
        with pytest.raises(ValueError, match=r"^years was .*; it needs a .*\.$"):
            model.transform(faces(), wrong)
    with pytest.raises(ValueError, match=r"^ages was .*one for each of the 2 faces\.$"):
        model.transform(faces(), 30, ages=[30, 40, 50])


def test_saved_and_loaded_it_ages_the_same(model, aged, tmp_path):
    again = zoo.load(zoo.save(model, tmp_path / "again"))
    np.testing.assert_array_equal(again.transform(faces(), YEARS, AGES), aged)
    np.testing.assert_array_equal(again.estimate_ages(faces()), model.estimate_ages(faces()))


def test_in_a_photo_nothing_outside_the_squares_of_the_faces_changes(model):
    photo = np.random.default_rng(0).integers(0, 256, (300, 400, 3), "uint8")
    squares = [(slice(20, 148), slice(20, 148)), (slice(150, 278), slice(240, 368))]
    found = []
    for face, square in zip(faces(), squares, strict=True):
        photo[square] = face
        corner = np.array([square[1].start, square[0].start])
        # Where the square of the model's frame is the face's.
        found.append(
            Face(
                np.concatenate([corner, corner + 128]),
                FRAMES[model.frame].template() * 128 + corner,
                1.0,
            )
        )
    changed = (
        zoo.age(photo, YEARS, entry=model, ages=AGES, detector=lambda pixels: found).pixels != photo
    ).any(axis=-1)
    assert all(changed[square].any() for square in squares)
    assert changed.sum() == sum(changed[square].sum() for square in squares)


def test_what_is_traced_for_every_export_ages_as_the_model_does(model):
    # In good light, which a file takes every face to be in.
    signatures, own = (
        signatures_of(model),
        in_common_light(faces(model.image_size), model.frame),
    )
    assert model.directions and list(signatures) == ["transform", *model.directions, "estimate_age"]
    given = [
        keras.ops.convert_to_tensor(part) for part in (to_range(own), YEARS[:, None], AGES[:, None])
    ]
    told = [
        keras.ops.convert_to_tensor([each]) for each in signatures["transform"].defaults.values()
    ]
    outputs = [
        signatures["transform"].function(*(part[row : row + 1] for part in given), *told)[FACE]
        for row in range(2)
    ]
    assert_the_same(to_pixels(np.concatenate(outputs)), model.transform(own, YEARS, AGES))
    np.testing.assert_allclose(
        signatures["estimate_age"].function(given[0])[AGE][:, 0],
        model.estimate_ages(own),
        atol=0.01,
    )


def test_with_fresh_weights_in_mixed_bfloat16_it_works(entry):
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        fresh = zoo.load(entry.name, weights=None)
        output, ages = (
            fresh.aged(np.asarray(to_range(faces(fresh.image_size))), YEARS, AGES),
            fresh.estimate_ages(faces()),
        )
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert (
        type(fresh) is entry.model_class() and np.isfinite(output).all() and np.isfinite(ages).all()
    )
    assert fresh.age_regressor.network.layers[1].compute_dtype == "bfloat16" and {
        weight.dtype for weight in fresh.trainable_weights
    } <= {"float32"}


def test_a_fifth_entry_is_one_like_the_others_until_it_is_taken_out(tmp_path, capsys):
    before, grey = zoo.list(), np.full((1, 48, 48, 3), 200, "uint8")
    with fifth_entry("newest", tmp_path) as entry:
        assert (
            zoo.list() == sorted([*before, "newest"])
            and zoo.describe("newest").splitlines()[0] == "newest: Fifth"
        )
        assert (zoo.load("newest").transform(grey, 12) == 188).all() and (
            zoo.load(entry.preset).transform(grey, -12) == 212
        ).all()
        assert (
            main(["list"]) == 0
            and "newest        Fifth          released        Darkens faces."
            in capsys.readouterr().out.splitlines()
        )
        assert (
            main(["describe", "newest"]) == 0
            and "Licence of the weights: CC0." in capsys.readouterr().out
        )
    assert zoo.list() == before and main(["describe", "newest"]) == 2
    assert "There is no entry 'newest' in the zoo." in capsys.readouterr().err
