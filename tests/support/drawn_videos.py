"""Videos of drawn faces that move over a green wall, with a tone, and what finds the faces in them
without networks.
"""

import functools
from fractions import Fraction

import av
import numpy as np
from skimage.measure import label, regionprops

from faceaging_tf.data.drawn_faces import draw_face
from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.models.base import AgingModel
from faceaging_tf.photo.detection import Face

WIDTH, HEIGHT, SIDE = 320, 180, 96
RATE = Fraction(30000, 1001)
WALL = np.array([0, 200, 0])
SOUND_RATE = 44100


class Darkening(AgingModel):
    """A model without networks that darkens faces by a level a year, and sees by their brightness
    how old they are.
    """

    def __init__(self):
        super().__init__(32, {"network": "age_network", "widths": [4], "blocks": [1]})

    def aged(self, faces, years, ages):
        """See `AgingModel`."""
        return faces - years[:, None, None, None] / 127.5

    def estimate_ages(self, faces):
        """The mean brightness, in hundredths of white."""
        return faces.mean(axis=(1, 2, 3)) / 2.55


@functools.cache
def face(person):
    """The same person, `(SIDE, SIDE, 3)` uint8."""
    return draw_face(person, 35, SIDE)


def frame(faces, noise=0.0, seed=0, wall=WALL):
    """A frame `(HEIGHT, WIDTH, 3)` uint8 with `(person, left, top)` on the wall."""
    pixels = np.empty((HEIGHT, WIDTH, 3))
    pixels[:] = wall
    for person, left, top in faces:
        pixels[top : top + SIDE, left : left + SIDE] = face(person)
    pixels += np.random.default_rng(seed).normal(0, noise, pixels.shape) if noise else 0
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


def moving(count, noise=0.0, person=1):
    """Frames of one face that moves by two pixels a frame, there and back."""
    return (
        frame([(person, 40 + 2 * (25 - abs(25 - place % 50)), 40)], noise, seed=place)
        for place in range(count)
    )


def write(
    path,
    frames,
    rate=RATE,
    sound=True,
    times=None,
    rotation=0,
    options=(("crf", "10"), ("preset", "ultrafast")),
    tone="aac",
    layout="mono",
    codec="libx264",
    pixels="yuv420p",
    hold=None,
):
    """Write frames `(H, W, 3)` uint8 and, beside them, a tone as long; the last frame stands for
    `hold` seconds.
    """
    with av.open(f"file:{path}", "w") as file:
        pictures = file.add_stream(codec, rate=rate, options=dict(options))
        pictures.pix_fmt = pixels
        if times is not None:
            pictures.codec_context.time_base = Fraction(1, 1000)
        if rotation:
            pictures.set_display_rotation(rotation)
        heard = file.add_stream(tone, rate=SOUND_RATE, layout=layout) if sound else None
        count = 0
        for count, frame in enumerate(frames, 1):
            if count == 1:
                pictures.height, pictures.width = frame.shape[:2]
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24")
            if times is not None:
                picture.pts, picture.time_base = times[count - 1], Fraction(1, 1000)
            file.mux(pictures.encode(picture))
        if sound:
            samples = np.arange(int(count / rate * SOUND_RATE))
            wave = np.tile(
                (0.3 * np.sin(samples * 0.06)).astype(np.float32), (heard.layout.nb_channels, 1)
            )
            samples = av.AudioFrame.from_ndarray(wave, format="fltp", layout=layout)
            samples.sample_rate, samples.pts, samples.time_base = (
                SOUND_RATE,
                0,
                Fraction(1, SOUND_RATE),
            )
            file.mux(heard.encode(samples))
            file.mux(heard.encode(None))
        last = pictures.encode(None)
        if hold:
            last[-1].duration = round(hold / last[-1].time_base)
        file.mux(last)
    return path


def read(path):
    """`(times, frames, samples)`: `(N,)` seconds, `(N, H, W, 3)` uint8 upright, `(channels, M)`,
    None without sound.
    """
    with av.open(f"file:{path}") as file:
        times, frames = [], []
        for picture in file.decode(video=0):
            times.append(float(picture.pts * picture.time_base))
            frames.append(
                np.rot90(picture.to_ndarray(format="rgb24"), round(picture.rotation / 90))
            )
    with av.open(f"file:{path}") as file:
        samples = (
            np.concatenate([heard.to_ndarray() for heard in file.decode(audio=0)], axis=-1)
            if file.streams.audio
            else None
        )
    return np.array(times), np.array(frames), samples


def detector(pixels, wall=WALL):
    """The faces: whatever is not wall; their places in whole pixels, and so off by up to one."""
    regions = regionprops(label(np.abs(pixels - wall.astype(np.float64)).sum(axis=2) > 150))
    faces = []
    for region in regions:
        top, left, bottom, right = region.bbox
        side = max(bottom - top, right - left)
        if side >= 20:
            faces.append(
                Face(
                    np.array([left, top, right, bottom], float),
                    TEMPLATE * side - 0.5 + [left, top],
                    1.0,
                )
            )
    return sorted(faces, key=lambda found: -found.size)
