"""Makes the pictures of the documentation anew, from the embedded weights:
`python tools/figures.py`.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np
from PIL import Image
from skimage.data import astronaut

YEARS = (-20, 0, 20, 40)
DRAWN_PEOPLE = (65, 61, 15, 29, 36, 68)
DRAWN_AGES = (0, 6, 12, 20, 35, 50, 65, 80, 95)


def astronaut_strip(model):
    """The astronaut, head and shoulders, at four ages, `(H, W, 3)` uint8."""
    from faceaging_tf.photo import Photo, strip

    portrait = np.ascontiguousarray(astronaut()[:320, 60:380])
    return strip(Photo(portrait), model, YEARS).pixels


def drawn_sheet():
    """Six drawn people from birth to old age, a row each."""
    from faceaging_tf.data.drawn_faces import draw_face

    rows = [
        np.concatenate([draw_face(person, age, 96) for age in DRAWN_AGES], axis=1)
        for person in DRAWN_PEOPLE
    ]
    return np.concatenate(rows)


def template_figure():
    """An aligned face with the five landmarks of the template, and their places in fractions of the
    side.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from faceaging_tf.geometry.align import TEMPLATE, align_face
    from faceaging_tf.geometry.templates import LANDMARKS
    from faceaging_tf.photo.detection import FaceDetector

    detector = FaceDetector()
    face = align_face(astronaut(), detector(astronaut())[0].landmarks, 384, detector.template)
    figure = Figure(figsize=(4.6, 4.3), layout="constrained")
    axes = figure.subplots()
    axes.imshow(face, extent=(0, 1, 1, 0))
    for name, (x, y) in zip(LANDMARKS, TEMPLATE, strict=True):
        axes.plot(x, y, "o", color="white", markeredgecolor="black", markersize=7)
        axes.annotate(
            f"{name}\n{x:g}, {y:g}",
            (x, y),
            xytext=(0, 9 if y < 0.6 else -9),
            textcoords="offset points",
            ha="center",
            va="bottom" if y < 0.6 else "top",
            fontsize=8,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1},
        )
    axes.set_xticks(np.linspace(0, 1, 6))
    axes.set_yticks(np.linspace(0, 1, 6))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def main():
    """Writes the pictures into `docs/`."""
    import zoo

    folder = ROOT / "docs"
    folder.mkdir(exist_ok=True)
    pictures = {
        "astronaut.png": astronaut_strip(zoo.load("fagan")),
        "drawn_faces.png": drawn_sheet(),
        "template.png": template_figure(),
    }
    for name, pixels in pictures.items():
        Image.fromarray(pixels).save(folder / name, optimize=True)
        print(folder / name, pixels.shape)


if __name__ == "__main__":
    main()
