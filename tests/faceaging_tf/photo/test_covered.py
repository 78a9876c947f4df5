"""Where things lie on a face: drawn and photographed heads, with things painted onto them."""

import cv2
import numpy as np
import pytest
from painted_heads import EYES, FACE, HAT, HEIGHT, MOUTH, POINTS, haired, painted
from skimage.data import astronaut

from faceaging_tf.geometry.align import TEMPLATE, cut_square, similarity_to_template
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.geometry.landmarks import CHIN, NOSE_BASE, OVAL
from faceaging_tf.photo.covered import covered, covered_faces

# Eyes, nose and corners of the mouth of the astronaut.
PLACES = np.array([(204.0, 101), (245, 102), (225, 126), (203, 140), (244, 141)])
LEFT, RIGHT, NOSE, *_ = (WHOLE_HEAD.template() * 256).astype(int)


def photographed(template):
    """The astronaut, aligned."""
    matrix = similarity_to_template(PLACES, 256, template)
    return np.ascontiguousarray(cut_square(astronaut(), matrix, 256))


def polygon(corners):
    """What lies within corners `(n, 2)`, `(256, 256)` uint8."""
    return cv2.fillPoly(np.zeros((256, 256), "uint8"), [np.int32(corners)], 1)


def within(mask, thing):
    """What is said of a thing's inside, without its edge."""
    return mask[cv2.erode(thing, np.ones((9, 9))) > 0]


def hooded(colour):
    """The drawn face in a hood, and where the hood is `(256, 256)`."""
    middle, tall = POINTS[list(OVAL)].mean(axis=0), POINTS[CHIN, 1] - POINTS[10, 1]
    width = POINTS[454, 0] - POINTS[234, 0]
    cloth = np.zeros((256, 256), "uint8")
    ellipse = lambda scale, high, value: cv2.ellipse(
        cloth,
        tuple(map(int, middle * 256)),
        (int(width * 128 * scale), int(tall * 128 * high)),
        *(0, 0, 360, value, -1),
    )
    ellipse(1.9, 1.7, 1)
    cloth[int((middle[1] + 0.6 * tall) * 256) :, 40:216] = 1
    ellipse(1.12, 1.12, 0)
    weave = np.random.default_rng(0).uniform(0.97, 1.03, (256, 256, 1))
    return np.where(cloth[..., None], np.uint8(np.array(colour) * weave), FACE), cloth


def test_nothing_lies_on_a_bare_face():
    assert covered(FACE) is None
    assert covered(photographed(WHOLE_HEAD.template())) is None


@pytest.mark.parametrize(
    "colour",
    [(120, 165, 205), (235, 235, 232), (30, 30, 33), (232, 170, 172), (212, 180, 150)],
)
def test_a_mask_of_any_colour_hides_the_mouth(colour):
    mask = covered(painted(MOUTH, colour))
    middle = slice(100, 156)
    assert mask[MOUTH][4:-4, middle].min() > 0.99
    assert mask[: HEIGHT(168) - 10, middle].max() < 0.01


def mask_before():
    """Where a mask lies on the astronaut, `(256, 256)` uint8."""
    (low, high), chin = (LEFT[0] - 22, RIGHT[0] + 22), NOSE[1] + 60
    upper = [(low, NOSE[1] - 14), (NOSE[0], NOSE[1] - 20), (high, NOSE[1] - 14)]
    return polygon([*upper, (high - 12, chin - 14), (NOSE[0], chin), (low + 12, chin - 14)])


def test_a_mask_of_the_skins_own_colour_is_a_mask():
    face = photographed(WHOLE_HEAD.template())
    skin = np.median(face[NOSE[1] - 3 : NOSE[1] + 3, NOSE[0] - 3 : NOSE[0] + 3], axis=(0, 1))
    thing = mask_before()
    mask = covered(np.where(thing[..., None], skin, face).astype("uint8"))
    assert within(mask, thing).mean() > 0.97 and mask[: LEFT[1]].max() < 0.01


def test_a_mask_with_dots_is_a_mask():
    y, x = np.mgrid[:256, :256]
    dots = np.where((((x % 9 - 4) ** 2 + (y % 9 - 4) ** 2) < 7)[..., None], (200, 30, 60), 235)
    face = photographed(WHOLE_HEAD.template())
    thing = mask_before()
    mask = covered(np.where(thing[..., None], dots, face).astype("uint8"))
    assert within(mask, thing).mean() > 0.97 and mask[: LEFT[1]].max() < 0.01


@pytest.mark.parametrize("colour", [(18, 18, 20), (70, 40, 24), (120, 78, 52)])
def test_lenses_of_any_colour_hide_the_eyes(colour):
    mask = covered(painted(EYES, colour))
    assert mask[EYES][3:-3, 90:166].min() > 0.99
    assert mask[HEIGHT(NOSE_BASE) :].max() < 0.01 and mask[:60].max() < 0.01


@pytest.mark.parametrize("opaque", [1.0, 0.8, 0.6])
def test_eyes_may_be_seen_through_lenses(opaque):
    face, lenses = photographed(WHOLE_HEAD.template()), np.zeros((256, 256), "uint8")
    for eye in (LEFT, RIGHT):
        cv2.ellipse(lenses, tuple(map(int, eye)), (26, 19), 0, 0, 360, 1, -1)
    seen = face + opaque * lenses[..., None] * (np.array((60, 36, 24)) - face)
    mask = covered(seen.astype("uint8"))
    assert within(mask, lenses).mean() > 0.95 and mask[NOSE[1] + 15 :].max() < 0.01


@pytest.mark.parametrize("colour", [(24, 23, 25), (80, 52, 36), (170, 30, 35), (120, 120, 122)])
def test_a_hat_is_found_and_no_more_than_the_hat(colour):
    mask = covered(painted(HAT, colour))
    assert mask[HAT][:-3, 90:166].min() > 0.99
    assert mask[HAT.stop + 5 :, 90:166].max() < 0.01


@pytest.mark.parametrize("colour", [(18, 18, 20), (80, 52, 36), (170, 30, 35)])
def test_a_cap_may_hide_the_brows(colour):
    face = photographed(WHOLE_HEAD.template())
    low = LEFT[1] - 10
    thing = polygon(
        [(LEFT[0] - 40, low), (RIGHT[0] + 40, low), (RIGHT[0] + 34, 0), (LEFT[0] - 34, 0)]
    )
    mask = covered(np.where(thing[..., None], colour, face).astype("uint8"))
    assert within(mask, thing).mean() > 0.97 and mask[NOSE[1] :].max() < 0.01


@pytest.mark.parametrize("colour", [(25, 24, 26), (90, 64, 46), (212, 180, 150)])
def test_a_hood_is_found_down_to_the_shoulders(colour):
    face, cloth = hooded(colour)
    mask = covered(face)
    beside = np.zeros_like(cloth)
    beside[130:180] = 1
    assert within(mask, cloth * beside).mean() > 0.9 and mask[150:200, 110:146].max() < 0.01


def test_a_hand_has_the_skins_colour():
    face, hand = photographed(WHOLE_HEAD.template()), np.zeros((256, 256), "uint8")
    for finger in range(4):
        start, end = (50, 238 + 12 * finger), (NOSE[0] + 8 - 4 * finger, NOSE[1] + 14 + 12 * finger)
        cv2.line(hand, start, tuple(map(int, end)), 1, 11)
    colour = np.median(face[NOSE[1] - 3 : NOSE[1] + 3, NOSE[0] - 3 : NOSE[0] + 3], axis=(0, 1))
    mask = covered(np.where(hand[..., None], 0.95 * colour, face).astype("uint8"))
    over = hand * (np.arange(256) > 90) * (np.arange(256) < 215)[:, None]
    assert within(mask, np.uint8(over)).mean() > 0.8 and mask[: LEFT[1] + 8].max() < 0.01


@pytest.mark.parametrize("colour", [(38, 28, 24), (90, 60, 40), (150, 120, 85), (185, 182, 178)])
def test_hair_with_a_ragged_edge_is_no_hat(colour):
    assert covered(haired(colour)) is None


def test_what_is_bare_beside_a_thing_stays_so():
    half = slice(96, 160)
    mask = covered(painted(MOUTH, (235, 232, 225), half))
    assert mask[MOUTH][5:-5, 100:156].min() > 0.99
    cheek = HEIGHT(NOSE_BASE)
    assert mask[cheek - 5 : cheek + 5, 75:90].max() < 0.2


def test_it_has_the_size_of_the_face():
    large = np.repeat(np.repeat(painted(MOUTH, (232, 170, 172)), 2, axis=0), 2, axis=1)
    mask = covered(large)
    assert (
        mask.shape == (512, 512) and mask.dtype == np.float32 and 0 <= mask.min() <= mask.max() <= 1
    )


def test_tight_faces_are_looked_at_too_and_small_ones_are_not():
    face = photographed(TEMPLATE)
    masked = face.copy()
    masked[int(TEMPLATE[2, 1] * 256) - 8 :, 20:236] = (120, 165, 205)
    none, mask = covered_faces(np.stack([face, masked]), "tight")
    assert none is None and mask[int(TEMPLATE[3, 1] * 256), 128] > 0.99
    assert covered_faces(masked[None, ::4, ::4], "tight") == [None]
