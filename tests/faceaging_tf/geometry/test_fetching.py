"""What is looked up between pixels."""

import numpy as np

from faceaging_tf.geometry.fetching import fetched


def test_between_pixels_an_image_is_linear_and_its_edges_are_repeated():
    image = np.arange(6.0).reshape(2, 3, 1)
    np.testing.assert_allclose(
        fetched(image, np.array([0.5, 2.0, 9.0, -4.0]), np.array([0.0, 0.5, 1.0, 0.0]))[:, 0],
        [0.5, 3.5, 5, 0],
    )
