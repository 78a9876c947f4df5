"""How sound goes on in another container."""

import av
import drawn_videos
import numpy as np
import pytest

from faceaging_tf.video.sounds import Copied, Encoded, ways_of


def clip(path, **more):
    return drawn_videos.write(path, [drawn_videos.frame([])] * 12, options=(), **more)


@pytest.mark.parametrize(
    "ending, tone, container, way",
    [
        (".mp4", "aac", "mp4", Copied),
        (".mkv", "flac", "mp4", Copied),
        (".mkv", "wavpack", "mp4", Encoded),
        (".mkv", "wavpack", "matroska", Copied),
        (".avi", "pcm_u8", "mp4", Encoded),
        (".avi", "pcm_u8", "matroska", Copied),
        (".avi", "adpcm_ms", "mp4", Encoded),
    ],
)
def test_sound_is_copied_where_the_container_takes_it(tmp_path, ending, tone, container, way):
    path = clip(tmp_path / f"me{ending}", codec="mpeg4", tone=tone)
    (found,) = ways_of(path, container).values()
    assert found is way


@pytest.mark.parametrize("layout, channels", [("mono", 1), ("stereo", 2)])
def test_a_layout_that_a_file_does_not_state_is_the_common_one(tmp_path, layout, channels):
    path = clip(tmp_path / "me.avi", codec="mpeg4", tone="pcm_u8", layout=layout)
    with av.open(str(path)) as original, av.open(str(tmp_path / "sound.mp4"), "w") as file:
        sound = original.streams.audio[0]
        assert sound.codec_context.layout.name == f"{channels} channels"
        made = Encoded(file, sound)
        for packet in original.demux(sound):
            file.mux(list(made.packets(packet)))
        assert made.stream.layout.name == layout and not made.damaged
    with av.open(str(tmp_path / "sound.mp4")) as file:
        samples = np.concatenate([frame.to_ndarray() for frame in file.decode(audio=0)], axis=1)
    assert samples.shape[0] == channels
    # AAC works in blocks of 1024 samples.
    assert samples.shape[1] == pytest.approx(
        12 / float(drawn_videos.RATE) * drawn_videos.SOUND_RATE, abs=2048
    )
    crossings = np.diff(np.sign(samples[0, 4410:13230])).astype(bool).sum()
    assert crossings == pytest.approx(8820 * 0.06 / np.pi, rel=0.03)


def test_times_that_repeat_are_told_apart(tmp_path):
    path = clip(tmp_path / "me.mkv")
    with av.open(str(path)) as original, av.open(str(tmp_path / "sound.mp4"), "w") as file:
        sound = original.streams.audio[0]
        made, times = Copied(file, sound), []
        for packet in original.demux(sound):
            if packet.size:
                packet.pts = packet.dts = 0
            for out in made.packets(packet):
                times.append(out.dts)
                file.mux(out)
    assert times == list(range(len(times))) and len(times) > 10
