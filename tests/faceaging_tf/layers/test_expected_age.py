"""The expected age of a distribution, by hand."""

import numpy as np
from verbs import LayerVerbs

from faceaging_tf.layers import ExpectedAge


class TestVerbs(LayerVerbs):
    layer_class, always_float32 = ExpectedAge, True

    def inputs(self):
        return np.random.default_rng(0).dirichlet(np.ones(101), size=3).astype("float32")


def test_one_certain_age_is_that_age():
    assert np.asarray(ExpectedAge()(np.eye(101, dtype="float32"))).tolist() == list(range(101))


def test_two_ages_give_their_weighed_mean():
    distribution = np.zeros((1, 101), "float32")
    distribution[0, [20, 60]] = 0.75, 0.25
    assert float(ExpectedAge()(distribution)[0]) == 30.0
