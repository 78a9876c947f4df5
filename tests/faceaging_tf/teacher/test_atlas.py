"""The atlas of drawn heads: the wrinkle, the shade and the movement that were drawn are found in
the maps, in their place.
"""

import cv2
import numpy as np
import pytest
from drawn_heads import SIDE, draw_head, heads_of, shape, spot
from skimage.data import astronaut

from faceaging_tf.layers.gaussian import blurred
from faceaging_tf.layers.head_ageing import COARSE_SIDE, WINDOW
from faceaging_tf.layers.head_ageing import sharpness_of as sharpness_in_layers
from faceaging_tf.layers.luminance import log_luminance as log_luminance_in_layers
from faceaging_tf.layers.mean_face_part import MAP_SIDE
from faceaging_tf.networks import head_generator
from faceaging_tf.teacher import relief
from faceaging_tf.teacher.atlas import Atlas, build_atlas
from faceaging_tf.teacher.exemplars import Exemplar
from faceaging_tf.teacher.mean_face import MEAN_SHAPE
from faceaging_tf.teacher.relief import bands_of, log_luminance, sharpness_of

RELIEF_SIDE = 96
CHIN, CHEEK, OTHER_CHEEK = 152, 117, 346
EXEMPLARS = [
    Exemplar("a", ("male",)),
    Exemplar("b", ("female",), age=77),
    Exemplar("c", ("forehead",)),
]
# Where the first exemplar's wrinkle lies.
WRINKLE = 36


def sinking(landmarks, amount):
    """Landmarks whose chin lies lower."""
    x, y = (landmarks - MEAN_SHAPE[CHIN]).T
    lower = landmarks.copy()
    lower[:, 1] += amount * np.exp(-(x**2 + y**2) / (2 * 0.045**2))
    return lower


def head_of(age, sex, seed):
    """A drawn head: chins sink by 2 % of the side in 50 years; old women's cheeks are a fifth
    darker.
    """
    landmarks = sinking(MEAN_SHAPE + 0.1 * (shape(seed=seed) - MEAN_SHAPE), 0.02 * (age - 18) / 50)
    picture, mask = draw_head(landmarks)
    if sex == "female" and age > 60:
        cheeks = spot(landmarks, CHEEK, 0.03) + spot(landmarks, OTHER_CHEEK, 0.03)
        picture = (picture * np.exp(-0.2 * cheeks)).astype(np.uint8)
    return picture, landmarks, mask


@pytest.fixture(scope="module")
def exemplars():
    shapes = [shape(1.05, (0.01, 0.0), seed=100), shape(0.95, seed=101), shape(seed=102)]
    pictures, masks = zip(*(draw_head(each) for each in shapes), strict=True)
    wrinkled = pictures[0].copy()
    column, row = (shapes[0][WRINKLE] * SIDE).astype(int)
    cv2.line(wrinkled, (int(column) - 6, int(row)), (int(column) + 6, int(row)), (120, 90, 80), 2)
    return heads_of(
        [wrinkled, *pictures[1:]],
        shapes,
        masks,
        [70, 75, 80],
        sex=["male", "female", "male"],
        source=["drawn"] * 3,
    )


@pytest.fixture(scope="module")
def atlas(exemplars):
    ages = [*np.linspace(20, 39, 10), *np.linspace(64, 85, 10)]
    people = [(age, sex) for sex in ("male", "female") for age in ages]
    pictures, landmarks, masks = zip(
        *(head_of(age, sex, seed) for seed, (age, sex) in enumerate(people)), strict=True
    )
    heads = heads_of(
        pictures,
        landmarks,
        masks,
        [age for age, _ in people],
        sex=[sex for _, sex in people],
        source=["drawn"] * len(people),
    )
    return build_atlas(heads, MEAN_SHAPE, EXEMPLARS, exemplars, RELIEF_SIDE)


def at(plane, number):
    """A map's value at a landmark of the mean face."""
    column, row = (MEAN_SHAPE[number] * len(plane)).astype(int)
    return plane[row, column]


def place_of_least(plane):
    row, column = np.unravel_index(plane.argmin(), plane.shape)
    return (np.array([column, row]) + 0.5) / len(plane)


def test_its_maps_are_those_of_a_generator_and_go_into_it(atlas):
    model = head_generator(
        image_size=64,
        parser={"image_size": 64, "widths": (4, 4, 4, 4), "blocks": 1},
        exemplars=3,
        relief_side=RELIEF_SIDE,
    )
    atlas.assign_to(model)
    for layer, weights in atlas.maps.items():
        for name, value in weights.items():
            assert np.isfinite(value).all()
            np.testing.assert_allclose(
                getattr(model.get_layer(layer), name), value, rtol=1e-6, atol=1e-12
            )


def test_a_map_of_another_shape_is_refused(atlas):
    model = head_generator(
        image_size=64,
        parser={"image_size": 64, "widths": (4, 4, 4, 4), "blocks": 1},
        exemplars=2,
        relief_side=RELIEF_SIDE,
    )
    with pytest.raises(ValueError):
        Atlas({"relief": {"ages": atlas.maps["relief"]["ages"]}}).assign_to(model)


def test_an_exemplars_wrinkle_lies_in_its_fine_relief_in_its_place_and_in_no_others(atlas):
    fine = atlas.maps["relief"]["fine"].reshape(3, RELIEF_SIDE, RELIEF_SIDE)
    left, top, side = WINDOW
    column, row = ((MEAN_SHAPE[WRINKLE] - (left, top)) / side * RELIEF_SIDE).astype(int)
    # A cheek, without eyes and lips, whose edges are darker.
    cheek = fine[:, row - 8 : row + 9, column - 8 : column + 9]
    np.testing.assert_allclose(place_of_least(cheek[0]), (0.5, 0.5), atol=0.25)
    # As deep as what one exemplar alone has may be.
    assert cheek[0].min() < -0.9 * relief.AGAIN * relief.LEAST
    assert cheek[0].min() < 3 * cheek[1:].min()


def test_exemplars_are_as_old_as_their_table_or_corpus_says_and_serve_whom_it_says(atlas):
    relief = atlas.maps["relief"]
    assert relief["ages"].tolist() == [70, 77, 80]
    np.testing.assert_array_equal(relief["roles"], np.eye(3))


def test_exemplars_are_brought_to_one_strength(atlas, exemplars, monkeypatch):
    spread = lambda maps: np.ptp(np.log((maps["fine"] ** 2).mean(axis=1)))
    monkeypatch.setattr(relief, "EQUAL_STRENGTH", (1, 1))
    unequal = relief.exemplar_relief(EXEMPLARS, exemplars, MEAN_SHAPE, RELIEF_SIDE)
    assert spread(atlas.maps["relief"]) < 0.8 * spread(unequal)


def test_its_coarse_relief_is_that_of_men_and_of_women(atlas):
    assert atlas.maps["relief"]["coarse"].shape == (2, COARSE_SIDE, COARSE_SIDE, 1)


def test_foreheads_eyes_and_brows_lie_in_their_places(atlas):
    forehead, eyes = np.moveaxis(atlas.maps["relief"]["places"], -1, 0)
    brows = atlas.maps["greyed"]["brows"][..., 0]
    assert at(forehead, 10) > 0.9 > 0.1 > at(forehead, CHIN)
    assert at(eyes, 159) > 0.5 > 0.1 > at(eyes, CHIN)
    assert at(brows, 105) > 0.3 > 0.1 > at(brows, CHIN)


def test_women_whose_cheeks_were_darkened_have_a_tone_that_darkens_there(atlas):
    men, women = atlas.maps["tone"]["change"].mean(axis=-1)
    assert at(women, CHEEK) < -0.05 and at(women, OTHER_CHEEK) < -0.05
    assert at(women, CHIN) > at(women, CHEEK) + 0.05
    assert (
        min(
            np.linalg.norm(place_of_least(women) - MEAN_SHAPE[number])
            for number in (CHEEK, OTHER_CHEEK)
        )
        < 0.05
    )


def test_men_whose_tone_stayed_have_none(atlas):
    assert np.abs(atlas.maps["tone"]["change"][0]).max() < 0.02


def test_the_tone_is_symmetric(atlas):
    change = atlas.maps["tone"]["change"]
    np.testing.assert_allclose(change, change[:, :, ::-1], atol=1e-4)


@pytest.mark.parametrize("sex", [0, 1])
def test_a_chin_that_sank_is_fetched_from_above(atlas, sex):
    steady, late = atlas.maps["flow"]["change"][sex]
    assert steady.shape == (MAP_SIDE, MAP_SIDE, 2)
    # By 2 % of the side in 50 years, times what the flow is made stronger by.
    assert at(steady, CHIN)[1] < -0.012
    np.testing.assert_allclose(place_of_least(steady[..., 1]), MEAN_SHAPE[CHIN], atol=0.06)
    assert np.abs(at(steady, 10)).max() < 0.4 * np.abs(at(steady, CHIN)).max()
    assert np.abs(late).max() < 0.25 * np.abs(steady).max()


def test_luminance_and_sharpness_are_those_of_the_layers():
    face = astronaut()[::2, ::2]
    light = log_luminance(face)
    np.testing.assert_allclose(
        light, log_luminance_in_layers(face[None].astype("float32") / 255)[0, ..., 0], atol=1e-5
    )
    plane = light[None, ..., None]
    assert sharpness_of(light) == pytest.approx(
        float(sharpness_in_layers(plane, blurred(plane, 1.0))[0, 0]), rel=0.03
    )


def test_bands_and_their_rest_sum_to_the_light():
    light = log_luminance(astronaut()[::4, ::4])
    bands = bands_of(light, 0.5)
    rest = cv2.GaussianBlur(light, (0, 0), 16 * 0.5, borderType=cv2.BORDER_REFLECT)
    np.testing.assert_allclose(sum(bands) + rest, light, atol=1e-5)
