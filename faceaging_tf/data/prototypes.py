"""What age changes in the average face: its colours, its shape and how much fine detail its skin
has.

Facial prototypes (Rowland and Perrett, "Manipulating facial appearance through shape and color",
IEEE CG&A 1995): faces are brought to one shape by their landmarks and averaged by age; the
difference of two averages, brought back to the shape of one face, ages it. An average has no
wrinkles, since no two faces have them in one place; so the average *energy* of fine detail is kept
beside it, and a face's own detail is strengthened or weakened by its ratio (Tiddeman, Burt and
Perrett, "Prototyping and transforming facial textures for perception research", IEEE CG&A 2001).
Instead of averages by decade, everything is a least-squares function of age, sex and further
labels.
"""

import dataclasses
import itertools
import typing

import numpy as np

from faceaging_tf.geometry.exposure import LUMINANCE

# Years between which everything is linear.
KNOTS = (1.0, 6.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 76.0)
# Scales between which detail is counted, as fractions of the side: 0.5 to 8.5 of 128 pixels.
SCALES = (0.0042, 0.0083, 0.0167, 0.0333, 0.0667)
# Added to pixels before their logarithm, of 255.
DARK = 16.0
GRID = 32
BASIS = 2 * len(KNOTS)


@dataclasses.dataclass
class Prototypes:
    """How the average face changes with age, for each knot of `KNOTS` (rows 0 to 8) and the half
    difference of the sexes (rows 9 to 17).

    Attributes:
        texture: `(18, T, T, 3)` float32, logarithm of the colours, in the mean shape.
        energy: `(18, 4, T, T)` float32, logarithm of the local energy of luminance between the
            `SCALES`.
        shape: `(18, G, G, 2)` float32, displacement from the mean shape, a fraction of the side.
        face: `(T, T)` float32 in 0 to 1, where the mean face is.
        skin: `(T, T)` float32 in 0 to 1, where its skin is.
        knots: `KNOTS`.
        scales: `SCALES`.
        dark: `DARK`.
    """

    knots: typing.ClassVar = KNOTS
    scales: typing.ClassVar = SCALES
    dark: typing.ClassVar = DARK
    texture: np.ndarray
    energy: np.ndarray
    shape: np.ndarray
    face: np.ndarray
    skin: np.ndarray

    def save(self, path):
        """Writes all arrays to one compressed `.npz` file."""
        np.savez_compressed(path, **dataclasses.asdict(self))

    @classmethod
    def load(cls, path):
        """The prototypes that `save` wrote."""
        with np.load(path) as arrays:
            return cls(**{field.name: arrays[field.name] for field in dataclasses.fields(cls)})


def with_places(corpus, places, surely=10.0, turned=0.2):
    """The faces of a corpus that were seen surely and from the front, with the attributes `place`
    and `male`.

    Args:
        corpus: a `FaceCorpus` with sexes.
        places: dict of arrays, one row a face of the corpus: `places` `(N, G, G, 2)`, the
            displacement to the mean shape, `score` and `turned`, as `tools/fit_prototypes.py`
            writes them.
        surely: the least score.
        turned: the most that the nose is off the middle, of the face's width.
    """
    attributes = {
        **corpus.attributes,
        "place": places["places"],
        "male": (corpus.attributes["sex"] == "male").astype("float32"),
    }
    corpus = dataclasses.replace(corpus, attributes=attributes)
    return corpus.take(np.flatnonzero((places["score"] > surely) & (places["turned"] < turned)))


def age_basis(ages, male):
    """`(N, 18)`: linear between the knots of age, and the same times 1 for men and -1 for women."""
    ages = np.clip(ages, KNOTS[0], KNOTS[-1])
    hats = np.stack([np.interp(ages, KNOTS, row) for row in np.eye(len(KNOTS))], axis=1)
    return np.concatenate([hats, hats * (2.0 * np.asarray(male, "float64")[:, None] - 1.0)], axis=1)


def fit_prototypes(textures, shapes, ages, male, labels, face, skin):
    """`Prototypes` by ridge regression on age and sex; what the labels explain is taken out first.

    Args:
        textures: a sequence of faces `(S, S, 3)` uint8, each in the mean shape.
        shapes: `(N, GRID, GRID, 2)`, the displacement from the mean shape to each face's.
        ages: `(N,)` years.
        male: `(N,)` 0 or 1.
        labels: `(N, L)`, further columns of the regression, each of mean 0 (sharpness, ethnic
            labels).
        face: `(S, S)` where the mean face is.
        skin: `(S, S)` where its skin is.
    """
    size = face.shape[0]
    half = size // 2
    columns = np.concatenate([age_basis(ages, male), labels], axis=1)
    ridge = np.diag([3.0] * len(KNOTS) + [20.0] * (columns.shape[1] - len(KNOTS)))
    solve = np.linalg.inv(columns.T @ columns + ridge)
    texture, energy = (
        np.zeros((columns.shape[1], half * half * 3)),
        np.zeros((columns.shape[1], 4 * half * half)),
    )
    for row, picture in zip(columns, textures, strict=True):
        logs = np.log(picture.astype("float32") + DARK)
        texture += row[:, None] * _halved(logs).ravel()
        energy += row[:, None] * _energies(logs, size).ravel()
    texture, energy = ((solve @ total)[:BASIS].astype("float32") for total in (texture, energy))
    shape = (solve @ columns.T @ shapes.reshape(len(shapes), -1))[:BASIS].astype("float32")
    face, skin = _halved(face), _halved(skin)
    texture = texture.reshape(BASIS, half, half, 3)
    # Old photographs are darker; faces do not become so.
    texture = (
        texture - (texture * skin[..., None]).sum((1, 2, 3), keepdims=True) / (3 * skin.sum())
    ) * face[..., None]
    return Prototypes(
        texture,
        energy.reshape(BASIS, 4, half, half),
        shape.reshape(BASIS, GRID, GRID, 2),
        face.astype("float32"),
        skin.astype("float32"),
    )


def _luminance_bands(luminance, size):
    """Four bands of detail between the `SCALES`, `(4, S, S)`, of the logarithm of luminance
    `(S, S)`.
    """
    from scipy.ndimage import gaussian_filter

    smooth = [gaussian_filter(luminance, scale * size) for scale in SCALES]
    return np.stack([fine - coarse for fine, coarse in itertools.pairwise(smooth)])


def _energies(logs, size):
    from scipy.ndimage import gaussian_filter

    bands = _luminance_bands(logs @ LUMINANCE, size)
    return np.stack(
        [
            _halved(np.log(gaussian_filter(band**2, 2.5 * scale * size) + 1e-6))
            for band, scale in zip(bands, SCALES, strict=False)
        ]
    )


def _halved(image):
    height, width = image.shape[:2]
    return image.reshape(height // 2, 2, width // 2, 2, *image.shape[2:]).mean(axis=(1, 3))


def displacement_to(mean, landmarks, grid=GRID):
    """`(N, grid, grid, 2)`: how far each place of the mean shape is from its place in a face, by a
    thin-plate spline through the landmarks.

    Args:
        mean: `(L, 2)` landmarks of the mean shape, fractions of the side.
        landmarks: `(N, L, 2)` of the faces.
    """
    from scipy.interpolate import RBFInterpolator

    axis = np.linspace(-0.05, 1.05, 6)
    border = np.array([(x, y) for x in axis for y in axis if min(x, y) < 0 or max(x, y) > 1])
    # One spline for all faces: their displacements side by side.
    known = np.concatenate(
        [
            (landmarks - mean).transpose(1, 0, 2).reshape(len(mean), -1),
            np.zeros((len(border), 2 * len(landmarks))),
        ]
    )
    places = _places(grid).reshape(-1, 2)
    spline = RBFInterpolator(
        np.concatenate([mean, border]), known, kernel="thin_plate_spline", smoothing=1e-5
    )
    return (
        spline(places)
        .reshape(grid, grid, len(landmarks), 2)
        .transpose(2, 0, 1, 3)
        .astype("float32")
    )


def inverse_displacement(displacement, iterations=20):
    """The displacement `(G, G, 2)` back: `u(q) = -v(q + u(q))`, by damped iteration."""
    back = np.zeros_like(displacement)
    for _ in range(iterations):
        back = 0.5 * back - 0.5 * sampled(displacement, back)
    return back


def sampled(image, displacement):
    """The image `(H, W, C)` at each place plus its displacement `(h, w, 2)`, linearly: `(h, w, C)`
    float32.
    """
    from scipy.ndimage import map_coordinates

    height, width = image.shape[:2]
    where = _places(displacement.shape[0]) + displacement
    coordinates = [where[..., 1] * height - 0.5, where[..., 0] * width - 0.5]
    return np.stack(
        [
            map_coordinates(
                image[..., channel].astype("float32"), coordinates, order=1, mode="nearest"
            )
            for channel in range(image.shape[2])
        ],
        -1,
    )


def in_mean_shape(picture, displacement):
    """A face `(S, S, 3)` uint8 brought to the mean shape by its displacement `(G, G, 2)`."""
    from skimage.transform import resize

    size = picture.shape[0]
    dense = resize(displacement, (size, size), order=1, mode="edge", preserve_range=True)
    return np.rint(sampled(picture, dense)).astype("uint8")


def _places(grid):
    axis = (np.arange(grid, dtype="float32") + 0.5) / grid
    return np.stack(np.meshgrid(axis, axis), -1)
