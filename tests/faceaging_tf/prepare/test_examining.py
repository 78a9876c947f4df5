"""One picture looked at."""

import io
import struct
import time
import zlib

import drawn_tools
import numpy as np
import pytest
from PIL import Image

from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.data.readers import Source, Tree
from faceaging_tf.prepare import reasons
from faceaging_tf.prepare.examining import Tools, examine, sharpness_of, turn_of
from faceaging_tf.prepare.settings import Settings


def look(folder, content, name="a.jpg", settings=Settings(), tools=None, **labels):
    """The row of one file."""
    (folder / name).write_bytes(content)
    (row,) = examine(
        Tree(folder), [Source(name, 30, 30, **labels)], settings, tools or drawn_tools.make_tools()
    )
    return row


def picture(pixels, kind="PNG", **options):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


FACE = draw_face(3, 40, 128)


def test_a_face_is_aligned_and_described(tmp_path):
    row = look(tmp_path, picture(FACE))
    aligned = np.asarray(Image.open(io.BytesIO(row["image"]["bytes"])))
    assert row["reason"] == "" and np.abs(aligned.astype(int) - FACE).max() <= 1
    assert (row["width"], row["height"], row["faces"]) == (128, 128, 1) and row[
        "face_size"
    ] == pytest.approx(128)
    assert row["turned"] == pytest.approx(0, abs=1e-6) and row["age_estimate"] == pytest.approx(
        aligned.mean() / 2.55, abs=0.1
    )


def test_an_aligned_face_is_taken_as_it_is(tmp_path):
    def nothing(_):
        raise AssertionError("It was looked for.")

    row = look(
        tmp_path, picture(FACE), tools=Tools(nothing, drawn_tools.estimate_ages), aligned=True
    )
    assert (np.asarray(Image.open(io.BytesIO(row["image"]["bytes"]))) == FACE).all()


def declared(width, height):
    """A PNG that says it is so large, and ends there."""
    chunk = lambda kind, data: (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


STILLS = [Image.fromarray(draw_face(person, 30, 128)) for person in range(3)]
BAD = {
    "nothing in it": (b"", reasons.NO_PICTURE),
    "a text": (b"These are words.", reasons.NO_PICTURE),
    "cut off": (picture(FACE, "JPEG")[:2000], reasons.NO_PICTURE),
    "huge": (declared(30_000, 30_000), reasons.NO_PICTURE),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", reasons.NO_PICTURE),
    "an animated GIF": (
        picture(FACE, "GIF", save_all=True, append_images=STILLS),
        reasons.ANIMATED,
    ),
    "an animated WebP": (
        picture(FACE, "WEBP", save_all=True, append_images=STILLS),
        reasons.ANIMATED,
    ),
    "no face": (picture(np.full((90, 90, 3), 128, "uint8")), reasons.NO_FACE),
    "several faces": (
        picture(np.concatenate([FACE, FACE[:, ::-1]], axis=1)),
        reasons.SEVERAL_FACES,
    ),
    "a small face": (picture(draw_face(1, 30, 48)), reasons.SMALL_FACE),
    "a blurred face": (
        picture(np.asarray(Image.fromarray(FACE).resize((8, 8)).resize((128, 128)))),
        reasons.BLURRED,
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_does_not_get_in_has_its_reason(tmp_path, kind):
    content, reason = BAD[kind]
    row = look(tmp_path, content)
    assert (
        row["reason"] == reason
        and row["detail"].endswith(".")
        and "pixels" not in row
        and "image" not in row
    )


def test_a_huge_picture_takes_no_memory(tmp_path):
    import tracemalloc

    tracemalloc.start()
    row = look(tmp_path, declared(30_000, 30_000))
    assert (
        "declares 30000x30000 pixels" in row["detail"] and tracemalloc.get_traced_memory()[1] < 20e6
    )
    tracemalloc.stop()


def test_what_the_labels_make_no_sense_of_is_not_opened(tmp_path):
    row = look(tmp_path, b"", problem="the name has 3 parts")
    assert (row["reason"], row["detail"]) == (reasons.LABEL, "the name has 3 parts")


def test_a_file_that_is_gone_is_a_row(tmp_path):
    (row,) = examine(
        Tree(tmp_path), [Source("gone.jpg", 30, 30)], Settings(), drawn_tools.make_tools()
    )
    assert row["reason"] == reasons.UNREADABLE


def test_what_takes_too_long_is_left(tmp_path):
    def slow(_):
        time.sleep(30)

    begun = time.monotonic()
    row = look(
        tmp_path,
        picture(FACE),
        settings=Settings(seconds=1),
        tools=Tools(slow, drawn_tools.estimate_ages),
    )
    assert row["reason"] == reasons.TOO_SLOW and time.monotonic() - begun < 10


@pytest.mark.parametrize("name", ["中文.jpg", "two\nlines.jpg", 'semi;colon,comma".jpg'])
def test_any_name_will_do(tmp_path, name):
    assert look(tmp_path, picture(FACE), name)["file"] == name


def test_a_turned_face_has_its_nose_off_the_middle():
    # A quarter of the distance between the eyes, on a line that is not level.
    assert turn_of([(0, 0), (4, 4), (3, 3.0)]) == pytest.approx(0.25)


def test_sharpness_falls_as_a_face_is_blurred():
    blurred = np.asarray(
        Image.fromarray(FACE)
        .resize((32, 32), Image.Resampling.BOX)
        .resize((128, 128), Image.Resampling.BICUBIC)
    )
    assert (
        sharpness_of(FACE) > 2 * sharpness_of(blurred)
        and sharpness_of(np.full((64, 64, 3), 9, "uint8")) == 0
    )


def test_a_whole_head_is_cut_out_by_its_frame(tmp_path):
    wide = np.pad(FACE, ((64, 64), (64, 64), (0, 0)), mode="edge")
    # The drawn tools take a picture for a tight face.
    row = look(tmp_path, picture(wide), settings=Settings(image_size=128, frame="whole_head"))
    head = np.asarray(Image.open(io.BytesIO(row["image"]["bytes"]))).astype(int)
    assert row["face_size"] == pytest.approx(256 / 0.684, rel=1e-3)
    left, top = round(0.158 * 128), round(0.238 * 128)
    shrunk = np.asarray(Image.fromarray(wide).resize((88, 88), Image.Resampling.BOX)).astype(int)
    assert np.abs(head[top : top + 88, left : left + 88] - shrunk)[8:-8, 8:-8].mean() < 4


def test_of_an_aligned_face_no_whole_head_can_be_had(tmp_path):
    row = look(tmp_path, picture(FACE), settings=Settings(frame="whole_head"), aligned=True)
    assert row["reason"] == reasons.CUT_OUT and "the whole_head frame shows more" in row["detail"]
