"""Prototypes of faces that the test draws, whose change with age is known."""

import numpy as np
import pytest

from faceaging_tf.data import FaceCorpus
from faceaging_tf.data.prototypes import (
    GRID,
    KNOTS,
    Prototypes,
    age_basis,
    displacement_to,
    fit_prototypes,
    in_mean_shape,
    inverse_displacement,
    sampled,
    with_places,
)


def test_the_basis_is_linear_between_the_knots_and_signed_by_sex():
    basis = age_basis([KNOTS[3], (KNOTS[3] + KNOTS[4]) / 2, 200.0], [1.0, 0.0, 1.0])
    assert basis[0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0] * 2
    np.testing.assert_allclose(
        basis[1], [0, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, -0.5, -0.5, 0, 0, 0, 0]
    )
    assert basis[2, 8] == basis[2, 17] == 1


def test_a_spline_goes_through_the_landmarks():
    mean = np.random.default_rng(0).uniform(0.2, 0.8, (30, 2))
    faces = mean + np.random.default_rng(1).uniform(-0.02, 0.02, (2, 30, 2))
    displacement = displacement_to(mean, faces, grid=64)
    for face, field in zip(faces, displacement, strict=True):
        # Each landmark of the mean shape is read off the field, between its places.
        columns, rows = np.clip((mean * 64 - 0.5).round().astype(int), 0, 63).T
        assert abs(field[rows, columns] - (face - mean)).max() < 0.01


def test_there_and_back_a_place_is_where_it_was():
    places = (np.arange(GRID) + 0.5) / GRID
    x, y = np.meshgrid(places, places)
    there = np.stack([0.03 * np.sin(3 * y), 0.02 * np.cos(4 * x)], -1).astype("float32")
    back = inverse_displacement(there)
    inner = slice(4, -4)
    assert abs(back + sampled(there, back))[inner, inner].max() < 1e-3


def test_a_face_comes_into_the_mean_shape():
    picture = np.zeros((64, 64, 3), "uint8")
    picture[20:30, 30:40] = 200
    right = np.zeros((GRID, GRID, 2), "float32")
    right[..., 0] = 8 / 64
    assert (in_mean_shape(picture, right)[20:30, 22:32] == 200).all()


def fitted():
    """Men darken on the left and brighten on the right, women do not; detail doubles between 25 and
    65 for both; the chin falls.
    """
    rng = np.random.default_rng(0)
    ages, male = rng.choice([25.0, 65.0], 120), rng.choice([0.0, 1.0], 120)
    noise = rng.normal(size=(120, 32, 32, 1))
    old = (ages > 50).astype(float)
    side = np.where(np.arange(32) < 16, -0.2, 0.2)[None, None, :, None]
    logs = (
        np.log(116.0)
        + side * (old * male)[:, None, None, None]
        + 0.02 * (1 + old[:, None, None, None]) * noise
    )
    textures = np.clip(np.exp(logs) - 16.0, 0, 255).repeat(3, axis=-1)
    shapes = np.zeros((120, GRID, GRID, 2))
    shapes[..., 1] = 0.01 * old[:, None, None]
    everywhere = np.ones((32, 32))
    return fit_prototypes(textures, shapes, ages, male, np.zeros((120, 0)), everywhere, everywhere)


def test_what_changes_with_age_is_found():
    prototypes = fitted()
    change = lambda basis, sex: (
        (age_basis([65.0], [sex]) - age_basis([25.0], [sex])) @ basis.reshape(18, -1)
    )
    for sex, expected in ((1.0, -0.2), (0.0, 0.0)):
        left, right = change(prototypes.texture, sex).reshape(16, 2, 8, 3).mean(axis=(0, 2, 3))
        assert [left, right] == pytest.approx([expected, -expected], abs=0.05)
    finest = change(prototypes.energy, 1.0).reshape(4, -1).mean(axis=1)[1]
    assert finest == pytest.approx(2 * np.log(2), abs=0.35)
    assert change(prototypes.shape, 0.0).reshape(-1, 2).mean(axis=0) == pytest.approx(
        [0, 0.01], abs=0.002
    )


def test_saved_and_loaded_they_are_the_same(tmp_path):
    prototypes = fitted()
    prototypes.save(tmp_path / "prototypes.npz")
    loaded = Prototypes.load(tmp_path / "prototypes.npz")
    for name in ("texture", "energy", "shape", "face", "skin"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(prototypes, name))


def test_faces_seen_badly_or_from_the_side_are_left_out():
    corpus = FaceCorpus(
        np.zeros((3, 8, 8, 3), "uint8"),
        np.full(3, 30.0),
        np.full(3, 30.0),
        {"sex": np.array(["male", "female", "male"])},
    )
    places = {
        "places": np.zeros((3, 4, 4, 2)),
        "score": np.array([20.0, 5.0, 20.0]),
        "turned": np.array([0.0, 0.0, 0.5]),
    }
    kept = with_places(corpus, places)
    assert (
        len(kept) == 1
        and kept.attributes["male"].tolist() == [1.0]
        and kept.attributes["place"].shape == (1, 4, 4, 2)
    )
