"""The package's names exist, and finding out what a video is costs no framework."""

import subprocess
import sys

import pytest

import faceaging_tf.video


@pytest.mark.parametrize("name", faceaging_tf.video.__all__)
def test_every_public_name_is_there(name):
    assert getattr(faceaging_tf.video, name).__name__ == name


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(AttributeError, match="age_video"):
        faceaging_tf.video.agevideo


def test_refusing_a_video_needs_no_framework():
    program = (
        "import sys; from zoo.cli.main import main; assert main(['video', 'nowhere.mp4', '--years', '30']) == 2; "
        "from faceaging_tf.video import VideoError, check_destination, open_video; "
        "print(*sorted({'tensorflow', 'keras', 'ai_edge_litert', 'skimage', 'scipy'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout
    assert loaded.split() == []
