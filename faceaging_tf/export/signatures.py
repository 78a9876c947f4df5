"""What an entry does, as named functions of tensors of fixed shape: what is traced for every
format.
"""

import dataclasses
import typing

from keras import ops

from faceaging_tf.errors import ExportError
from faceaging_tf.manner import defaults
from faceaging_tf.models.faces import moved, to_range

TRANSFORM, ESTIMATE_AGE = "transform", "estimate_age"
FACE, YEARS, AGE, CHANGED, FLOW = "face", "years", "age", "changed", "flow"


@dataclasses.dataclass(frozen=True)
class Signature:
    """One thing that an exported file does.

    Attributes:
        name: what a runtime calls it by.
        inputs: names of its inputs.
        outputs: names of its outputs.
        function: from tensors in the order of `inputs` to a dict from `outputs` to tensors.
        defaults: of inputs that a runtime may be spared, tuples of numbers by name; each such input
            is `(N, len(tuple))`.
    """

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    function: typing.Callable
    defaults: typing.Mapping[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)


def signatures_of(model, routes=None, as_bytes=False):
    """The signatures of a model, by name: `transform`, each of its directions, and `estimate_age`.

    Inputs are `face` `(N, S, S, 3)`, `years` `(N, 1)` and `age` `(N, 1)` float32, in years;
    `transform` takes faces one by one. Models with parts take `strengths` `(N, parts)`, `future`
    and `hair` `(N, 1)` besides (see `faceaging_tf.manner`). The first output is the aged `face`; a
    model that moves faces gives `changed` `(N, S, S, 3)` in -1 to 1 and `flow` `(N, h, w, 2)`
    besides, from which the same can be done at a photo's own resolution (see
    `faceaging_tf.models.faces.FaceEdit`). `estimate_age` gives `age` `(N, 1)`.

    Args:
        model: a built ageing model with `directions`, for use (`for_release`).
        routes: the directions to export, all of them when None; `transform` then leaves faces that
            need another as they are.
        as_bytes: whether faces are uint8 of 0..255, or float32 of -1 to 1.

    Raises:
        ExportError: a model without directions, or a route that it does not have.
    """
    known = getattr(model, "directions", ())
    if not known:
        raise ExportError(
            f"{type(model).__name__} has no routes; an exported model needs routes and edit_in (see AgingModel)."
        )
    routes = known if routes is None else tuple(routes)
    for route in routes:
        if route not in known:
            raise ExportError(
                f"{type(model).__name__} has no route {route!r}; it has {', '.join(known)}."
            )
    routes = tuple(direction for direction in known if direction in routes)
    outputs = (FACE, CHANGED, FLOW) if model.moves_faces else (FACE,)
    read = (lambda face: to_range(face)) if as_bytes else (lambda face: face)
    write = _to_bytes if as_bytes else (lambda face: face)

    def named(changed, flow):
        parts = (write(moved(changed, flow)), changed, flow)
        return dict(zip(outputs, parts, strict=False))

    manner = defaults(model.parts)

    def edited(name, face, years, age, *told):
        return model.edit_in(name, face, years, age, **dict(zip(manner, told, strict=True)))

    def direction(name):
        return lambda face, years, age, *told: named(
            *edited(name, read(face), years[:, 0], age[:, 0], *told)
        )

    def transform(face, years, age, *told):
        face, years, age = read(face), years[:, 0], age[:, 0]
        place = ops.reshape(ops.cast(model.direction_of(years, age), "int32"), ())
        branches = [
            lambda name=name: _pair(*edited(name, face, years, age, *told)) for name in routes
        ]
        places = [known.index(name) for name in routes]
        nothing = lambda: _pair(face, None if not model.moves_faces else _no_flow(face))
        chosen = _chosen(place, places, branches, nothing)
        return named(chosen[0], chosen[1] if model.moves_faces else None)

    def estimate_age(face):
        return {AGE: ops.reshape(model.age_regressor.mirrored_age(read(face)), (-1, 1))}

    inputs = (FACE, YEARS, AGE, *manner)
    functions = {TRANSFORM: transform, **{name: direction(name) for name in routes}}
    signatures = {
        name: Signature(name, inputs, outputs, function, manner)
        for name, function in functions.items()
    }
    signatures[ESTIMATE_AGE] = Signature(ESTIMATE_AGE, (FACE,), (AGE,), estimate_age)
    return signatures


def _chosen(place, places, branches, nothing):
    """What the branch of `place` gives, by halves, so that one of twelve takes four comparisons;
    `nothing` where it has none.
    """
    if not places:
        return nothing()
    if len(places) == 1:
        return ops.cond(ops.equal(place, places[0]), branches[0], nothing)
    middle = len(places) // 2
    first = lambda: _chosen(place, places[:middle], branches[:middle], nothing)
    second = lambda: _chosen(place, places[middle:], branches[middle:], nothing)
    return ops.cond(ops.less(place, places[middle]), first, second)


def _pair(changed, flow):
    return (changed,) if flow is None else (changed, flow)


def _no_flow(face):
    size = face.shape[1] // 4
    return ops.zeros((face.shape[0] or 1, size, size, 2), "float32")


def _to_bytes(face):
    return ops.cast(ops.clip(ops.round((face + 1.0) * 127.5), 0.0, 255.0), "uint8")
