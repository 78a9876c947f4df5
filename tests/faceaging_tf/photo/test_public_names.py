"""The package's names exist, and reading a photo costs no framework."""

import subprocess
import sys

import pytest

import faceaging_tf.photo


@pytest.mark.parametrize("name", faceaging_tf.photo.__all__)
def test_every_public_name_is_there(name):
    assert getattr(faceaging_tf.photo, name).__name__ == name


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(AttributeError, match="age_photo"):
        faceaging_tf.photo.agephoto


def test_reading_and_writing_need_no_framework():
    program = (
        "import sys; from faceaging_tf.photo import PhotoError, check_destination, read_photo, write_photo; "
        "print(*sorted({'tensorflow', 'keras', 'ai_edge_litert', 'skimage'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert loaded.split() == []
