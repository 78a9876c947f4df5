"""Teaching the parser: batches that can be drawn again and are mirrored as a whole, and a training
that goes on where it was interrupted.
"""

import json

import numpy as np
import pytest
from drawn_heads import drawn_heads

from faceaging_tf.layers import SampleAlongFlow
from faceaging_tf.networks import face_parser
from faceaging_tf.teacher.mean_face import MEAN_SHAPE
from faceaging_tf.teacher.measured import measured_head
from faceaging_tf.training.stages import teaching
from faceaging_tf.training.stages.teaching import (
    MEASURED,
    MeasuredBatches,
    identity_of,
    measure_heads,
    parser_figures,
    teach_parser,
)

# Said of what reads batches when steps run without a graph.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Even though the `tf.config.experimental_run_functions_eagerly`"
)
COLUMNS = ("flow", "regions", "traits", "weight")


def measured_of(heads):
    """What `measure_heads` gives, in this process."""
    rows = zip(
        heads.corpus.faces,
        heads.landmarks,
        heads.masks,
        heads.corpus.attributes["sex"],
        heads.closed,
        strict=True,
    )
    found = [
        measured_head(face, landmarks, mask, MEAN_SHAPE, sex, closed)
        for face, landmarks, mask, sex, closed in rows
    ]
    columns = {name: np.stack([getattr(each, name) for each in found]) for name in COLUMNS}
    return {**columns, "flow": columns["flow"].astype("float16")}


@pytest.fixture(scope="module")
def heads():
    return drawn_heads(8)


@pytest.fixture(scope="module")
def validation():
    return drawn_heads(4, seed=1)


@pytest.fixture(scope="module")
def measured(heads):
    return measured_of(heads)


def batches(heads, measured, **more):
    return MeasuredBatches(
        heads.corpus.faces, measured, np.ones(len(heads)), **{"steps": 3, "batch_size": 8, **more}
    )


def test_an_epochs_batches_can_be_drawn_again_and_another_epochs_differ(heads, measured):
    first, again, other = (batches(heads, measured) for _ in range(3))
    first.epoch = again.epoch = 2
    assert len(first) == 3
    for name, values in first[1][0].items():
        np.testing.assert_array_equal(values, again[1][0][name])
    assert (first[1][0]["face"] != other[1][0]["face"]).any() and (
        first[1][0]["face"] != first[2][0]["face"]
    ).any()


def test_a_batch_is_what_the_parser_trains_on(heads, measured):
    batch, _ = batches(heads, measured)[0]
    assert {name: (values.shape, values.dtype.name) for name, values in batch.items()} == {
        "face": ((8, 256, 256, 3), "uint8"),
        "flow": ((8, 64, 64, 2), "float32"),
        "regions": ((8, 128, 128, 2), "uint8"),
        "traits": ((8, 6), "float32"),
        "weight": ((8, 64, 64), "uint8"),
    }


def test_what_is_measured_stays_as_it_was(heads, measured):
    before = {name: values.copy() for name, values in measured.items()}
    batches(heads, measured)[0]
    for name, values in before.items():
        np.testing.assert_array_equal(measured[name], values)


def test_who_has_no_chance_is_never_drawn(heads, measured):
    chances = np.zeros(len(heads))
    chances[3] = 1
    batch, _ = MeasuredBatches(heads.corpus.faces, measured, chances, 1, 8)[0]
    assert all(
        (face == heads.corpus.faces[3]).all() or (face == heads.corpus.faces[3][:, ::-1]).all()
        for face in batch["face"]
    )


@pytest.fixture(scope="module")
def one_head(heads, measured):
    """A batch of one head, as it is and mirrored, and which rows are mirrored."""
    only = {name: values[:1] for name, values in measured.items()}
    only["traits"][0, -1] = 0.5
    batch, _ = MeasuredBatches(heads.corpus.faces[:1], only, np.ones(1), 1, 16)[0]
    mirrored = (batch["face"] != heads.corpus.faces[0]).any(axis=(1, 2, 3))
    assert 0 < mirrored.sum() < 16
    return batch, mirrored


def test_a_mirrored_head_has_its_regions_and_weight_mirrored_and_light_from_the_other_side(
    one_head,
):
    batch, mirrored = one_head
    for name in ("face", "regions", "weight"):
        plain = batch[name][~mirrored][0]
        assert all((each == plain[:, ::-1]).all() for each in batch[name][mirrored])
    np.testing.assert_array_equal(
        batch["traits"][:, -1], np.where(mirrored, -0.5, 0.5).astype("float32")
    )
    np.testing.assert_array_equal(
        batch["traits"][mirrored][0, :-1], batch["traits"][~mirrored][0, :-1]
    )


def test_along_a_mirrored_flow_the_mirrored_mean_face_is_seen_mirrored(one_head):
    batch, mirrored = one_head
    mean_face = np.random.default_rng(0).normal(size=(1, 32, 32, 1)).astype("float32")
    seen = SampleAlongFlow()([mean_face, batch["flow"][~mirrored][:1]])
    mirrored_seen = SampleAlongFlow()([mean_face[:, :, ::-1], batch["flow"][mirrored][:1]])
    np.testing.assert_allclose(mirrored_seen, np.array(seen)[:, :, ::-1], atol=1e-4)


def test_heads_are_measured_once_and_kept(tmp_path, heads, measured):
    few = heads.take([0, 1])
    found = measure_heads(few, MEAN_SHAPE, tmp_path / MEASURED, processes=1)
    for name in COLUMNS:
        np.testing.assert_array_equal(found[name], measured_of(few)[name])
    np.savez(
        tmp_path / MEASURED,
        identity=identity_of(few, MEAN_SHAPE),
        **{name: 0 * values for name, values in found.items()},
    )
    assert not measure_heads(few, MEAN_SHAPE, tmp_path / MEASURED)["weight"].any()
    # What was kept of other heads is measured anew, even of as many.
    assert measure_heads(heads.take([2, 3]), MEAN_SHAPE, tmp_path / MEASURED, processes=1)[
        "weight"
    ].all()


def tiny_parser():
    import keras

    keras.utils.set_random_seed(5)
    return face_parser(image_size=256, widths=(4, 4, 4, 4), blocks=1)


def test_figures_of_a_parser_that_knows_nothing(heads, measured):
    parser = tiny_parser()
    for weight in parser.weights:
        weight.assign(0 * weight)
    figures = parser_figures(parser, heads, measured)
    shown = measured["regions"].max(axis=-1).reshape(8, 64, 2, 64, 2).mean(axis=(2, 4)) > 100
    assert figures["flow_px"] == pytest.approx(
        256 * np.abs(measured["flow"].astype("float32"))[shown].mean(), rel=1e-4
    )
    assert figures["regions"] == pytest.approx(
        np.abs(0.5 - measured["regions"] / 255).mean(), rel=1e-4
    )
    # A logit of 0 says man, whom every other head shows.
    assert figures["sex"] == 0.5


@pytest.mark.slow
def test_it_learns_where_heads_lie_that_it_has_not_seen(
    heads, validation, measured, tmp_path, monkeypatch
):
    monkeypatch.setattr(teaching, "EPOCH", 20)
    np.savez(tmp_path / MEASURED, identity=identity_of(heads, MEAN_SHAPE), **measured)
    truth = measured_of(validation)
    np.savez(
        tmp_path / f"validation_{MEASURED}", identity=identity_of(validation, MEAN_SHAPE), **truth
    )
    before = parser_figures(tiny_parser(), validation, truth)
    after = teach_parser(tiny_parser(), heads, validation, MEAN_SHAPE, tmp_path, 80, batch_size=4)
    assert after["flow_px"] < 0.95 * before["flow_px"]


EPOCH, EPOCHS = 3, 2


class Interrupted(Exception):
    pass


def _without_times(line):
    return {name: line[name] for name in line if name not in ("seconds", "faces_per_second")}


class Breaking(MeasuredBatches):
    """Batches that break off when the second epoch begins."""

    @property
    def epoch(self):
        return 0

    @epoch.setter
    def epoch(self, epoch):
        if epoch == 1:
            raise Interrupted


@pytest.fixture(scope="module")
def teach(heads, validation, measured):
    """A function that teaches for two short epochs into a folder, and gives parser, figures and
    log.
    """
    tf = pytest.importorskip("tensorflow")
    identities = [{"identity": identity_of(each, MEAN_SHAPE)} for each in (heads, validation)]
    kept = {
        MEASURED: {**measured, **identities[0]},
        f"validation_{MEASURED}": {**measured_of(validation), **identities[1]},
    }

    def taught(folder):
        for name, columns in kept.items():
            np.savez(folder / name, **columns)
        parser = tiny_parser()
        figures = teach_parser(
            parser, heads, validation, MEAN_SHAPE, folder, EPOCH * EPOCHS, batch_size=4
        )
        lines = (folder / "parser" / "log.jsonl").read_text().splitlines()
        return parser, figures, [_without_times(json.loads(line)) for line in lines]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teaching, "EPOCH", EPOCH)
        # For so few steps a graph costs more than it saves.
        tf.config.run_functions_eagerly(True)
        yield taught
        tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def resumed(teach, tmp_path_factory):
    """A training that was interrupted when its second epoch began, and taken up again."""
    folder = tmp_path_factory.mktemp("interrupted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(teaching, "MeasuredBatches", Breaking)
        with pytest.raises(Interrupted):
            teach(folder)
    return teach(folder)


def test_interrupted_it_goes_on_with_the_epoch_that_it_was_in(resumed):
    assert [int(row["step"]) for row in resumed[2]] == [EPOCH, 2 * EPOCH]


def test_its_figures_are_those_of_the_last_epoch(resumed):
    _, figures, log = resumed
    assert figures == {name: log[-1][name] for name in ("flow_px", "regions", "sex")}


@pytest.mark.slow
def test_interrupted_it_ends_where_it_would_have_ended(resumed, teach, tmp_path):
    whole = teach(tmp_path)
    assert whole[2] == resumed[2]
    for expected, found in zip(whole[0].weights, resumed[0].weights, strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
