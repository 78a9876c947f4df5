"""Drawn faces: made-up people whose pictures visibly age, for whoever has no corpus.

A person is a number, and the same person is known at every age: what no corpus of photographs
offers. The pictures are aligned to the template of `faceaging_tf.geometry.align`, so they go
wherever aligned photographs go. They stand in for faces in tests and tutorials; a model trained on
them ages drawings, not people.
"""

import numbers
import operator

import numpy as np

from faceaging_tf.data.corpus import FaceCorpus
from faceaging_tf.data.face_description import describe_face
from faceaging_tf.data.face_drawing import paint_face

OLDEST = 100
SMALLEST = 16
# Two corpora of different seeds never share a person.
PEOPLE_PER_SEED = 100_000


def draw_face(person, age, size=128, pose=0):
    """Draws one made-up person at one age.

    The picture is a pure function of its arguments: the same numbers give the same bytes, today and
    in another process. (Another processor or another numpy may round a value by one level.)

    Args:
        person: whole number from 0 on. It fixes all that stays for life: skin, features, hair,
            light, background, when the hair turns grey.
        age: years, 0..100, fractions welcome. A small change of age is a small change of the
            picture.
        size: side of the picture in pixels, 16 or more.
        pose: whole number from 0 on that picks expression, gaze, exposure, the light's direction,
            and a turn and shift of some 1 % of the side: what differs between two photographs of
            one person. 0 is straight and calm.

    Returns:
        `(size, size, 3)` uint8, RGB.

    Raises:
        ValueError: a number outside these ranges, or one that is not whole where it must be.

    Example:
        >>> draw_face(person=7, age=62.5, size=64).shape
        (64, 64, 3)
    """
    person, pose, size = (
        _whole("person", person),
        _whole("pose", pose),
        _whole("size", size, SMALLEST),
    )
    return paint_face(describe_face(person, _years(age), pose), size)


def draw_faces(persons, ages, size=128, pose=0):
    """Draws many faces.

    Args:
        persons: whole numbers `(N,)`, or one for all.
        ages: years `(N,)`, or one for all.
        size: side of the pictures in pixels.
        pose: whole numbers `(N,)`, or one for all.

    Returns:
        `(N, size, size, 3)` uint8, RGB.

    Raises:
        ValueError: the lengths differ, or a value that `draw_face` refuses.

    Example: one person through life.
        >>> draw_faces(7, [5, 20, 40, 60, 80], size=64).shape
        (5, 64, 64, 3)
    """
    size = _whole("size", size, SMALLEST)
    columns = {"persons": persons, "ages": ages, "pose": pose}
    shapes = {name: np.shape(values) for name, values in columns.items()}
    lengths = {shape for shape in shapes.values() if shape}
    if len(lengths) > 1 or any(len(shape) > 1 for shape in lengths):
        raise ValueError(
            f"draw_faces got {shapes} as shapes; it needs lists of one length N, or single numbers."
        )
    count = next(iter(lengths), (1,))[0]
    faces = np.empty((count, size, size, 3), np.uint8)
    rows = zip(
        *(list(values) if shapes[name] else [values] * count for name, values in columns.items()),
        strict=True,
    )
    for face, (one_person, one_age, one_pose) in zip(faces, rows, strict=True):
        face[:] = draw_face(one_person, one_age, size, one_pose)
    return faces


def drawn_corpus(people=200, faces_per_person=5, size=64, seed=0, youngest=0.0, oldest=90.0):
    """Draws a corpus of people at known ages.

    The range of ages is cut in `faces_per_person` equal parts, and each person is drawn once in
    each part, at a random age of it and in a random pose: ages are spread evenly, and everyone is
    known through life.

    Args:
        people: how many people, 1..100,000.
        faces_per_person: how many pictures of each.
        size: side of the pictures in pixels.
        seed: whole number from 0 on. Corpora of different seeds have no person in common.
        youngest: years, the lower end of the ages.
        oldest: years, the upper end.

    Returns:
        A `FaceCorpus` of `people * faces_per_person` faces, person by person, each from young to
        old. Its attribute "person" holds the numbers `(N,)` int64 for `draw_face`, its attribute
        "pose" the poses.

    Raises:
        ValueError: a number that is out of range or not whole where it must be, or `youngest` above
            `oldest`.

    Example:
        >>> corpus = drawn_corpus(people=2, faces_per_person=3, size=32)
        >>> corpus.faces.shape, corpus.attributes["person"].tolist()
        ((6, 32, 32, 3), [0, 0, 0, 1, 1, 1])
    """
    people, faces_per_person = (
        _whole("people", people, 1),
        _whole("faces_per_person", faces_per_person, 1),
    )
    size, seed = _whole("size", size, SMALLEST), _whole("seed", seed)
    youngest, oldest = _years(youngest), _years(oldest)
    if people > PEOPLE_PER_SEED:
        raise ValueError(
            f"drawn_corpus got people={people}; it draws up to {PEOPLE_PER_SEED}, so use several seeds."
        )
    if youngest > oldest:
        raise ValueError(
            f"drawn_corpus got ages from {youngest} to {oldest}; the first must not be above the second."
        )
    generator = np.random.default_rng(seed)
    parts = (
        np.arange(faces_per_person) + generator.random((people, faces_per_person))
    ) / faces_per_person
    ages = (youngest + (oldest - youngest) * parts).reshape(-1).astype("float32")
    poses = generator.integers(1, 2**31, size=ages.shape)
    persons = np.repeat(seed * PEOPLE_PER_SEED + np.arange(people, dtype="int64"), faces_per_person)
    return FaceCorpus(
        draw_faces(persons, ages, size, poses),
        ages,
        ages.copy(),
        {"person": persons, "pose": poses},
    )


def _whole(name, value, least=0):
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(
            f"A drawn face got {name}={value!r}; it needs a whole number of {least} or more."
        )
    return number


def _years(age):
    if not isinstance(age, numbers.Real) or not 0 <= age <= OLDEST:
        raise ValueError(
            f"A drawn face got age={age!r}; it needs years as a number from 0 to {OLDEST}."
        )
    return float(age)
