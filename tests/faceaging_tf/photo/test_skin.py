"""Where skin is, and its light in bands."""

import dataclasses

import cv2
import numpy as np
from drawn_heads import draw_head, shape

from faceaging_tf.geometry.landmarks import CHEEKS, LEFT_BROW, LEFT_EYE, LIPS
from faceaging_tf.photo.skin import bands_of, blurred, dulled, log_luminance, sharpness_of, skin_of

POINTS = shape()
FACE = draw_head(POINTS)[0]
# Its forehead goes on above the mesh.
BALD = draw_head(POINTS, bald=True)[0]


def at(plane, points):
    """A plane at fractions of the side."""
    columns, rows = (np.asarray(points) * len(plane)).astype(int).T
    return plane[rows, columns]


def test_skin_is_what_has_the_cheeks_colour_within_the_face():
    mask = skin_of(FACE, POINTS).mask
    assert at(mask, POINTS[list(CHEEKS)]).min() > 0.99
    for outline in (LEFT_EYE, LEFT_BROW, LIPS):
        assert at(mask, [POINTS[list(outline)].mean(axis=0)]).max() < 0.05
    assert mask[:60].max() < 0.05 and mask[240:].max() < 0.05


def test_known_hair_is_no_skin():
    hair = np.zeros((256, 256), "float32")
    hair[:, :128] = 1
    mask = skin_of(FACE, POINTS, hair).mask
    assert mask[:, :120].max() < 0.01 and mask[:, 145:].max() > 0.99


def test_a_strand_over_the_forehead_is_no_skin():
    strand = BALD.copy()
    start, end = (np.array([(0.48, 0.28), (0.52, 0.38)]) * 256).astype(int)
    cv2.line(strand, start.tolist(), end.tolist(), (250, 225, 190), 2)
    free, hung = (skin_of(face, POINTS).mask for face in (BALD, strand))
    column, row = (start + end) // 2
    assert free[row, column] > 0.9 and hung[row, column] < 0.3


def test_under_a_fringe_nothing_above_the_brows_is_skin():
    hair = np.zeros((256, 256), "float32")
    hair[:, :110] = hair[:, 150:] = 1
    hair[round(POINTS[list(LEFT_BROW), 1].max() * 256) :] = 0
    free, hung = skin_of(BALD, POINTS), skin_of(BALD, POINTS, hair)
    assert not free.fringe and hung.fringe
    top = round(POINTS[list(LEFT_BROW), 1].min() * 256)
    assert free.mask[top - 5, 128] > 0.9 and hung.mask[:top].max() < 0.01
    np.testing.assert_allclose(hung.mask[160:], free.mask[160:], atol=0.01)


def test_skins_light_goes_on_below_brows():
    skin = skin_of(FACE, POINTS)
    cheek = at(skin.light, POINTS[[50]])[0]
    assert at(log_luminance(FACE), [POINTS[list(LEFT_BROW)].mean(axis=0)])[0] < cheek - 0.5
    middle = POINTS[list(LEFT_BROW)].mean(axis=0, keepdims=True)
    np.testing.assert_allclose(at(skin.light, middle), cheek, atol=0.02)


def test_a_larger_picture_of_the_same_head_has_the_same_skin():
    large = cv2.resize(FACE, (512, 512), interpolation=cv2.INTER_LINEAR)
    mask = cv2.resize(skin_of(large, POINTS).mask, (256, 256), interpolation=cv2.INTER_AREA)
    assert np.abs(mask - skin_of(FACE, POINTS).mask).mean() < 0.01


def test_bands_and_what_is_coarser_add_up():
    light = np.random.default_rng(0).normal(size=(64, 64)).astype("float32")
    np.testing.assert_allclose(bands_of(light).sum(axis=0) + blurred(light, 16.0), light, atol=1e-5)


def test_a_wave_lies_in_the_band_of_its_length():
    rows = np.arange(256)[:, None] + np.zeros((1, 256))
    # A Gaussian of s pixels leaves exp(-(2 pi s / length)^2 / 2) of a wave.
    wave = np.sin(2 * np.pi * rows / 16).astype("float32")
    left = [np.exp(-((2 * np.pi * s / 16) ** 2) / 2) for s in (0.5, 1, 2, 4, 8, 16)]
    expected = -np.diff([1.0, *left])
    energy = bands_of(wave)[:, 80:176].std(axis=(1, 2)) / wave[80:176].std()
    np.testing.assert_allclose(energy, expected, atol=0.01)


def test_a_blurred_head_is_less_sharp():
    light = log_luminance(FACE)
    assert (sharpness_of(blurred(light, 1.5)) < 0.6 * sharpness_of(light)).all()


def test_a_beard_is_no_skin():
    bearded = FACE.copy()
    noise = np.random.default_rng(0).uniform(0.7, 1.1, (40, 90, 1))
    bearded[185:225, 83:173] = bearded[185:225, 83:173] * noise
    bare, covered = (skin_of(face, POINTS).mask for face in (FACE, bearded))
    chin = (POINTS[[199, 200]] * 256).astype(int).T
    assert bare[chin[1], chin[0]].min() > 0.9 and covered[chin[1], chin[0]].max() < 0.1
    assert at(covered, POINTS[[50, 280]]).min() > 0.99


def test_shine_goes_and_a_pale_spot_stays():
    x, y = (POINTS[50] * 256).astype(int)
    shown = {}
    for name, colour in (("shine", (250, 244, 240)), ("pale", (242, 191, 163))):
        face = FACE.copy()
        face[y - 6 : y + 6, x - 6 : x + 6] = colour
        face = np.uint8(np.clip(blurred(np.float32(face), 2.0), 0, 255))
        skin = skin_of(face, POINTS)
        # As if the mesh and the colours had let it pass.
        shown[name] = dataclasses.replace(
            skin, light=log_luminance(face), mask=skin_of(FACE, POINTS).mask
        )
        tint = np.log(np.maximum(np.float32(face[..., ::2]) / 255, 0.02))
        shown[name] = dataclasses.replace(shown[name], tint=tint - shown[name].light[..., None])
    over = lambda skin: skin.light[y, x] - skin.light[y + 14, x]
    assert over(shown["shine"]) > 0.2
    assert over(dulled(shown["shine"])) < 0.5 * over(shown["shine"])
    assert over(dulled(shown["pale"])) > 0.8 * over(shown["pale"])
    far = np.hypot(*(np.indices((256, 256)) - np.array([y, x])[:, None, None])) > 40
    for skin in shown.values():
        cheeks = far & (skin_of(FACE, POINTS).mask > 0.99)
        assert np.abs(dulled(skin).light - skin.light)[cheeks].max() < 0.01
