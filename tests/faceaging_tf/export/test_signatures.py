"""Files of whole heads, and the manner of ageing as an input of theirs."""

import numpy as np
import pytest
import tiny

from faceaging_tf.export import Comparison, export
from faceaging_tf.export.runners import OnnxRunner
from faceaging_tf.geometry.frames import WHOLE_HEAD
from faceaging_tf.mobile import Ager
from faceaging_tf.models import FGAN
from faceaging_tf.models.faces import to_pixels


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("exports")


@pytest.fixture(scope="module")
def whole_head_fgan(folder):
    """An F-GAN of whole heads whose Group-GAN translates with one parser for both directions, as
    model and as file.
    """
    groups = {"generator": tiny.HEAD, "frame": "whole_head", "groups": [[0, 40], [40, 100]]}
    model = FGAN(tiny.SIZE, tiny.moving_fagan(frame="whole_head"), tiny.group_gan(**groups))
    model = tiny.randomized(model.for_release())
    export(model, folder / "whole.tflite", "litert", comparison=Comparison(tiny.faces(2)))
    return model, Ager(folder / "whole.tflite")


def test_a_file_of_whole_heads_says_so(whole_head_fgan):
    _, ager = whole_head_fgan
    assert ager.frame == ager.contract["frame"] == "whole_head"
    np.testing.assert_allclose(ager.contract["template"], WHOLE_HEAD.template(), atol=1e-6)


@pytest.mark.parametrize("years", [10, 40, -10])
def test_whole_heads_are_aged_by_the_file_as_by_the_model(whole_head_fgan, years):
    model, ager = whole_head_fgan
    (face,) = tiny.faces(1)
    wanted = model.transform(face[None], years, 30)[0].astype(int)
    assert np.abs(ager.age(face, years, 30) - wanted).max() <= 1 and np.abs(wanted - face).max() > 1
    assert ager.estimate_age(face) == pytest.approx(
        float(model.estimate_ages(face[None])[0]), abs=0.1
    )


@pytest.fixture(scope="module")
def whole_fagan():
    return tiny.randomized(tiny.whole_fagan(discriminator=None), seed=1)


MANNER = {"strengths": {"tone": 0.5}, "future": 2, "hair": 0.75}


@pytest.mark.slow
def test_a_manner_is_an_input_of_the_file_and_may_be_left_out(whole_fagan, folder):
    comparison = Comparison(tiny.faces(1))
    export(whole_fagan, folder / "shared.tflite", "litert", comparison=comparison)
    ager, (face,) = Ager(folder / "shared.tflite"), tiny.faces(1)
    assert ager.contract["defaults"] == {"strengths": [1] * 5, "future": [0], "hair": [-1]}
    assert (ager.parts, ager.futures) == (whole_fagan.parts, 4)
    for years in (20, -20):
        for manner in ({}, MANNER):
            wanted = whole_fagan.transform(face[None], years, 40, **manner)[0].astype(int)
            assert np.abs(ager.age(face, years, 40, **manner) - wanted).max() <= 2
            assert np.abs(wanted - face).max() > 5
    with pytest.raises(ValueError, match="this model has 4 futures, 0 to 3"):
        ager.age(face, 20, 40, future=4)


@pytest.mark.slow
def test_onnx_may_be_spared_a_manner(whole_fagan, folder):
    made = export(whole_fagan, folder / "whole.onnx", "onnx", comparison=Comparison(tiny.faces(2)))
    run = OnnxRunner(made.path)
    assert [one.name for one in run.session.get_inputs()] == ["face", "years", "age"]
    face = tiny.faces(1)
    column = lambda value: np.float32([[value]])
    given = {"face": face.astype("float32") / 127.5 - 1, "years": column(20), "age": column(40)}
    told = {"strengths": np.float32([[1, 0.5, 1, 1, 1]]), "future": column(2), "hair": column(0.75)}
    for more, manner in (({}, {}), (told, MANNER)):
        found = to_pixels(run("transform", {**given, **more})["face"])
        wanted = whole_fagan.transform(face, 20, 40, **manner)
        assert np.abs(found.astype(int) - wanted).max() <= 2
