"""The weights file of a preset: in half precision, without the parts that come from elsewhere, and
back.
"""

import contextlib
import math
import tempfile
from pathlib import Path

from faceaging_tf.files import reserve
from zoo.errors import ZooError

# Below it the index of the compressed chunks takes more than compression saves.
WORTH_COMPRESSING = 1024


def write(model, path, half_precision=False, without=()):
    """Writes the weights of a model as a `.weights.h5` file.

    Args:
        model: a built model; an optimizer that it was compiled with is left out.
        path: path of the file.
        half_precision: store them as compressed float16; loading casts back to each variable's own
            type. An array with a value that float16 cannot hold (beyond 65504) stays as it is; so
            do integers.
        without: names of the model's attributes whose weights are left out; `load_beside` loads
            such a file.
    """
    # A copy, because the weights file of a compiled model would hold its optimizer too.
    copy = type(model).from_config(model.get_config())
    copy.set_weights(model.get_weights())
    weights = copy.get_weights()
    reserve(path, sum(weight.nbytes for weight in weights), len(weights))
    if not half_precision and not without:
        copy.save_weights(path)
        return
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.weights.h5"
        copy.save_weights(whole)
        _rewrite(whole, path, half_precision, without)


def load(model, path):
    """Loads a `.weights.h5` file into a model, of whichever floating-point type it is.

    Raises:
        ZooError: there is no such file, it is no weights file, or its weights do not fit the model.
    """
    path = Path(path)
    if not path.is_file() or not path.name.endswith(".weights.h5"):
        raise ZooError(
            f"There are no weights at {path}; give the folder of a preset, or a file NAME.weights.h5."
        )
    _load(model, path, path)


def load_beside(model, path, parts):
    """Loads a file that was written `without` some parts into a model whose parts have their
    weights already.

    Raises:
        ZooError: the weights do not fit the model.
    """
    import h5py

    with tempfile.TemporaryDirectory() as folder:
        now, whole = Path(folder) / "now.weights.h5", Path(folder) / "whole.weights.h5"
        model.save_weights(now)
        # Put together to one file, because Keras loads whole models alone and says so where a
        # weight is missing.
        with (
            _refused(model, path),
            h5py.File(now, "r") as parts_now,
            h5py.File(path, "r") as rest,
            h5py.File(whole, "w", libver="latest") as target,
        ):
            for source, names in (
                (rest, [name for name in rest if name not in parts]),
                (parts_now, [name for name in parts if name in parts_now]),
            ):
                for name in names:
                    source.copy(name, target)
        _load(model, whole, path)


def stored(values, half_precision):
    """An array as it is stored: as float16 where that is asked for and can hold it,
    else as it is.
    """
    import numpy as np

    values = np.asarray(values)
    fits = (
        half_precision
        and np.issubdtype(values.dtype, np.floating)
        and np.abs(values).max(initial=0) <= np.finfo(np.float16).max
    )
    return values.astype(np.float16) if fits else values


def same(first, second):
    """Whether two files hold the same arrays by the same names, of the same types; False where
    either is missing or no weights file.
    """
    import numpy as np

    try:
        one, other = arrays_of(first), arrays_of(second)
    except OSError:
        return False
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype and np.array_equal(one[name], other[name])
        for name in one
    )


def arrays_of(path):
    """The arrays of an HDF5 file by name, in its order."""
    import h5py

    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return found


def _load(model, file, path):
    with _refused(model, path):
        _check_arrays(model, file)
        model.load_weights(file)


@contextlib.contextmanager
def _refused(model, path):
    """What HDF5 and Keras make of a file of other weights, or of none, as a sentence."""
    try:
        yield
    except (ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ZooError(
            f"The weights {path} do not fit this {type(model).__name__} ({first}); load them into the architecture that "
            "they were saved from, or build this one with weights=None."
        ) from error


def _check_arrays(model, file):
    """Refuses arrays that are in other files, or that unpack to far more than the model's weights.

    Raises:
        ValueError: says which.
    """
    import h5py

    most = 16 * sum(math.prod(weight.shape) for weight in model.weights) + WORTH_COMPRESSING
    with h5py.File(file, "r") as opened:

        def check(group):
            size = 0
            for name in group:
                link = group.get(name, getlink=True)
                if not isinstance(link, h5py.HardLink):
                    raise ValueError(f"{name} leads to another place")
                item = group[name]
                if isinstance(item, h5py.Group):
                    size += check(item)
                    continue
                if item.external or item.is_virtual:
                    raise ValueError(f"{name} is in another file")
                size += item.size * item.dtype.itemsize
            return size

        if check(opened) > most:
            raise ValueError("its arrays are far larger than the model's")


def _rewrite(source, target, half_precision, without):
    import h5py

    with h5py.File(source, "r") as old, h5py.File(target, "w", libver="latest") as new:

        def copy(name, item):
            if name.partition("/")[0] in without:
                return
            if isinstance(item, h5py.Group):
                copied = new.require_group(name)
            else:
                values = stored(item[()], half_precision)
                options = (
                    {"compression": "gzip", "shuffle": True}
                    if values.size >= WORTH_COMPRESSING
                    else {}
                )
                copied = new.create_dataset(name, data=values, **options)
            copied.attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)
