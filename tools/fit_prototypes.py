r"""Facial prototypes of a corpus: where its faces' landmarks are, and how the average face changes
with age.

    python tools/fit_prototypes.py --corpus fairface.zip \
        --age_network zoo/entries/age_network/preset --out runs/prototypes

Writes `prototypes.npz` (see `faceaging_tf.data.prototypes`) and `places.npz`: for each row of the
corpus the displacement to the mean shape and how surely a face was seen. Landmarks: the face mesh
of MediaPipe (468 points, Apache-2.0), whose LiteRT file is taken out of its wheel on the package
index (pip must reach it); `--mesh` names a file that is there already. Takes about five minutes on
two cores.
"""

import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import numpy as np
from absl import app, flags, logging
from face_mesh import FRONTAL, SURE, FaceMesh, turned

from faceaging_tf.geometry.landmarks import (
    LEFT_BROW,
    LEFT_EYE,
    LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
)

flags.DEFINE_string("corpus", None, "Zip or folder of aligned faces with sexes.", required=True)
flags.DEFINE_string(
    "age_network",
    None,
    "Folder of a preset: within a known range of ages its estimate is the age.",
    required=True,
)
flags.DEFINE_string("out", None, "Folder to write to.", required=True)
flags.DEFINE_string("mesh", None, "MediaPipe's face_landmark.tflite; default: out of its wheel.")
FLAGS = flags.FLAGS

EYES, BROWS = (LEFT_EYE, RIGHT_EYE), (RIGHT_BROW, LEFT_BROW)
NOSE = (
    98,
    97,
    2,
    326,
    327,
    294,
    278,
    344,
    440,
    275,
    4,
    45,
    220,
    115,
    48,
    64,
    1,
    5,
    6,
    168,
    195,
    197,
)
CHEEKS = (
    50,
    280,
    205,
    425,
    36,
    266,
    101,
    330,
    9,
    8,
    151,
    108,
    337,
    69,
    299,
    187,
    411,
    123,
    352,
    192,
    416,
    214,
    434,
    199,
    200,
    18,
)
USED = sorted({*OVAL, *LIPS, *EYES[0], *EYES[1], *BROWS[0], *BROWS[1], *NOSE, *CHEEKS})


def region(landmarks, indices, size, grown=0.0):
    """The polygon through some landmarks, `(size, size)` 0 or 1, grown (or shrunk) by a fraction of
    the side.
    """
    from scipy.ndimage import distance_transform_edt
    from skimage.draw import polygon2mask

    inside = polygon2mask((size, size), landmarks[list(indices)][:, ::-1] * size - 0.5)
    distance = distance_transform_edt(~inside) - distance_transform_edt(inside)
    return distance <= grown * size


def main(argv):
    from scipy.ndimage import gaussian_filter

    import zoo
    from faceaging_tf.data import load_corpus, prototypes
    from faceaging_tf.data.splits import split_of_row

    out = pathlib.Path(FLAGS.out)
    out.mkdir(parents=True, exist_ok=True)
    mesh = FaceMesh(FLAGS.mesh)
    corpus = load_corpus(FLAGS.corpus, "all", 192)
    logging.info("%d faces read.", len(corpus))
    seen = [mesh(face) for face in corpus.faces]
    landmarks, score = (
        np.array([points for points, _ in seen], "float32"),
        np.array([score for _, score in seen]),
    )
    sideways = turned(landmarks)
    training = np.array([split_of_row(number) == "train" for number in range(len(corpus))])
    adult = (corpus.age >= 20) & (corpus.age < 60) & (score > SURE)
    mean = landmarks[training & adult].mean(axis=0)
    to_face = prototypes.displacement_to(mean[USED], landmarks[:, USED])
    logging.info("Splines done.")
    places = np.stack([prototypes.inverse_displacement(one) for one in to_face])
    np.savez_compressed(
        out / "places.npz",
        places=places.astype("float16"),
        score=score,
        turned=sideways,
        landmarks=landmarks.astype("float16"),
        mean=mean,
    )

    network = zoo.load(pathlib.Path(FLAGS.age_network))
    ages = np.clip(network.estimate_ages(corpus.faces), corpus.age_min, corpus.age_max)
    sharpness = corpus.attributes["sharpness"]
    rows = np.flatnonzero(
        training
        & (score > SURE)
        & (sideways < FRONTAL)
        & (sharpness > np.quantile(sharpness, 0.25))
    )
    textures = [prototypes.in_mean_shape(corpus.faces[row], to_face[row]) for row in rows]
    clear = np.array([glasses(texture) < 0.06 for texture in textures])
    rows, textures = (
        rows[clear],
        [texture for texture, keep in zip(textures, clear, strict=True) if keep],
    )
    logging.info("%d faces for the prototypes.", len(rows))
    face = gaussian_filter(region(mean, OVAL, 192, -0.01).astype("float32"), 5)
    skin = region(mean, OVAL, 192, -0.02)
    for indices, grown in (
        (LIPS, 0.004),
        (EYES[0], 0.012),
        (EYES[1], 0.012),
        (BROWS[0], 0.006),
        (BROWS[1], 0.006),
    ):
        skin &= ~region(mean, indices, 192, grown)
    skin = gaussian_filter(skin.astype("float32"), 3) * skin
    labels = [np.log(sharpness[rows])]
    if "race" in corpus.attributes:
        labels += [
            corpus.attributes["race"][rows] == label
            for label in np.unique(corpus.attributes["race"])
        ]
    labels = np.stack([column - column.mean() for column in np.array(labels, "float64")], axis=1)
    male = (corpus.attributes["sex"] == "male").astype("float64")
    fitted = prototypes.fit_prototypes(
        textures, to_face[rows], ages[rows], male[rows], labels, face, skin
    )
    fitted.save(out / "prototypes.npz")
    pictures = [
        np.concatenate(
            [
                np.clip(
                    np.exp(fitted.texture[knot] + sign * fitted.texture[knot + 9]) * 110, 0, 255
                )
                for knot in range(9)
            ],
            1,
        )
        for sign in (-1, 1)
    ]
    from PIL import Image

    Image.fromarray(np.concatenate(pictures).astype("uint8")).save(out / "prototypes.png")


def glasses(texture):
    """How strong the strongest horizontal edge is over the bridge of the nose, where the frame of
    glasses would cross.
    """
    from scipy.ndimage import gaussian_filter

    logs = gaussian_filter(np.log(texture.astype("float32").mean(axis=-1) + 16), 1.2)
    return np.abs(np.diff(logs[48:72, 86:106], axis=0)).mean(axis=1).max()


if __name__ == "__main__":
    logging.set_verbosity(logging.INFO)
    app.run(main)
