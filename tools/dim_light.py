"""Measures how dim light shifts the estimated age: `python tools/dim_light.py CORPUS... --entry
fagan_mobile`.

Of the test faces of corpora of whole heads, the darkest and the lightest fifth by the median level
of the face's middle, as they are and with all levels times 0.5, 0.35 and 0.25. Prints the mean and
the mean absolute shift in years.
"""

import argparse

import numpy as np

from faceaging_tf.data.corpus import load_corpus
from faceaging_tf.geometry.exposure import LUMINANCE
from zoo.loading import quick_model

LIGHTS = (0.5, 0.35, 0.25)
# Within it, rows and columns alike, lies the face of a whole head, in fractions of the side.
MIDDLE = slice(0.42, 0.66)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", nargs="+")
    parser.add_argument("--entry", default="fagan_mobile")
    parser.add_argument("--limit", type=int, default=120, help="faces per corpus")
    options = parser.parse_args()
    model = quick_model(options.entry)
    read = [
        load_corpus(corpus, split="test", image_size=model.image_size, limit=options.limit).faces
        for corpus in options.corpora
    ]
    faces = np.concatenate(read)
    inside = slice(*(int(end * model.image_size) for end in (MIDDLE.start, MIDDLE.stop)))
    level = np.median(faces[:, inside, inside] @ LUMINANCE, axis=(1, 2))
    order, fifth = np.argsort(level), len(faces) // 5
    for name, some in (("darkest", order[:fifth]), ("lightest", order[-fifth:])):
        before = model.estimate_ages(faces[some])
        for light in LIGHTS:
            dim = np.rint(faces[some] * light).astype("uint8")
            shift = model.estimate_ages(dim) - before
            print(
                f"{name} fifth ({fifth} of {len(faces)}), x {light}: mean {shift.mean():+.1f}, "
                f"mean absolute {np.abs(shift).mean():.1f} years"
            )


if __name__ == "__main__":
    main()
