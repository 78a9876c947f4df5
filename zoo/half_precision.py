"""A Keras weights file re-written in half precision."""

import h5py
import numpy as np

# Below it the index of the compressed chunks takes more than compression saves.
WORTH_COMPRESSING = 1024


def write_half_precision(source, target):
    """Copies a `.weights.h5` file, every floating-point array of it as compressed float16.

    Keras casts back to each variable's own type when the file is loaded. An array with a value that float16 cannot
    hold (beyond 65504) stays as it is; so do integers.

    Args:
        source: path of a file written by `keras.Model.save_weights`.
        target: path of the file to write.
    """
    with h5py.File(source, "r") as old, h5py.File(target, "w", libver="latest") as new:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                copied = new.require_group(name)
            else:
                values = _halved(item[()])
                options = {"compression": "gzip", "shuffle": True} if values.size >= WORTH_COMPRESSING else {}
                copied = new.create_dataset(name, data=values, **options)
            copied.attrs.update(item.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)


def _halved(values):
    values = np.asarray(values)
    fits = np.issubdtype(values.dtype, np.floating) and np.abs(values).max(initial=0) <= np.finfo(np.float16).max
    return values.astype(np.float16) if fits else values
