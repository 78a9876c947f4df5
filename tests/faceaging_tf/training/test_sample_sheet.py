"""The same faces at several numbers of years."""

import numpy as np
import pytest
import tiny
from PIL import Image

from faceaging_tf.training import SampleSheet, sample_sheet


@pytest.fixture(scope="module")
def model():
    return tiny.fagan(discriminator=None)


def test_a_row_is_a_face_and_a_column_a_number_of_years(model):
    faces, ages = tiny.faces(3), np.array([20.0, 40.0, 60.0])
    sheet = sample_sheet(model, faces, (-10, 0, 25), ages)
    assert sheet.shape == (3 * 32, 3 * 32, 3)
    np.testing.assert_array_equal(sheet[32:64, 32:64], faces[1])
    np.testing.assert_array_equal(sheet[64:, 64:], model.transform(faces, 25, ages)[2])


def test_unknown_ages_are_estimated(model):
    faces = tiny.faces(2)
    np.testing.assert_array_equal(
        sample_sheet(model, faces, (30,)),
        sample_sheet(model, faces, (30,), model.estimate_ages(faces)),
    )


def test_the_callback_writes_a_picture_every_few_epochs(model, tmp_path):
    callback = SampleSheet(tmp_path, tiny.faces(2), years=(0, 20), every=2, steps=50)
    callback.set_model(model)
    for epoch in range(4):
        callback.on_epoch_end(epoch)
    assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == [
        "000100.png",
        "000200.png",
    ]
    written = np.asarray(Image.open(tmp_path / "sheets" / "000100.png"))
    np.testing.assert_array_equal(written, sample_sheet(model, tiny.faces(2), (0, 20)))


def test_the_last_epoch_has_a_picture(model, tmp_path):
    callback = SampleSheet(tmp_path, tiny.faces(2), years=(0,), every=2, steps=50)
    callback.set_model(model)
    callback.set_params({"epochs": 3})
    for epoch in range(3):
        callback.on_epoch_end(epoch)
    assert sorted(path.name for path in (tmp_path / "sheets").iterdir()) == [
        "000100.png",
        "000150.png",
    ]
