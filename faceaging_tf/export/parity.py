"""Whether an exported file does what the model does."""

import dataclasses
from typing import Any

import numpy as np
from keras import ops

from faceaging_tf.errors import ExportError
from faceaging_tf.export.signatures import AGE, FACE, TRANSFORM, YEARS
from faceaging_tf.models.faces import moved, to_pixels

# Largest and mean difference from the model's faces, as a share of their whole range, mean
# difference in years of an age judge, and largest difference in years of the ages that the file
# estimates itself, by precision. Where a face moves, rounding grows with the contrast from one
# pixel to the next: 1.4e-4 at a few pixels of one photographed face in twelve. A quarter of a level
# of 255 is allowed.
BOUNDS = {
    "float32": (1e-3, 1e-4, 0.1, 0.01),
    "float16": (1e-2, 1e-2, 1.0, 0.2),
    "dynamic_int8": (None, 2e-2, 2.5, 2.5),
    "int8": (None, 2e-2, 2.5, 2.5),
}
# A level of 255, by which rounding may differ.
LEVEL = 1.0 / 255.0
RANGE = 2.0


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """What an exported file is compared with its model on, and "int8" is calibrated on.

    Attributes:
        faces: `(N, S, S, 3)` uint8, aligned; faces that the project draws when None.
        ages: `(N,)` their ages in years; estimated when None.
        judge: a model with `estimate_ages` to compare ages with, or None.
    """

    faces: np.ndarray | None = None
    ages: np.ndarray | None = None
    judge: Any = None


@dataclasses.dataclass(frozen=True)
class Parity:
    """How far an exported file is from its model, over all its signatures.

    Attributes:
        largest: largest difference of faces, as a share of the range.
        mean: mean difference.
        years: mean difference of the judged ages in years, or None without a judge.
        estimated: largest difference of the ages that the file estimates itself, in years; None
            where it estimates none.
        cases: signatures times faces that were compared.
    """

    largest: float
    mean: float
    years: float | None
    estimated: float | None
    cases: int


def parity_of(model, signatures, routes, runner, faces, ages, as_bytes, judge=None):
    """Compares a file with the model, face by face.

    Args:
        model: the model.
        signatures: dict of the `Signature`s that the file has.
        routes: names of the directions that are in it.
        runner: a function from a signature's name and its inputs by name to its outputs by name
            (see `runners`).
        faces: `(N, S, S, 3)` uint8, of the model's size.
        ages: `(N,)` float32, years.
        as_bytes: whether the file takes uint8.
        judge: a model with `estimate_ages`, or None.

    Returns:
        A `Parity`.
    """
    scaled = faces.astype("float32") / 127.5 - 1.0
    differences, judged, estimated = [], [], []
    for name, signature in signatures.items():
        # `transform` once in each of its branches; the rest with every face.
        cases = (
            _cases_of_branches(model, len(faces))
            if name == TRANSFORM
            else [(place, _years(model, name, place), ages[place]) for place in range(len(faces))]
        )
        for place, years, age in cases:
            face = slice(place, place + 1)
            manner = _manner(signature, model, place)
            given = {
                FACE: faces[face] if as_bytes else scaled[face],
                YEARS: _column(years),
                AGE: _column(age),
                **manner,
            }
            outputs = runner(
                name, {key: value for key, value in given.items() if key in signature.inputs}
            )
            if AGE in outputs:
                estimated.append(
                    abs(
                        float(outputs[AGE].ravel()[0])
                        - float(model.age_regressor.estimate_ages(faces[face])[0])
                    )
                )
                continue
            expected = _expected(model, name, routes, scaled[face], years, age, manner)
            got = outputs[FACE].astype("float32") / 127.5 - 1.0 if as_bytes else outputs[FACE]
            if as_bytes:
                expected = to_pixels(expected).astype("float32") / 127.5 - 1.0
            differences.append(np.abs(np.clip(got, -1, 1) - np.clip(expected, -1, 1)) / RANGE)
            if judge is not None:
                before, after = judge.estimate_ages(
                    np.concatenate([to_pixels(expected), to_pixels(got)])
                )
                judged.append(abs(float(after - before)))
    return Parity(
        largest=max(float(each.max()) for each in differences) if differences else 0.0,
        mean=float(np.mean([each.mean() for each in differences])) if differences else 0.0,
        years=float(np.mean(judged)) if judged else None,
        estimated=max(estimated) if estimated else None,
        cases=len(differences) + len(estimated),
    )


def check(parity, precision, as_bytes):
    """Refuses a file that is too far from its model.

    Raises:
        ExportError: a difference above the precision's bound, or nothing that was compared.
    """
    if not parity.cases:
        raise ExportError(
            "The exported file was compared with the model on no face at all; give faces to compare with."
        )
    largest, mean, years, estimated = BOUNDS[precision]
    slack = LEVEL if as_bytes else 0.0
    for found, bound, what in (
        (
            parity.largest,
            largest and largest + slack,
            "largest difference of faces, as a share of the range,",
        ),
        (parity.mean, mean, "mean difference of faces, as a share of the range,"),
        (parity.years, years, "mean difference of the judged ages, in years,"),
        (
            parity.estimated,
            estimated,
            "largest difference of the ages that it estimates, in years,",
        ),
    ):
        if found is not None and bound is not None and not found <= bound:
            raise ExportError(
                f"The exported {precision} file is too far from the model: the {what} is {found:.3g}, at most {bound:.3g} is allowed. Nothing was written; "
                "try a higher precision, or, for int8, calibrate on faces that are more like yours."
            )


def _manner(signature, model, place):
    """What a signature is told beside years and age, arrays by name: another future for each place,
    and every second one's hair as grey as can be; the strengths as they are.
    """
    if not signature.defaults:
        return {}
    told = {name: np.array([value], "float32") for name, value in signature.defaults.items()}
    hair = {"hair": _column(1.0)} if place % 2 else {}
    return {**told, "future": _column(float(place % model.futures)), **hair}


def _expected(model, name, routes, face, years, age, manner):
    """The model's own face for a signature, `(1, S, S, 3)` float32, of a face `(1, S, S, 3)` in -1
    to 1, years and age, numbers, and what `_manner` gives.
    """
    years, age = np.array([years], "float32"), np.array([age], "float32")
    if name in model.directions:
        given = (ops.convert_to_tensor(value) for value in (face, years, age))
        told = {key: ops.convert_to_tensor(value) for key, value in manner.items()}
        return ops.convert_to_numpy(moved(*model.edit_in(name, *given, **told)))
    place = int(ops.convert_to_numpy(model.direction_of(years, age))[0])
    chosen = place >= 0 and model.directions[place] in routes
    return model.edited(face, years, age, **manner).faces() if chosen else face


def _years(model, name, place):
    """Years for a direction, 10 to 40 of its sign."""
    route = next((route for route in model.routes if route.direction == name), None)
    older = (
        route is None
        or route.sign > 0
        or (route.sign == 0 and (route.source[1] or np.inf) <= (route.target[0] or 0))
    )
    return (1.0 if older else -1.0) * (10.0 + 10.0 * (place % 4))


def _cases_of_branches(model, number):
    """`(place of a face, years, age)` for each direction of the model, the fewest years that take
    it, and for none.
    """
    years, ages = (
        grid.ravel().astype("float32")
        for grid in np.meshgrid(np.arange(-95, 96, 5), np.arange(2, 96, 3))
    )
    places = np.asarray(model.direction_of(years, ages))
    cases = []
    for place in range(-1, len(model.directions)):
        fitting = np.flatnonzero(
            (places == place)
            & ((np.abs(years) >= 5) | (place < 0))
            & (ages + years > 0)
            & (ages + years < 95)
        )
        if len(fitting):
            fewest = fitting[np.argmin(np.abs(years[fitting]))]
            cases.append((len(cases) % number, float(years[fewest]), float(ages[fewest])))
    return cases


def _column(value):
    return np.array([[value]], "float32")
