"""Makes the pictures of the documentation anew, from the embedded weights: `python tools/figures.py`."""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np
from PIL import Image
from skimage.data import astronaut

YEARS = (-20, 0, 15, 30, 45)
DRAWN_PEOPLE = (65, 61, 15, 29, 36, 68)
DRAWN_AGES = (0, 6, 12, 20, 35, 50, 65, 80, 95)


def astronaut_strip(model):
    """The astronaut, head and shoulders, at five ages, `(H, W, 3)` uint8."""
    from faceaging_tf.photo import Photo, strip

    portrait = np.ascontiguousarray(astronaut()[:320, 60:380])
    return strip(Photo(portrait), model, YEARS).pixels


def drawn_sheet():
    """Six drawn people from birth to old age, a row each."""
    from faceaging_tf.data.drawn_faces import draw_face

    rows = [np.concatenate([draw_face(person, age, 96) for age in DRAWN_AGES], axis=1) for person in DRAWN_PEOPLE]
    return np.concatenate(rows)


def main():
    """Writes the pictures into `docs/`."""
    import zoo

    folder = ROOT / "docs"
    folder.mkdir(exist_ok=True)
    for name, pixels in (("astronaut.png", astronaut_strip(zoo.load("fagan"))), ("drawn_faces.png", drawn_sheet())):
        Image.fromarray(pixels).save(folder / name, optimize=True)
        print(folder / name, pixels.shape)


if __name__ == "__main__":
    main()
