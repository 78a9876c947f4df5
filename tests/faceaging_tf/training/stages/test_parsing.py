"""The parser's training step: what a moved face is to be told, and what each loss counts."""

import keras
import numpy as np
import pytest

from faceaging_tf import networks
from faceaging_tf.training.stages.parsing import LOSS_WEIGHTS, FaceParsing

SIZE, NUMBER = 64, 12
TINY = {"network": "face_parser", "image_size": SIZE, "widths": (4, 4, 4, 4), "blocks": 1}


def places(size):
    """The position of each pixel, `(size, size, 2)`, fractions of the side."""
    axis = (np.arange(size, dtype="float32") + 0.5) / size
    return np.stack(np.meshgrid(axis, axis), axis=-1)


def repeated(plane):
    return np.broadcast_to(plane, (NUMBER, *plane.shape)).copy()


def seeing():
    """A model that shows the faces that its parser would be shown."""
    face = keras.Input((SIZE, SIZE, 3))
    return FaceParsing(keras.Model(face, {"face": keras.layers.Identity()(face)}))


@pytest.fixture(scope="module")
def batch():
    """Faces that are white within a disc, as their skin is; a flow that grows to the right and
    down; and, as hair, how far to the right the mean face's position is.
    """
    disc = lambda size: (np.linalg.norm(places(size) - (0.45, 0.55), axis=-1) < 0.25)[..., None]
    flow = lambda size: 0.1 * places(size) @ np.float32([[1, 0], [0.5, -1]])
    hair = 255 * (places(SIZE // 2) + flow(SIZE // 2))[..., :1] / 1.2
    return {
        "face": repeated((255 * disc(SIZE) * np.ones(3)).astype(np.uint8)),
        "flow": repeated(flow(SIZE // 4).astype("float32")),
        "regions": repeated(
            np.concatenate([255.0 * disc(SIZE // 2), hair], axis=-1).astype("float32")
        ),
        "weight": repeated((255 * disc(SIZE // 4)[..., 0]).astype(np.uint8)),
        "traits": repeated(np.zeros(6, "float32")),
    }


@pytest.fixture(scope="module")
def moved(batch):
    return {
        name: keras.tree.map_structure(np.array, each)
        for name, each in seeing()(batch, training=True).items()
    }


def of_sixteenths(planes):
    """Planes `(N, 32, 32, ...)` averaged to the flow's size."""
    return planes.reshape(NUMBER, SIZE // 4, 2, SIZE // 4, 2, -1).mean(axis=(2, 4))


INSIDE = (slice(None), slice(2, -2), slice(2, -2))


def test_some_faces_are_moved_and_some_are_not(moved, batch):
    still = np.abs(moved["flow"] - batch["flow"]).max(axis=(1, 2, 3)) < 1e-6
    assert 0 < still.sum() < NUMBER


def test_a_moved_faces_flow_leads_to_the_position_that_its_pixels_had(moved):
    # The picture of the positions moves with the face; the flow must lead to what it then shows.
    position = 1.2 * of_sixteenths(moved["regions"][..., 1:])[..., 0]
    np.testing.assert_allclose(
        (places(SIZE // 4) + moved["flow"])[INSIDE][..., 0], position[INSIDE], atol=1e-3
    )


def test_a_moved_faces_skin_lies_where_the_face_does(moved):
    # Relit, white stays above -.2 and black below it.
    white = (
        (moved["told"]["face"].mean(axis=-1) > -0.2)
        .reshape(NUMBER, SIZE // 2, 2, SIZE // 2, 2)
        .mean(axis=(2, 4))
    )
    skin = moved["regions"][..., 0] > 0.5
    assert np.mean((white > 0.5) != skin) < 0.02


def middle(planes):
    """The mean position of planes' weights, `(N, 2)`."""
    weights = planes[..., None] / planes.sum(axis=(1, 2))[:, None, None, None]
    return (weights * places(planes.shape[1])).sum(axis=(1, 2))


def test_what_is_trusted_moves_with_the_face(moved):
    trusted, skin = middle(moved["weight"][..., 0]), middle(moved["regions"][..., 0])
    assert np.ptp(skin, axis=0).min() > 0.01
    # Discs of so few pixels differ from one another by as much as this.
    np.testing.assert_allclose(trusted, skin, atol=0.006)


def test_faces_stay_within_their_range(moved):
    assert np.abs(moved["told"]["face"]).max() <= 1


def test_not_in_training_faces_are_shown_as_they_are(batch):
    shown = seeing()(batch)
    np.testing.assert_allclose(shown["told"]["face"], batch["face"] / 127.5 - 1, atol=1e-6)
    np.testing.assert_array_equal(shown["flow"], batch["flow"])


def outcome(**changes):
    """A prediction that is right in everything, but for the changes."""
    regions = np.zeros((2, 8, 8, 2), "float32")
    regions[:, :4, :, 0] = 1
    told = {
        "flow": np.zeros((2, 4, 4, 2), "float32"),
        "regions": 40 * regions - 20,
        "traits": np.float32([[20, 0, 0, 0, 0, 0], [-20, 0, 0, 0, 0, 0]]),
    }
    right = {
        "flow": np.zeros((2, 4, 4, 2), "float32"),
        "regions": regions,
        "weight": np.ones((2, 4, 4, 1), "float32"),
        "traits": np.eye(2, 6, dtype="float32") * [[1], [0]],
    }
    right["traits"] = right["traits"].astype("float32")
    return {
        **right,
        **{name: value for name, value in changes.items() if name in right},
        "told": {**told, **changes.get("told", {})},
    }


def losses(**changes):
    model = FaceParsing(dict(TINY), augment=False)
    total = float(model.compute_loss(y_pred=outcome(**changes)))
    found = {name: float(tracker.result()) for name, tracker in model.trackers.items()}
    assert total == pytest.approx(
        sum(LOSS_WEIGHTS[name] * value for name, value in found.items()), rel=1e-5, abs=1e-7
    )
    return found


def test_a_parser_that_is_right_has_no_loss():
    assert losses() == pytest.approx(dict.fromkeys(LOSS_WEIGHTS, 0), abs=1e-6)


def test_the_flows_loss_counts_hundredths_of_the_side():
    off = losses(told={"flow": np.full((2, 4, 4, 2), 0.03, "float32")})
    # The sum of weights has a one added, so that it is never zero.
    assert 2.5 < off["flow"] <= 3 and off["regions"] == pytest.approx(0, abs=1e-6)


def test_what_is_wrong_outside_skin_and_hair_hardly_counts():
    flow = np.zeros((2, 4, 4, 2), "float32")
    flow[:, 3] = 0.03
    inside = np.roll(flow, 1 - 3, axis=1)
    assert 0 < 5 * losses(told={"flow": flow})["flow"] < losses(told={"flow": inside})["flow"]


def test_what_cannot_be_trusted_does_not_count():
    found = losses(
        weight=np.zeros((2, 4, 4, 1), "float32"),
        told={
            "flow": np.ones((2, 4, 4, 2), "float32"),
            "regions": np.zeros((2, 8, 8, 2), "float32"),
        },
    )
    assert found["flow"] == found["regions"] == 0


def test_not_knowing_costs_the_logarithm_of_two():
    found = losses(
        told={"regions": np.zeros((2, 8, 8, 2), "float32"), "traits": np.zeros((2, 6), "float32")}
    )
    assert found["female"] == pytest.approx(np.log(2)) and found["regions"] == pytest.approx(
        np.log(2), rel=0.01
    )


def test_unknown_traits_do_not_count():
    traits = np.float32([[np.nan, 1, 0, 0, 0, 0], [0, np.nan, 0, 0, 0, 0]])
    # Of ten traits nine are known, one of which is off by one.
    assert losses(
        traits=traits, told={"traits": np.float32([[5, 0, 0, 0, 0, 0], [-20, 9, 0, 0, 0, 0]])}
    ) == pytest.approx({"flow": 0, "regions": 0, "female": 0, "traits": 1 / 9}, abs=1e-5)


def test_its_configuration_makes_it_again():
    model = FaceParsing(dict(TINY), augment=False, seed=3)
    again = FaceParsing.from_config(model.get_config())
    assert (
        again.get_config() == model.get_config()
        and networks.serialize(again.parser)["image_size"] == SIZE
    )
