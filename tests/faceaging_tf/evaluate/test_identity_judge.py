"""A face recogniser from an ONNX file: how faces reach it, what it makes of strangers, and which
files are refused.
"""

import pathlib

import numpy as np
import pytest
import tiny_onnx
from drawn_judges import SIZE

from faceaging_tf.data import load_corpus
from faceaging_tf.data.drawn_faces import draw_faces
from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.identity_judge import ARCFACE, IdentityJudge, strangers_of
from faceaging_tf.geometry.align import TEMPLATE


@pytest.fixture(scope="module")
def faces():
    return draw_faces(list(range(12)), [40.0] * 12, SIZE)


def weights(size=16, outputs=12, seed=0):
    return np.random.default_rng(seed).normal(size=(3 * size * size, outputs)).astype("float32")


def expected(x):
    embeddings = x.reshape(len(x), -1) @ weights()
    return embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


@pytest.mark.parametrize("batch", ["N", 1])
@pytest.mark.parametrize("normalization, mean, deviation", [("arcface", 127.5, 128), ("raw", 0, 1)])
def test_embeddings_are_those_of_the_file(tmp_path, faces, batch, normalization, mean, deviation):
    judge = IdentityJudge(
        tiny_onnx.recogniser(tmp_path / "r.onnx", batch=batch), normalization=normalization
    )
    # Every face of one colour: aligning and shrinking leaves it.
    plain = np.stack([np.full((SIZE, SIZE, 3), (20 * n, 90, 200 - n), "uint8") for n in range(12)])
    x = (plain[:, :16, :16].astype("float32") - mean) / deviation
    np.testing.assert_allclose(judge(plain), expected(x.transpose(0, 3, 1, 2)), atol=1e-4)


def test_channels_last_is_read_from_the_file(tmp_path, faces):
    judge = IdentityJudge(
        tiny_onnx.recogniser(tmp_path / "r.onnx", channels_first=False), normalization="raw"
    )
    plain = np.full((2, SIZE, SIZE, 3), (10, 90, 200), "uint8")
    np.testing.assert_allclose(
        judge(plain), expected(plain[:, :16, :16].astype("float32")), atol=1e-4
    )


def test_the_crop_as_it_is_is_shrunk_to_the_size(tmp_path):
    judge = IdentityJudge(
        tiny_onnx.recogniser(tmp_path / "r.onnx"), alignment="crop", normalization="raw"
    )
    ramp = np.repeat(
        np.repeat(np.arange(16, dtype="uint8") * 10, 3)[None, None, :, None], SIZE, axis=1
    ).repeat(3, axis=3)
    found = judge._aligned(ramp)[0, 8, :, 0]
    np.testing.assert_allclose(found, np.arange(16) * 10, atol=1e-3)


def test_landmarks_land_on_arcfaces_template(tmp_path):
    judge = IdentityJudge(tiny_onnx.recogniser(tmp_path / "r.onnx", size=112), normalization="raw")
    assert judge.alignment == "arcface"
    for point, goal in zip(TEMPLATE, ARCFACE, strict=True):
        face = np.zeros((1, 96, 96, 3), "uint8")
        x, y = np.rint(point * 96 - 0.5).astype(int)
        face[0, y - 1 : y + 2, x - 1 : x + 2] = 255
        plane = judge._aligned(face)[0, :, :, 0]
        place = np.array(np.unravel_index(plane.argmax(), plane.shape))[::-1]
        # The two templates are no similarity of each other; the mouth is a few pixels off.
        assert np.linalg.norm(place - (goal * 112 - 0.5)) < 6


def test_what_was_guessed_is_said(tmp_path, faces):
    judge = IdentityJudge(tiny_onnx.recogniser(tmp_path / "r.onnx"))
    judge(faces)
    settings = judge.settings()
    assert (
        settings["guessed"] == ["normalization", "alignment"]
        and settings["alignment"] == "crop"
        and settings["size"] == 16
    )
    assert settings["normalization"] in ("imagenet", "arcface", "raw")


def test_raw_pixels_are_not_guessed_where_centred_ones_separate_people_better(tmp_path, faces):
    """A linear recogniser of pixels that are all positive makes all faces alike."""
    judge = IdentityJudge(tiny_onnx.recogniser(tmp_path / "r.onnx"))
    judge.settle(faces)
    assert judge.normalization != "raw"


def test_the_threshold_is_what_the_share_of_strangers_exceeds():
    embeddings = np.random.default_rng(0).normal(size=(200, 8))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    strangers = strangers_of(embeddings)
    cosines = [embeddings[i] @ embeddings[j] for i in range(200) for j in range(i)]
    assert strangers.pairs == len(cosines) == 19900
    for rate, threshold in strangers.thresholds.items():
        assert np.mean(np.array(cosines) > threshold) == pytest.approx(rate, rel=0.06)


def test_photographs_of_one_person_are_no_strangers():
    assert strangers_of(np.eye(4), persons=[1, 1, 2, 2]).pairs == 4


def test_too_few_pairs_give_no_threshold():
    # 50 faces make 1,225 pairs: enough for 1e-2, not for 1e-3.
    thresholds = strangers_of(np.random.default_rng(0).normal(size=(50, 4))).thresholds
    assert thresholds[1e-2] is not None and thresholds[1e-3] is None


def test_a_file_that_is_no_model_is_refused(tmp_path):
    (tmp_path / "r.onnx").write_bytes(b"no model")
    with pytest.raises(
        EvaluationError,
        match="r.onnx is no ONNX model that can be run .*; give a face recogniser in ONNX",
    ):
        IdentityJudge(tmp_path / "r.onnx")


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="There is no file .*r.onnx"):
        IdentityJudge(tmp_path / "r.onnx")


def test_a_model_of_something_else_is_refused(tmp_path):
    with pytest.raises(
        EvaluationError, match="has the inputs face .*, years .*; a face recogniser has one"
    ):
        IdentityJudge(tiny_onnx.brightener(tmp_path / "r.onnx"))


def test_another_size_than_the_files_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="takes faces of 16 pixels, and 112 were asked for"):
        IdentityJudge(tiny_onnx.recogniser(tmp_path / "r.onnx"), size=112)


@pytest.mark.parametrize("name", ["normalization", "alignment"])
def test_an_unknown_word_is_refused(tmp_path, name):
    with pytest.raises(EvaluationError, match=f"recogniser's {name} was 'best'; it is one of"):
        IdentityJudge(tiny_onnx.recogniser(tmp_path / "r.onnx"), **{name: "best"})


SHARED = pathlib.Path(__file__).parents[4] / "shared"


@pytest.mark.skipif(
    not (SHARED / "models").is_dir(), reason="needs ../shared: a real recogniser and photographs"
)
@pytest.mark.parametrize("corpus", ["faces.zip", "fairface.zip"])
def test_the_normalization_of_a_real_recogniser_is_guessed_right(corpus):
    judge = IdentityJudge(SHARED / "models" / "mobilefacenet.onnx")
    judge.settle(load_corpus(SHARED / "data" / corpus, "test", limit=32).faces)
    assert (judge.normalization, judge.alignment) == ("imagenet", "arcface")
