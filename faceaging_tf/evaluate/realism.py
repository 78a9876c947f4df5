"""Realism: how far aged faces are, as a set, from real faces of the requested ages.

KID, the kernel inception distance (Binkowski et al., "Demystifying MMD GANs", ICLR 2018): the
squared maximum mean discrepancy between the features of two sets, unbiased, with the kernel
`(x . y / d + 1)^3`. It is 0 on average for two sets of one kind, and may be negative. The features
are those of InceptionV3, as published, or of a face recogniser, whose unit embeddings are scaled to
the length `sqrt(d)`, so that the kernel is `(cosine + 1)^3`: a distance in that unit can be
compared with others by the same recogniser only.
"""

import numpy as np

from faceaging_tf.errors import EvaluationError
from faceaging_tf.evaluate.bootstrap import figure_of, mean_over_pairs, weights_of

# Each resample costs a product of N x N numbers here.
RESAMPLES = 300
# Real faces within so many years of the requested age stand for that age.
NEAR_YEARS = 5.0
FEWEST = 10


def polynomial_kernel(first, second):
    """`(x . y / d + 1)^3` of every pair of rows `(N, d)` and `(M, d)`: `(N, M)`."""
    return (
        np.asarray(first, "float64") @ np.asarray(second, "float64").T / first.shape[1] + 1
    ) ** 3


def scaled_embeddings(embeddings):
    """Unit embeddings `(N, d)` brought to the length `sqrt(d)`."""
    return np.asarray(embeddings, "float64") * np.sqrt(embeddings.shape[1])


def near_ages(targets, real_ages):
    """Which real faces stand for the age asked of each output, `(N, M)` bool."""
    return np.abs(np.asarray(targets)[:, None] - np.asarray(real_ages)[None, :]) <= NEAR_YEARS


def kid(outputs, reals, matches=None, different=None, seed=0):
    """KID between two sets of features, with its interval.

    Every output has the same weight; a real face has the weight of the outputs that it stands for,
    so that both sets have the same ages whatever the ages of the real faces are. Outputs that no
    real face stands for are left out. Weights that follow the outputs make the distance a little
    too small, the more the fewer faces there are: by 0.002 for 150 outputs and embeddings, where
    the interval reaches 0.013 to each side.

    Args:
        outputs: `(N, d)` features.
        reals: `(M, d)` features.
        matches: `(N, M)` bool, which real faces stand for which output; None for all.
        different: `(N, M)` bool, False where both are one photograph; None for nowhere.
        seed: of the resampling of both sets. Near 0 the interval is wider than it need be, never
            narrower: the statistic degenerates there.

    Returns:
        A `Figure`, or None for fewer than ten faces in either set.
    """
    matches = np.ones((len(outputs), len(reals)), bool) if matches is None else matches
    rows, columns = np.flatnonzero(matches.any(axis=1)), np.flatnonzero(matches.any(axis=0))
    if min(len(rows), len(columns)) < FEWEST:
        return None
    outputs, reals, part = outputs[rows], reals[columns], np.ix_(rows, columns)
    share = matches[part] / matches[part].sum(axis=1, keepdims=True)
    weights = weights_of(len(rows), seed, RESAMPLES)
    real_weights = (weights @ share) * weights_of(len(columns), seed + 1, RESAMPLES)
    different = None if different is None else different[part]
    return _kid(outputs, reals, weights, real_weights, different)


def kid_of_halves(reals, weights=None, seed=0):
    """KID between two halves of one set: the floor, what no model can be expected to go below.

    Args:
        reals: `(M, d)` features.
        weights: `(M,)`, how often each counts; None for once. Those of weight 0 are left out.
        seed: of the split and the resampling.

    Returns:
        A `Figure`, or None for fewer than twenty faces.
    """
    weights = np.ones(len(reals)) if weights is None else np.asarray(weights, "float64")
    order = np.random.default_rng([seed, len(reals)]).permutation(np.flatnonzero(weights))
    first, second = order[::2], order[1::2]
    if len(second) < FEWEST:
        return None
    drawn = [
        weights_of(len(half), seed + part, RESAMPLES) for part, half in enumerate((first, second))
    ]
    return _kid(
        reals[first], reals[second], drawn[0] * weights[first], drawn[1] * weights[second], None
    )


def inception_features(weights):
    """The features of InceptionV3 with weights from a file: a function from faces `(N, S, S, 3)`
    uint8 to `(N, 2048)`.

    Args:
        weights: a `.weights.h5` or `.h5` file of
            `keras.applications.InceptionV3(include_top=False)`, such as Keras publishes for
            ImageNet.

    Raises:
        EvaluationError: no such file, or weights that do not fit.
    """
    import os

    import keras

    if not os.path.isfile(weights):
        raise EvaluationError(
            f"There are no weights at {weights}; give the .h5 file of keras.applications.InceptionV3 without its top."
        )
    try:
        network = keras.applications.InceptionV3(
            weights=weights, include_top=False, pooling="avg", input_shape=(299, 299, 3)
        )
    except (ValueError, OSError, KeyError) as error:
        first = str(error).strip().splitlines()[0]
        raise EvaluationError(
            f"{weights} holds no weights of InceptionV3 without its top ({first}); give such a file."
        ) from error

    def features(faces):
        parts = [np.zeros((0, 2048), "float32")]
        for start in range(0, len(faces), 16):
            x = keras.ops.image.resize(
                faces[start : start + 16].astype("float32"),
                (299, 299),
                interpolation="bilinear",
                antialias=True,
            )
            parts.append(keras.ops.convert_to_numpy(network(x / 127.5 - 1.0, training=False)))
        return np.concatenate(parts)

    return features


def _kid(outputs, reals, weights, real_weights, different):
    within = mean_over_pairs(polynomial_kernel(outputs, outputs), weights) + mean_over_pairs(
        polynomial_kernel(reals, reals), real_weights
    )
    between = polynomial_kernel(outputs, reals)
    different = np.ones(between.shape) if different is None else different.astype("float64")
    pairs = ((weights @ different) * real_weights).sum(axis=1)
    total = ((weights @ (between * different)) * real_weights).sum(axis=1)
    distances = within - 2 * np.divide(
        total, pairs, out=np.full(len(pairs), np.nan), where=pairs > 1e-9
    )
    return figure_of(distances[0], distances[1:], len(outputs))
