"""Ten steps, saved, loaded into another model and ten more are twenty steps, to the last bit."""

import numpy as np
import pytest
import tiny

from faceaging_tf.training import Checkpoint

KINDS = {
    # The pool is full after two steps: what it hands back is drawn at random from then on.
    "cyclegan": (lambda: tiny.cyclegan(**tiny.FEW_LAYERS), tiny.domain_batch),
    "fagan": (
        lambda: tiny.fagan(**tiny.FEW_SPECTRAL_LAYERS, weights={"age": [0.0, 1.0, 5, 15]}),
        tiny.age_shift_batch,
    ),
}


def train(model, make_batch, first, callbacks=()):
    model.fit(
        tiny.Steps(make_batch, 10, first), shuffle=False, verbose=0, callbacks=list(callbacks)
    )


@pytest.fixture(scope="module", params=KINDS)
def states(request, tmp_path_factory):
    """Everything of a model after ten and after twenty steps, and of another that took over after
    ten.
    """
    make, make_batch = KINDS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    model, fresh = tiny.randomized(make(), seed=1), tiny.randomized(make(), seed=2)
    for each in (model, fresh):
        each.compile()
    train(model, make_batch, 0, [Checkpoint(folder)])
    ten = tiny.everything(model)
    train(model, make_batch, 10)
    assert Checkpoint(folder).restore(fresh) == 1
    loaded = tiny.everything(fresh)
    train(fresh, make_batch, 10)
    return ten, loaded, tiny.everything(model), tiny.everything(fresh)


def assert_same(expected, found):
    assert expected.keys() == found.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_what_is_loaded_is_what_was_saved(states):
    ten, loaded, _, _ = states
    assert_same(ten, loaded)


def test_ten_and_ten_are_twenty(states):
    _, _, twenty, resumed = states
    assert_same(twenty, resumed)


def test_the_state_is_everything(states):
    ten, _, twenty, _ = states
    moved = {name for name in ten if not np.array_equal(ten[name], twenty[name])}
    for part in ("weight", "optimizer", "seed"):
        assert [name for name in moved if name.startswith(part)], part
    counts = [name for name in twenty if name.startswith("optimizer") and "iteration" in name]
    assert len(counts) == 3 and all(int(twenty[name]) == 20 for name in counts)
