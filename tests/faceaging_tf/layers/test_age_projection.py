"""The age's score of each patch, by hand."""

import numpy as np
import pytest
from verbs import LayerVerbs

from faceaging_tf.layers import AgeProjection


def features():
    return np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")


def scored(bins, ages, embedding):
    layer = AgeProjection(bins)
    layer.build([(None, 3, 4, 5), (None, 1)])
    layer.set_weights([embedding])
    return np.asarray(layer([features(), np.array(ages, "float32")[:, None]]))


class TestVerbs(LayerVerbs):
    layer_class, arguments = AgeProjection, {"bins": 4}

    def inputs(self):
        return [features(), np.array([[20.0], [70.0]], "float32")]


def test_it_is_the_product_with_the_bins_vectors_weighed_by_nearness():
    embedding = np.random.default_rng(1).normal(size=(10, 5)).astype("float32")
    near = np.exp(-0.5 * ((np.array([[25.0], [63.0]]) - np.arange(0, 91, 10)) / 10) ** 2)
    vectors = near / near.sum(axis=1, keepdims=True) @ embedding
    expected = np.einsum("nhwc,nc->nhw", features(), vectors)[..., None]
    np.testing.assert_allclose(scored(10, [25, 63], embedding), expected, atol=1e-5)


def test_the_memberships_sum_to_one():
    np.testing.assert_allclose(
        scored(7, [3, 88], np.ones((7, 5), "float32")), features().sum(-1, keepdims=True), atol=1e-5
    )


def test_ages_beyond_the_bins_count_as_the_last():
    embedding = np.random.default_rng(1).normal(size=(10, 5)).astype("float32")
    np.testing.assert_array_equal(scored(10, [-5, 120], embedding), scored(10, [0, 90], embedding))


def test_one_bin_is_refused():
    with pytest.raises(ValueError, match="bins=1; it needs at least 2"):
        AgeProjection(1)


def test_features_without_an_age_are_refused():
    with pytest.raises(ValueError, match=r"it needs a list \[features, age\]"):
        AgeProjection().build([(None, 3, 4, 5)])
