"""Judges of drawn faces, fitted in a second: real ones, small, for tests that have no recogniser at
hand.

The age judge is ridge regression, the identity judge Fisher's discriminant (Belhumeur et al.,
"Eigenfaces vs. Fisherfaces", PAMI 1997); both on gradient histograms and coarse colours, learnt
from drawn people that no test evaluates.
"""

import functools

import numpy as np
import scipy.linalg
from skimage.feature import hog

from faceaging_tf.data.drawn_faces import drawn_corpus

SIZE = 48
# Seeds below are left to the tests.
SEED = 900


def features(faces):
    """`(N, F)` gradient histograms, and mean colours of squares of 6 pixels, of faces
    of 48 pixels.
    """
    return _features(faces.tobytes(), faces.shape)


# Both judges look at the same faces in turn.
@functools.lru_cache(maxsize=8)
def _features(data, shape):
    faces = np.frombuffer(data, "uint8").reshape(shape)
    cells = {"orientations": 8, "pixels_per_cell": (6, 6), "cells_per_block": (2, 2)}
    gradients = np.stack([hog(face, channel_axis=-1, **cells) for face in faces])
    colours = (
        faces.reshape(len(faces), 8, 6, 8, 6, 3).mean(axis=(2, 4)).reshape(len(faces), -1) / 255
    )
    return np.concatenate([gradients, colours], axis=1)


class DrawnAgeJudge:
    """Ages of drawn faces, off by some six years."""

    def __init__(self, mean, deviation, weights, middle):
        self.mean, self.deviation, self.weights, self.middle = mean, deviation, weights, middle

    def estimate_ages(self, faces):
        return ((features(faces) - self.mean) / self.deviation @ self.weights + self.middle).astype(
            "float32"
        )


class DrawnIdentityJudge:
    """Unit embeddings of drawn faces: one person's have a cosine of .8 and more, strangers' about
    0.
    """

    def __init__(self, mean, deviation, projection):
        self.mean, self.deviation, self.projection = mean, deviation, projection

    def __call__(self, faces):
        embeddings = (features(faces) - self.mean) / self.deviation @ self.projection
        return (embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)).astype("float32")


@functools.cache
def drawn_judges():
    """`(DrawnAgeJudge, DrawnIdentityJudge)`."""
    corpus = drawn_corpus(people=120, faces_per_person=5, size=SIZE, seed=SEED)
    persons, ages = corpus.attributes["person"], corpus.age.astype("float64")
    raw = features(corpus.faces)
    mean, deviation = raw.mean(axis=0), raw.std(axis=0) + 1e-3
    x = (raw - mean) / deviation
    weights = x.T @ np.linalg.solve(x @ x.T + 3000 * np.eye(len(x)), ages - ages.mean())
    principal = np.linalg.svd(x, full_matrices=False)[2][:150].T
    reduced = x @ principal
    means = np.stack([reduced[persons == person].mean(axis=0) for person in np.unique(persons)])
    within = sum(
        (reduced[persons == person] - middle).T @ (reduced[persons == person] - middle)
        for person, middle in zip(np.unique(persons), means, strict=True)
    )
    between = (means - means.mean(axis=0)).T @ (means - means.mean(axis=0))
    directions = scipy.linalg.eigh(between, within + np.eye(len(within)))[1][:, ::-1][:, :40]
    return DrawnAgeJudge(mean, deviation, weights, ages.mean()), DrawnIdentityJudge(
        mean, deviation, principal @ directions
    )
