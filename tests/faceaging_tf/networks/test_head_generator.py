"""The head generator: each part by itself, and the whole saved, specified and exported."""

import itertools

import keras
import numpy as np
import pytest

from faceaging_tf import networks
from faceaging_tf.layers.ageing_years import MOST_OLDER, MOST_YOUNGER
from faceaging_tf.layers.futures import FUTURES
from faceaging_tf.layers.head_ageing import PARTS
from faceaging_tf.networks.head_generator import copy_ageing, edit_of, parse_of

SIZE = 64
TINY = {
    "image_size": SIZE,
    "parser": {"image_size": 64, "widths": (4, 4, 4, 4), "blocks": 1},
    "exemplars": 3,
    "relief_side": 32,
    "refinement": 1,
}
ATLAS = {
    "relief": ("fine", "coarse"),
    "tone": ("change",),
    "flow": ("change",),
    "greyed": ("brows",),
}


NAMES = ("face", "years", "age", "strengths", "future", "wanted_hair")


def rng():
    return np.random.default_rng(0)


def built():
    """A generator whose maps, parser and refinement all do something."""
    keras.utils.set_random_seed(1)
    model = networks.head_generator(**TINY)
    relief = model.get_layer("relief")
    scales = {"fine": 0.3, "coarse": 0.3, "flow": 0.05, "tone": 0.1}
    for name, weights in ATLAS.items():
        for weight in weights:
            variable = getattr(model.get_layer(name), weight)
            variable.assign(
                rng().normal(scale=scales.get(weight, scales.get(name, 0.3)), size=variable.shape)
            )
    contrast = model.get_layer("contrast")
    contrast.places.assign(rng().uniform(size=contrast.places.shape))
    contrast.change.assign(np.full(contrast.change.shape, -0.4))
    relief.ages.assign([70, 75, 80])
    relief.roles.assign(np.ones((3, 3)))
    relief.traits.assign(rng().normal(size=(3, 5)))
    relief.own.assign([[0.8] * 4, [0.5] * 4])
    # Mostly skin, a little hair, so that both hair and brows show.
    model.get_layer("face_parser").get_layer("regions").bias.assign([2, -1])
    light = model.get_layer("refinement_light")
    light.kernel.assign(rng().normal(size=light.kernel.shape))
    return model


@pytest.fixture(scope="module")
def generator():
    return built()


@pytest.fixture
def given():
    """Faces, years, age, strengths, future and wish for hair of two people, one made older, one
    younger.
    """
    faces = (
        rng().uniform(-0.9, 0.9, (2, 8, 8, 3)).repeat(8, axis=1).repeat(8, axis=2).astype("float32")
    )
    return [
        faces,
        np.float32([[40], [-30]]),
        np.float32([[30], [70]]),
        np.ones((2, len(PARTS)), "float32"),
        np.zeros((2, 1), "float32"),
        np.full((2, 1), -1, "float32"),
    ]


def alone(part):
    """Strengths `(2, 5)` of one part."""
    return np.repeat(np.eye(len(PARTS), dtype="float32")[[PARTS.index(part)]], 2, axis=0)


def without(part):
    return 1 - alone(part)


def output(model, given, **changes):
    return model(
        [changes.get(name, value) for name, value in zip(NAMES, given, strict=True)]
    ).numpy()


def test_it_gives_a_face_of_the_same_shape(generator, given):
    found = output(generator, given)
    assert found.shape == (2, SIZE, SIZE, 3) and np.isfinite(found).all()


def test_zero_years_give_the_face_back(generator, given):
    found = output(
        generator, given, years=np.zeros((2, 1), "float32"), strengths=without("refinement")
    )
    np.testing.assert_allclose(found, given[0], atol=1e-4)


def test_no_strength_gives_the_face_back(generator, given):
    np.testing.assert_allclose(
        output(generator, given, strengths=np.zeros((2, 5), "float32")), given[0], atol=1e-4
    )


@pytest.mark.parametrize("part", PARTS)
def test_each_part_alone_changes_both_older_and_younger_faces(generator, given, part):
    change = np.abs(output(generator, given, strengths=alone(part)) - given[0]).max(axis=(1, 2, 3))
    # This parser, which was taught nothing, takes much for skin and hair alike, and hair like skin
    # is left alone.
    assert (change.max() if part == "hair" else change.min()) > 1e-3


def test_each_future_differs_from_every_other(generator, given):
    found = [
        output(generator, given, future=np.full((2, 1), number, "float32"))
        for number in range(len(FUTURES))
    ]
    for first, second in itertools.combinations(found, 2):
        assert np.abs(first - second).max(axis=(1, 2, 3)).min() > 1e-3


def test_no_strength_gives_the_face_back_in_every_future(generator, given):
    nothing = np.zeros((2, 5), "float32")
    found = output(generator, given, strengths=nothing, future=np.float32([[1], [2]]))
    np.testing.assert_allclose(found, given[0], atol=1e-4)


def test_hair_is_kept_as_without_its_strength(generator, given):
    np.testing.assert_allclose(
        output(generator, given, wanted_hair=np.zeros((2, 1), "float32")),
        output(generator, given, strengths=without("hair")),
        atol=1e-5,
    )


NEUTRAL = {
    "wrinkles": [("relief", "fine", 0.0), ("relief", "coarse", 0.0), ("relief", "own", 1.0)],
    "tone": [("tone", "change", 0.0), ("contrast", "change", lambda now: now * (0, 0, 1))],
    "shape": [("flow", "change", 0.0)],
    "hair": [
        ("greyed", "curve", (200.0, 300.0)),
        ("contrast", "change", lambda now: now * (1, 1, 0)),
    ],
    "refinement": [("refinement_light", "kernel", 0.0)],
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_no_strength_is_left_out(generator, given, part):
    expected = output(generator, given, strengths=without(part))
    variables = [
        (getattr(generator.get_layer(layer), weight), value)
        for layer, weight, value in NEUTRAL[part]
    ]
    before = [variable.numpy() for variable, _ in variables]
    for variable, value in variables:
        neutral = value(variable.numpy()) if callable(value) else value
        variable.assign(np.broadcast_to(neutral, variable.shape))
    found = output(generator, given)
    for (variable, _), value in zip(variables, before, strict=True):
        variable.assign(value)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_batch_is_each_face_by_itself(generator, given):
    each = [output(generator, [value[row : row + 1] for value in given])[0] for row in range(2)]
    np.testing.assert_allclose(output(generator, given), each, atol=1e-5)


def test_its_specification_and_its_weights_make_it_again(generator, given, tmp_path):
    generator.save_weights(tmp_path / "generator.weights.h5")
    again = networks.build(networks.serialize(generator))
    # Nothing but the refinement is there before weights are loaded, and that is zero at first.
    fresh = output(again, given, strengths=alone("refinement"))
    np.testing.assert_allclose(fresh, given[0], atol=1e-4)
    again.load_weights(tmp_path / "generator.weights.h5")
    np.testing.assert_array_equal(output(again, given), output(generator, given))


def test_it_is_saved_and_loaded_whole(generator, given, tmp_path):
    generator.save(tmp_path / "generator.keras")
    np.testing.assert_array_equal(
        output(keras.saving.load_model(tmp_path / "generator.keras"), given),
        output(generator, given),
    )


def test_it_must_be_told_years():
    with pytest.raises(ValueError, match="conditioned=False"):
        networks.head_generator(**TINY, conditioned=False)


def test_every_map_of_the_atlas_has_a_finite_gradient(generator, given):
    tf = pytest.importorskip("tensorflow")
    # The brows' map counts where a brow is darker than the skin around it; see the layer's own
    # test.
    maps = {
        (layer, weight): getattr(generator.get_layer(layer), weight)
        for layer, weights in ATLAS.items()
        for weight in weights
        if weight != "brows"
    }
    # A black and a white corner are the hardest for logarithms.
    given[0][:, :16, :16], given[0][:, -16:, -16:] = -1, 1
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(generator(given)))
    for name, gradient in zip(
        maps, tape.gradient(loss, [variable.value for variable in maps.values()]), strict=True
    ):
        gradient = np.array(tf.convert_to_tensor(gradient))
        assert np.isfinite(gradient).all() and gradient.any(), name


def test_litert_runs_it_with_built_in_operations_alone(generator, given):
    tf = pytest.importorskip("tensorflow")
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    signature = [
        tf.TensorSpec((1, *value.shape[1:]), "float32", name)
        for name, value in zip(NAMES, given, strict=True)
    ]
    function = tf.function(
        lambda *values: generator(list(values)), autograph=False
    ).get_concrete_function(*signature)
    converter = tf.lite.TFLiteConverter.from_concrete_functions(
        [convert_variables_to_constants_v2(function)]
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    runner = interpreter.Interpreter(model_content=converter.convert())
    runner.allocate_tensors()
    for row in range(2):
        one = [value[row : row + 1] for value in given]
        # Another future, and hair as grey as can be.
        one[NAMES.index("future")] += row
        one[NAMES.index("wanted_hair")] += 2 * row
        for detail in runner.get_input_details():
            runner.set_tensor(detail["index"], one[NAMES.index(detail["name"])])
        runner.invoke()
        np.testing.assert_allclose(
            runner.get_tensor(runner.get_output_details()[0]["index"]),
            output(generator, one),
            atol=1e-4,
        )


@pytest.fixture(scope="module")
def base():
    model = networks.build({"network": "head_generator", **TINY})
    for name, weights in ATLAS.items():
        for weight in weights:
            variable = getattr(model.get_layer(name), weight)
            variable.assign(0.02 * rng().normal(size=variable.shape))
    return model


def test_a_translation_asks_its_base_for_the_years_between_its_groups(base):
    face = 0.5 * rng().uniform(-1, 1, (1, SIZE, SIZE, 3)).astype("float32")
    for years, asked in ((40, 40 * MOST_OLDER), (-40, -40 * MOST_YOUNGER)):
        given = [
            face,
            np.float32([[asked]]),
            np.float32([[30]]),
            np.ones((1, len(PARTS)), "float32"),
        ]
        translation = networks.translation_of(base, years, 30)
        wanted = np.array(base([*given, np.float32([[0]]), np.float32([[-1]])]))
        # Without the refinement, which is the base's alone and zero at first.
        np.testing.assert_allclose(np.array(translation(face)), wanted, atol=1e-5)
        assert np.abs(wanted - face).max() > 0.01


def test_translations_share_parser_and_exemplars_and_have_maps_of_their_own(base):
    first, second = (networks.translation_of(base, years, 30) for years in (20, 40))
    shared = {id(weight) for weight in base.weights}
    own = [
        [weight for weight in each.weights if id(weight) not in shared] for each in (first, second)
    ]
    assert {weight.name for weight in own[0]} == {
        *("coarse", "own", "change", "brows", "curve", "grey", "dark")
    }
    assert not {id(weight) for weight in own[0]} & {id(weight) for weight in own[1]}
    before = np.array(second.get_layer("tone").change)
    first.get_layer("tone").change.assign(before + 1)
    np.testing.assert_array_equal(np.array(second.get_layer("tone").change), before)
    copy_ageing(first, second)
    np.testing.assert_array_equal(np.array(second.get_layer("tone").change), before + 1)


def test_a_parser_that_serves_several_is_read_in_each_ones_own_graph(base):
    face = rng().uniform(-1, 1, (1, SIZE, SIZE, 3)).astype("float32")
    translation = networks.translation_of(base, 40, 30)
    for generator in (base, translation):
        parsed = parse_of(generator)(face)
        inputs = [face, *map(np.array, parsed)]
        if generator is base:
            inputs += [np.float32([[58]]), np.float32([[30]]), np.ones((1, len(PARTS)), "float32")]
            inputs += [np.float32([[0]]), np.float32([[-1]])]
        changed = edit_of(generator)(inputs)["changed"]
        assert changed.shape == (1, SIZE, SIZE, 3) and np.isfinite(np.array(changed)).all()
