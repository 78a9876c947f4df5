"""The identity judge: whether the person is still the same, seen by any face recogniser in ONNX."""

import dataclasses
import pathlib

import numpy as np

from faceaging_tf.errors import EvaluationError
from faceaging_tf.files import sha256
from faceaging_tf.geometry.align import TEMPLATE
from faceaging_tf.optional import EVALUATE, needed

# ArcFace's five points (Deng et al., CVPR 2019), pixels of a 112 pixel face with the first one's
# centre at 0, as fractions of the side.
ARCFACE = (
    np.array(
        [
            (38.2946, 51.6963),
            (73.5318, 51.5014),
            (56.0252, 71.7366),
            (41.5493, 92.3655),
            (70.7299, 92.2041),
        ]
    )
    + 0.5
) / 112
ALIGNMENTS = ("arcface", "crop")
# Mean and deviation of pixels of 0..255.
NORMALIZATIONS = {
    "imagenet": ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375)),
    "arcface": ((127.5, 127.5, 127.5), (128.0, 128.0, 128.0)),
    "raw": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}
# Strangers' pairs needed for each pair that may be falsely accepted: fewer, and the threshold is
# chance.
PAIRS_A_FALSE_ACCEPT = 10
FALSE_ACCEPT_RATES = (1e-2, 1e-3)


class IdentityJudge:
    """Unit embeddings of aligned faces by a face recogniser.

    Args:
        path: an ONNX file with one input `(N, 3, S, S)` or `(N, S, S, 3)`, RGB, and an embedding as
            its first output.
        size: side of its input in pixels; read from the file when None.
        normalization: "imagenet", "arcface" or "raw"; when None, see `settle`.
        alignment: "arcface", to move the faces onto that template, or "crop", to give them as they
            are; when None, "arcface" for an input of 112 pixels.

    Raises:
        EvaluationError: no such file, no ONNX model, inputs of another shape, an unknown
            normalization or alignment.
    """

    def __init__(self, path, size=None, normalization=None, alignment=None):
        for name, value, known in (
            ("normalization", normalization, tuple(NORMALIZATIONS)),
            ("alignment", alignment, ALIGNMENTS),
        ):
            if value not in (None, *known):
                raise EvaluationError(
                    f"The recogniser's {name} was {value!r}; it is one of {', '.join(known)}."
                )
        self.path = pathlib.Path(path)
        self.session = onnx_session(path, "a face recogniser")
        inputs = self.session.get_inputs()
        shape = inputs[0].shape
        if len(inputs) != 1 or len(shape) != 4 or 3 not in (shape[1], shape[3]):
            raise EvaluationError(
                f"{path} has the inputs {', '.join(f'{one.name} {one.shape}' for one in inputs)}; "
                "a face recogniser has one, (N, 3, S, S) or (N, S, S, 3)."
            )
        self.channels_first = shape[1] == 3
        own_size = shape[2] if isinstance(shape[2], int) else None
        if size and own_size and size != own_size:
            raise EvaluationError(
                f"{path} takes faces of {own_size} pixels, and {size} were asked for; leave the size out."
            )
        self.size = size or own_size or 112
        self.one_by_one = shape[0] == 1
        self.takes_bytes = inputs[0].type == "tensor(uint8)"
        self.normalization = "raw" if self.takes_bytes else normalization
        self.guessed = [
            name
            for name, value in (("normalization", self.normalization), ("alignment", alignment))
            if value is None
        ]
        self.alignment = alignment or ("arcface" if self.size == 112 else "crop")
        self.fingerprint = sha256(path)

    def __call__(self, faces):
        """Unit embeddings `(N, D)` float32 of aligned faces `(N, S, S, 3)` uint8."""
        if self.normalization is None:
            self.settle(faces)
        return self._embedded(self._aligned(faces), self.normalization)

    def settle(self, faces, number=32):
        """Guesses the normalization, where none was given, from the first faces of a set
        `(N, S, S, 3)` uint8, and keeps to it.

        It is the one under which faces stand out most from strangers when they are seen again
        badly: mirrored, dimmed, at a quarter of the size. Without a call it is guessed from the
        first faces embedded.
        """
        if self.normalization is None:
            aligned = self._aligned(faces[:number])
            again = _seen_badly(aligned)
            self.normalization = max(
                NORMALIZATIONS,
                key=lambda normalization: self._separation(aligned, again, normalization),
            )

    def settings(self):
        """How faces are given to the recogniser, a dict of plain values; `guessed` names what the
        user did not say.
        """
        return {
            "file": self.path.name,
            "sha256": self.fingerprint,
            "size": self.size,
            "normalization": self.normalization,
            "alignment": self.alignment,
            "guessed": list(self.guessed),
        }

    def _aligned(self, faces):
        """`(N, size, size, 3)` float32, 0..255."""
        from skimage.transform import SimilarityTransform, warp

        side = faces.shape[1]
        if self.alignment == "arcface":
            to_face = SimilarityTransform.from_estimate(
                ARCFACE * self.size - 0.5, TEMPLATE * side - 0.5
            )
        else:
            scale = side / self.size
            to_face = SimilarityTransform(
                scale=scale, translation=(scale / 2 - 0.5, scale / 2 - 0.5)
            )
        cut = lambda face: warp(
            face.astype("float32"),
            to_face,
            output_shape=(self.size, self.size),
            order=1,
            mode="edge",
            preserve_range=True,
        )
        return np.stack([cut(face) for face in faces]).astype("float32")

    def _embedded(self, aligned, normalization):
        mean, deviation = (np.array(values, "float32") for values in NORMALIZATIONS[normalization])
        x = np.rint(aligned).astype("uint8") if self.takes_bytes else (aligned - mean) / deviation
        x = np.ascontiguousarray(x.transpose(0, 3, 1, 2)) if self.channels_first else x
        name, step = self.session.get_inputs()[0].name, 1 if self.one_by_one else 16
        parts = [
            run_onnx(self.session, {name: x[start : start + step]}, self.path)[0]
            for start in range(0, len(x), step)
        ]
        embeddings = np.concatenate(parts).reshape(len(x), -1).astype("float32")
        return embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-12)

    def _separation(self, aligned, again, normalization):
        """How many deviations the cosines of the same face twice are above those of strangers."""
        cosine = self._embedded(aligned, normalization) @ self._embedded(again, normalization).T
        same, strangers = np.diagonal(cosine), cosine[~np.eye(len(cosine), dtype=bool)]
        if not len(strangers):
            return 0.0
        return float(
            (same.mean() - strangers.mean()) / np.sqrt((same.var() + strangers.var()) / 2 + 1e-6)
        )


@dataclasses.dataclass(frozen=True)
class Strangers:
    """What strangers in the evaluated set look like to the identity judge.

    Attributes:
        pairs: how many pairs of strangers there are.
        mean_cosine: their mean cosine.
        thresholds: dict from a false-accept rate to the cosine that this share of strangers
            exceeds, None where there are too few pairs.
    """

    pairs: int
    mean_cosine: float | None
    thresholds: dict

    def to_json(self):
        """A dict of plain values."""
        thresholds = {
            rate_name(rate): None if value is None else round(value, 4)
            for rate, value in self.thresholds.items()
        }
        return {
            "pairs": self.pairs,
            "mean_cosine": None if self.mean_cosine is None else round(self.mean_cosine, 4),
            "thresholds": thresholds,
        }


def strangers_of(embeddings, persons=None, rates=FALSE_ACCEPT_RATES):
    """Thresholds of acceptance from all pairs of strangers in a set of faces.

    Args:
        embeddings: `(N, D)` unit embeddings.
        persons: `(N,)` who is who, where the catalogue knows; None takes every two faces for
            strangers.
        rates: false-accept rates.

    Returns:
        A `Strangers`.

    Example:
        >>> strangers_of(np.eye(3), rates=(0.5,)).pairs
        3
    """
    first, second = np.triu_indices(len(embeddings), k=1)
    if persons is not None:
        strange = np.asarray(persons)[first] != np.asarray(persons)[second]
        first, second = first[strange], second[strange]
    # All cosines first: the embeddings of every pair side by side would take D times the memory.
    cosine = (embeddings @ embeddings.T)[first, second].astype("float64")
    enough = lambda rate: len(cosine) * rate >= PAIRS_A_FALSE_ACCEPT
    thresholds = {
        rate: float(np.quantile(cosine, 1 - rate, method="higher")) if enough(rate) else None
        for rate in rates
    }
    return Strangers(len(cosine), float(cosine.mean()) if len(cosine) else None, thresholds)


def rate_name(rate):
    """`0.01` to `"1e-2"`."""
    return f"{rate:.0e}".replace("e-0", "e-")


def onnx_session(path, what):
    """An ONNX model ready to run on the CPU.

    Raises:
        EvaluationError: no such file, none that onnxruntime can read, or no onnxruntime.
    """
    if not pathlib.Path(path).is_file():
        raise EvaluationError(f"There is no file {path}; give the path of {what} in ONNX.")
    onnxruntime = needed("onnxruntime", EVALUATE, path)
    errors = needed("onnxruntime.capi.onnxruntime_pybind11_state", EVALUATE, path)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    refused = (
        errors.InvalidProtobuf,
        errors.InvalidGraph,
        errors.Fail,
        errors.InvalidArgument,
        errors.NotImplemented,
        errors.RuntimeException,
        # Of a message about names that are no text.
        UnicodeDecodeError,
    )
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except refused as error:
        raise EvaluationError(
            f"{path} is no ONNX model that can be run ({_first_line(error)}); give {what} in ONNX."
        ) from error


def run_onnx(session, inputs, path):
    """The outputs of an ONNX model.

    Raises:
        EvaluationError: it does not take these inputs.
    """
    from onnxruntime.capi import onnxruntime_pybind11_state as errors

    try:
        return session.run(None, inputs)
    except (
        errors.InvalidArgument,
        errors.Fail,
        errors.RuntimeException,
        UnicodeDecodeError,
    ) as error:
        given = ", ".join(f"{name} {x.shape}" for name, x in inputs.items())
        raise EvaluationError(f"{path} does not take {given} ({_first_line(error)}).") from error


def _seen_badly(aligned):
    from skimage.transform import resize

    size = aligned.shape[1]
    small = lambda face: resize(
        face, (size // 4, size // 4), anti_aliasing=True, preserve_range=True
    )
    return 0.7 * np.stack(
        [
            resize(small(face), (size, size), order=1, preserve_range=True)
            for face in aligned[:, :, ::-1]
        ]
    ).astype("float32")


def _first_line(error):
    return str(error).strip().splitlines()[0]
