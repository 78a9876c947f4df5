"""Figures of models and trainings."""

import json

import numpy as np
import pytest
from skimage.data import astronaut

import zoo
from faceaging_tf.data.drawn_faces import draw_face
from zoo.errors import ZooError


@pytest.fixture(scope="module")
def faces():
    return np.stack([draw_face(person, 30, 32) for person in (1, 2)])


def panels(figure):
    """The pictures of a figure, a row of axes after the other."""
    return [np.asarray(image.get_array()) for axes in figure.axes for image in axes.images]


def test_a_grid_has_a_row_a_face_and_a_column_a_number_of_years(tiny_fagan, faces):
    figure = zoo.plot_grid(faces, (-10, 0, 25), tiny_fagan)
    shown = panels(figure)
    wanted = [
        change
        for face in range(2)
        for change in (
            tiny_fagan.transform(faces, -10)[face],
            faces[face],
            tiny_fagan.transform(faces, 25)[face],
        )
    ]
    assert len(shown) == 6 and all(
        (one == other).all() for one, other in zip(shown, wanted, strict=True)
    )
    assert [axes.get_title() for axes in figure.axes[:3]] == ["-10 years", "input", "+25 years"]


def test_a_change_is_shown_where_it_is(tiny_fagan, faces):
    before, after, where = panels(zoo.plot_change(faces[0], 25, tiny_fagan))[:3]
    aged = tiny_fagan.transform(faces[:1], 25)[0]
    assert (before == faces[0]).all() and (after == aged).all()
    np.testing.assert_allclose(
        where, np.abs(aged.astype("float32") - faces[0]).mean(axis=-1), atol=1e-4
    )


def test_a_strip_has_a_panel_for_each_number_of_years(tiny_fagan):
    (shown,) = panels(zoo.plot_strip(astronaut(), (0, 30), tiny_fagan))
    assert shown.ndim == 3 and shown.shape[1] > 1.5 * shown.shape[0]


def test_a_training_has_its_losses_and_its_samples(tmp_path):
    from PIL import Image

    rows = [
        {"step": step, "seconds": 1.0, "age": 2.0 / step, "spread": 0.9} for step in (100, 200, 300)
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "sheets").mkdir()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(tmp_path / "sheets" / "000300.png")
    figure = zoo.plot_training(tmp_path)
    losses, signs, samples = figure.axes
    assert [line.get_label() for line in losses.lines] == ["age"] and list(
        losses.lines[0].get_ydata()
    ) == [0.02, 0.01, 2 / 300]
    assert [line.get_label() for line in signs.lines] == ["spread"] and (
        panels(figure)[0] == (1, 2, 3)
    ).all()


def test_a_folder_without_a_log_is_a_sentence(tmp_path):
    with pytest.raises(ZooError, match="holds no log of a training"):
        zoo.plot_training(tmp_path)
