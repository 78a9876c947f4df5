"""What whoever runs an exported file must know of it: a note in JSON that travels inside, or beside
it.
"""

import dataclasses
import json

import faceaging_tf
from faceaging_tf.export.signatures import AGE, ESTIMATE_AGE, YEARS
from faceaging_tf.geometry.frames import frame_of_model
from faceaging_tf.geometry.templates import LANDMARKS
from faceaging_tf.manner import defaults
from faceaging_tf.mobile.litert_file import FORMAT

# What the inputs beside years and age mean.
MANNER = {
    "strengths": "factors of the parts, in their order, 0 to 2; 1 is as learned",
    "future": "which future, 0 to the number of futures less 1",
    "hair": "how grey the hair is to be, 0 to 1; below 0, as the years have it",
}


def contract_of(model, signatures, directions, as_bytes, precision, about=None):
    """The note as a dict that JSON can hold.

    Args:
        model: the exported model.
        signatures: the `Signature`s of the file, by name, as they are called there.
        directions: names of the directions that are in it.
        as_bytes: whether faces are uint8.
        precision: of the file.
        about: what else to say: entry, title, licence, training_data, limits, the sha256 of the
            preset's files.

    Returns:
        A dict: what each signature takes and gives, which direction is for which face (`routes`,
        the first that fits; see `faceaging_tf.models.route.Route`), the frame of its faces and the
        template in it, and what `about` says.
    """
    return {
        "format": FORMAT,
        "made_by": f"faceaging-tf {faceaging_tf.__version__}",
        **(about or {}),
        "precision": precision,
        "image_size": model.image_size,
        "faces": "uint8, 0 to 255, RGB" if as_bytes else "float32, -1 to 1, RGB",
        "ranges": {
            YEARS: "years to age by, below 0 to make younger",
            AGE: "age now in years, 0 to 100",
            **(MANNER if model.parts else {}),
        },
        # Of inputs that a runtime may be spared.
        "defaults": {name: list(values) for name, values in defaults(model.parts).items()},
        "parts": list(model.parts),
        "futures": model.futures,
        "landmarks": list(LANDMARKS),
        "frame": frame_of_model(model).name,
        "template": [
            [round(float(value), 6) for value in point]
            for point in frame_of_model(model).template()
        ],
        "template_unit": "fraction of the side; x, y; left as seen in the picture",
        "signatures": {
            name: {"inputs": list(one.inputs), "outputs": list(one.outputs)}
            for name, one in signatures.items()
        },
        # All of them: a face that takes one that is left out stays as it is, and takes no later
        # one.
        "routes": [dataclasses.asdict(route) for route in model.routes],
        "directions": [name for name in model.directions if name in directions],
        "estimates_age": ESTIMATE_AGE in signatures,
    }


def as_text(contract):
    """The note as JSON."""
    return json.dumps(contract, indent=1, ensure_ascii=False)
