"""What prototypes make of a face, against hand computation."""

import numpy as np
import pytest
from keras import ops
from scipy.ndimage import gaussian_filter

from faceaging_tf.data.face_outline import outside
from faceaging_tf.data.prototypes import DARK, KNOTS, SCALES, Prototypes, age_basis
from faceaging_tf.models.distillation import Distillation, distance_to_lesson
from faceaging_tf.models.prototype_change import PrototypeChange, _hats
from faceaging_tf.networks import mobile_generator

SIZE, HALF, GRID = 64, 32, 16


def prototypes(texture=0.0, energy=0.0, shape=(0.0, 0.0)):
    """From 25 to 65 years everywhere: the logarithm of colours changes by `texture`, that of energy
    by `energy`, places move by `shape`.
    """
    old = np.zeros(18, "float32")
    old[KNOTS.index(65.0)] = 1
    spread = lambda value, *sides: (
        old.reshape(-1, *(1 for _ in sides)) * value * np.ones(sides, "float32")
    ).astype("float32")
    shape = spread(np.asarray(shape, "float32"), GRID, GRID, 2)
    one = np.ones((HALF, HALF), "float32")
    return Prototypes(
        spread(texture, HALF, HALF, 3), spread(energy, 4, HALF, HALF), shape, one, one.copy()
    )


def faces(years, age=25.0):
    picture = np.random.default_rng(0).uniform(-0.4, 0.4, (2, SIZE, SIZE, 3)).astype("float32")
    number = np.full(2, 1.0, "float32")
    return {
        "face": picture,
        "place": np.zeros((2, GRID, GRID, 2), "float32"),
        "age": age * number,
        "years": years * number,
        "male": number,
    }


def plain(prototypes, **more):
    given = {
        "older": (1.0, 1.0, 1.0),
        "younger": (1.0, 1.0, 1.0),
        "bright": 1.0,
        "bands": (1.0, 1.0, 1.0, 1.0),
        **more,
    }
    return PrototypeChange(prototypes, SIZE, **given)


def test_its_hats_are_those_of_the_prototypes():
    ages = np.array([0.0, 3.0, 20.0, 65.0, 90.0], "float32")
    np.testing.assert_allclose(
        _hats(ops.convert_to_tensor(ages), KNOTS), age_basis(ages, np.ones(5))[:, :9], atol=1e-6
    )


def test_half_the_way_darkens_by_half_the_logarithm():
    given = faces(20.0, age=45.0)
    changed, flow = plain(prototypes(texture=-0.3))(given)
    hat = age_basis([65.0], [1.0])[0, 7]
    pixels = (given["face"] + 1) * 127.5
    expected = ((pixels + DARK) * np.exp(-0.3 * hat) - DARK) / 127.5 - 1
    np.testing.assert_allclose(changed, expected, atol=1e-4)
    np.testing.assert_allclose(flow, 0 * flow, atol=1e-6)


def test_detail_grows_by_the_root_of_the_energy():
    given = faces(40.0)
    changed, _ = plain(prototypes(energy=np.log(4.0)))(given)
    logs = np.log((given["face"][0] + 1) * 127.5 + DARK)
    luminance = logs @ np.array([0.299, 0.587, 0.114])
    smooth = [gaussian_filter(luminance, scale * SIZE, truncate=4) for scale in SCALES]
    # Twice the amplitude: each band once more.
    grown = logs + (smooth[0] - smooth[-1])[..., None]
    np.testing.assert_allclose(changed[0], (np.exp(grown) - DARK) / 127.5 - 1, atol=5e-3)


def test_bright_detail_grows_less_than_dark_detail():
    given = faces(40.0)
    all_of_it, _ = plain(prototypes(energy=1.0))(given)
    held, _ = plain(prototypes(energy=1.0), bright=0.5)(given)
    more, less = np.array(all_of_it) - given["face"], np.array(held) - given["face"]
    np.testing.assert_allclose(less[more < 0], more[more < 0], atol=1e-6)
    assert (less[more > 1e-3] < 0.6 * more[more > 1e-3]).all()


def test_a_band_of_detail_takes_its_share_of_the_strength():
    given, energy = faces(40.0), prototypes(energy=1.0)
    third = plain(energy, bands=(0.0, 0.0, 0.5, 0.0))(given)[0]
    energy.energy[:, [0, 1, 3]] = 0
    energy.energy[:, 2] *= 0.5
    np.testing.assert_allclose(third, plain(energy)(given)[0], atol=1e-6)


def test_a_face_is_fetched_from_where_it_came():
    _, flow = plain(prototypes(shape=(0.05, -0.02)))(faces(40.0))
    np.testing.assert_allclose(
        np.array(flow)[:, 4:-4, 4:-4], np.broadcast_to([-0.05, 0.02], (2, 8, 8, 2)), atol=1e-4
    )


def test_beyond_the_outline_nothing_moves():
    _, flow = plain(prototypes(shape=(0.05, -0.02)))(faces(40.0))
    flow = np.abs(np.array(flow))
    assert flow[:, outside(GRID)].max() < 0.2 * flow.max() and flow[:, -2, [0, -1]].max() == 0


def test_years_before_twenty_have_a_strength_of_their_own():
    # A child of 6 differs from 15 to 55 as 65 does.
    grows = prototypes(shape=(0.05, 0.0))
    grows.shape[KNOTS.index(6.0)] = grows.shape[KNOTS.index(65.0)]
    middle = lambda age, years: float(
        np.array(plain(grows, growth=0.5)(faces(years, age))[1])[0, 8, 8, 0]
    )
    assert middle(6.0, 14.0) == pytest.approx(0.5 * 0.05, abs=1e-4)
    assert middle(25.0, 40.0) == pytest.approx(-0.05, abs=1e-4)
    assert middle(6.0, 59.0) == pytest.approx(0.5 * 0.05 - 0.05, abs=1e-4)


def test_years_below_zero_take_back_what_years_above_zero_did():
    given = faces(40.0)
    older, _ = plain(prototypes(texture=-0.3))(given)
    younger, _ = plain(prototypes(texture=-0.3))({**faces(-40.0, age=65.0), "face": older})
    # Brightening is for dark hair alone, beyond a little.
    assert (
        abs(np.array(younger) - given["face"]).mean() < abs(np.array(older) - given["face"]).mean()
    )


def test_only_what_is_darker_than_the_skin_turns_grey():
    given = faces(40.0)
    given["face"] = np.full_like(given["face"], 0.2)
    given["face"][:, 20:40, 20:40] = -0.7
    changed, _ = plain(prototypes(texture=0.3))(given)
    change = np.array(changed) - given["face"]
    assert change[:, 26:34, 26:34].min() > 0.08
    skin = np.log(1.2 * 127.5 + DARK)
    assert change[:, :8, :8] == pytest.approx(
        (np.exp(skin + 0.06) - np.exp(skin)) / 127.5, abs=1e-3
    )


def test_eyes_and_mouth_take_a_third():
    holed = prototypes(texture=-0.3)
    holed.skin[18:22, 12:20] = 0
    given = faces(40.0)
    changed, _ = plain(holed)(given)
    pixels = (given["face"][:, 38:42, 28:36] + 1) * 127.5
    expected = ((pixels + DARK) * np.exp(-0.3 * 0.33) - DARK) / 127.5 - 1
    np.testing.assert_allclose(np.array(changed)[:, 38:42, 28:36], expected, atol=1e-4)


def test_the_distance_to_a_lesson():
    given, teacher = faces(40.0), plain(prototypes(shape=(0.05, 0.0)))
    still = np.zeros((2, GRID, GRID, 2), "float32")
    _, flow = teacher(given)
    distance = distance_to_lesson(given["face"] + 0.1, still, teacher, given)
    np.testing.assert_allclose(
        distance,
        np.full(2, 10 * (np.hypot(0.1, 0.03) - 0.03) + 10 * 0.1 + 20 * float(np.abs(flow).mean())),
        rtol=1e-3,
    )


def test_a_patch_is_farther_from_a_lesson_than_fine_lines_of_the_same_contrast():
    given, teacher = faces(40.0), plain(prototypes())
    still = np.zeros((2, GRID, GRID, 2), "float32")
    patch, lines = np.zeros_like(given["face"]), np.zeros_like(given["face"])
    patch[:, 16:32, 16:32] = -0.1
    lines[:, 16:32:2, 16:32], lines[:, 17:32:2, 16:32] = 0.1, -0.1
    far, near = (
        np.array(distance_to_lesson(given["face"] + change, still, teacher, given))
        for change in (patch, lines)
    )
    assert (far > 1.8 * near).all()


def test_a_generator_learns_its_lesson():
    import keras

    keras.utils.set_random_seed(0)
    teacher = plain(prototypes(texture=-0.4, shape=(0.03, 0.0)))
    generator = mobile_generator(
        image_size=SIZE, widths=(8, 8, 8, 8), blocks=1, conditioned=False, warp=0.1
    )
    given = faces(40.0)
    batch = {**given, "face": np.rint((given["face"] + 1) * 127.5).astype("uint8")}
    model = Distillation({"aging": generator}, teacher, lambda batch: {"aging": batch})
    model.compile(keras.optimizers.Adam(5e-3))
    before = float(np.mean(model(batch)))
    model.fit(batch, epochs=60, batch_size=2, verbose=0)
    assert float(np.mean(model(batch))) < 0.4 * before


def test_a_generator_that_cannot_move_a_face_is_refused():
    generator = mobile_generator(image_size=SIZE, widths=(4, 4, 4, 4), conditioned=False)
    with pytest.raises(
        ValueError, match=r"does not move the face; it needs mobile_generator\(warp=...\)"
    ):
        Distillation({"aging": generator}, None, None)
