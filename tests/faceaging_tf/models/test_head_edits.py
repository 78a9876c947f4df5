"""A head generator in two halves: the same pictures as whole, each head parsed once, no stale
masks, compiled or not.
"""

import numpy as np
import pytest
import tiny
from keras import ops

from faceaging_tf.models import head_edits
from faceaging_tf.networks import parts_of


@pytest.fixture
def model():
    return tiny.randomized(tiny.whole_fagan(discriminator=None))


@pytest.fixture
def parsed(monkeypatch):
    """How many heads were parsed, a number a call."""
    numbers = []
    halves = (head_edits._eagerly, head_edits._compiled)

    def counted(half):
        def run(network, inputs):
            if not isinstance(inputs, list):
                numbers.append(len(inputs))
            return half(network, inputs)

        return run

    for half in halves:
        monkeypatch.setattr(head_edits, half.__name__, counted(half))
    return numbers


@pytest.mark.parametrize("compiled", [False, True])
def test_the_halves_do_what_the_whole_does(model, compiled, monkeypatch):
    monkeypatch.setattr(head_edits, "LEAST_SIDE", 16 if compiled else 10_000)
    monkeypatch.setattr(head_edits, "EAGER_CALLS", 0)
    x = tiny.faces(2).astype("float32") / 127.5 - 1
    years, ages = np.array([20.0, 9.0], "float32"), np.array([30.0, 50.0], "float32")
    x, years, ages = (ops.convert_to_tensor(values, "float32") for values in (x, years, ages))
    changed, flow = model.edit_in("aging", x, years, ages)
    _, whole, moved = parts_of(model.aging_generator)(
        [x, years[:, None], ages[:, None], ops.ones((2, 5)), ops.zeros((2, 1)), -ops.ones((2, 1))]
    )
    np.testing.assert_allclose(changed, whole, atol=2e-5)
    np.testing.assert_allclose(flow, moved, atol=2e-6)


def test_a_strip_of_ages_parses_each_head_once(model, parsed):
    for years in (10, 20, 30):
        model.transform(tiny.faces(2), years, [30, 40])
    assert parsed == [2]


def test_other_heads_are_parsed_anew(model, parsed):
    first, second = (model.transform(tiny.faces(2, seed=seed), 30, [30, 40]) for seed in (0, 1))
    assert parsed == [2, 2] and not np.array_equal(first, second)


def test_a_parser_of_other_weights_parses_anew(model, parsed):
    model.transform(tiny.faces(2), 30, [30, 40])
    parser = model.aging_generator.get_layer("face_parser")
    parser.set_weights([1.1 * weight for weight in parser.get_weights()])
    model.transform(tiny.faces(2), 30, [30, 40])
    assert parsed == [2, 2]


def test_an_atlas_of_other_weights_makes_another_picture_of_the_same_masks(model, parsed):
    before = model.transform(tiny.faces(2), 30, [30, 40])
    tone = model.aging_generator.get_layer("tone").change
    tone.assign(np.full(tone.shape, -0.1))
    assert not np.array_equal(before, model.transform(tiny.faces(2), 30, [30, 40])) and parsed == [
        2
    ]
