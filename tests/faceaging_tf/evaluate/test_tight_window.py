"""The tight window of whole heads, and a tight model shown whole heads."""

import numpy as np
import pytest

from faceaging_tf.evaluate.tight_window import TightInWholeHead, tight_window


class Brighter:
    image_size, moves_faces = 64, False

    def estimate_ages(self, faces):
        assert faces.shape[1:] == (66, 66, 3)
        return np.full(len(faces), 30.0, "float32")

    def transform(self, faces, years, ages):
        return np.clip(faces.astype("int16") + int(years), 0, 255).astype("uint8")


def ramp(size):
    """Heads whose red grows to the right and whose green grows downwards, a level a
    pixel and two.
    """
    row = np.arange(size)
    return np.stack(
        [
            np.broadcast_to(row[None, :], (size, size)),
            np.broadcast_to(2 * row[:, None], (size, size)),
            np.full((size, size), 7),
        ],
        axis=-1,
    ).astype("uint8")[None]


def test_tight_faces_are_left_as_they_are():
    faces = ramp(96)
    assert tight_window(faces, "tight") is faces


def test_the_window_begins_and_ends_where_the_frame_says():
    window = tight_window(ramp(100), "whole_head").astype(float)
    # x .158 to .842, y .238 to .922 of 100 pixels, at its own 68 pixels: 1.0059 pixels of the head
    # each.
    assert window.shape == (1, 68, 68, 3) and (window[..., 2] == 7).all()
    assert window[0, 0, 0, 0] == pytest.approx(15.8 + 0.503 - 0.5, abs=0.5) and window[
        0, -1, -1, 0
    ] == pytest.approx(84.2 - 0.503 - 0.5, abs=0.5)
    assert window[0, 0, 0, 1] == pytest.approx(2 * (23.8 + 0.503 - 0.5), abs=0.5) and window[
        0, -1, -1, 1
    ] == pytest.approx(2 * (92.2 - 0.503 - 0.5), abs=0.5)


def test_fine_stripes_are_smoothed_where_the_window_shrinks():
    stripes = np.zeros((1, 512, 512, 3), "uint8")
    stripes[:, :, ::2] = 200
    window = tight_window(stripes, "whole_head")
    assert window.shape[1] == 128 and np.abs(window.astype(float) - 100).max() < 15


def test_a_tight_models_change_is_put_back_and_fades_out():
    heads = np.full((2, 96, 96, 3), 100, "uint8")
    model = TightInWholeHead(Brighter())
    aged = model.transform(heads, 40.0, np.full(2, 30.0))
    assert (
        model.frame == "whole_head"
        and not model.moves_faces
        and model.estimate_ages(heads).tolist() == [30, 30]
    )
    assert (
        aged[0, 56, 48].tolist() == [140, 140, 140]
        and (aged[:, :20] == 100).all()
        and (aged[:, :, :12] == 100).all()
    )
