"""The edit of one face by a model of Keras, as an exported file gives it."""

import functools

import keras
import numpy as np

from faceaging_tf.geometry.frames import frame_of_model
from faceaging_tf.manner import checked_manner
from faceaging_tf.models.faces import FaceEdit, lit


class KerasEdits:
    """Edits faces one at a time, by graphs where the backend is TensorFlow.

    Args:
        model: an ageing model.
        **manner: of ageing, see `faceaging_tf.typing.Manner`.

    Raises:
        ValueError: a manner that the model does not know.
    """

    def __init__(self, model, **manner):
        self.model = model
        told = checked_manner(getattr(model, "parts", ()), getattr(model, "futures", 1), **manner)
        self.told = {name: value[None] for name, value in told.items()}
        self._traced = functools.cache(self._trace)

    def edit(self, face, years, age):
        """See `faceaging_tf.mobile.FileModel.edit`."""
        small = face[None].astype(np.float32) / 127.5 - 1.0
        numbers = np.float32([years]), np.float32([age])
        edit = lit(lambda bright: self._edit(bright, *numbers), frame_of_model(self.model).name)(
            small
        )
        change = (edit.changed - small)[0] * np.float32(127.5)
        return change, None if edit.flow is None else edit.flow[0]

    def _edit(self, small, years, ages):
        if keras.backend.backend() != "tensorflow" or not self.model.routes:
            edit = self.model.edited(small, years, ages, **self.told)
            return edit if isinstance(edit, FaceEdit) else FaceEdit(np.asarray(edit))
        whole = FaceEdit.nothing(small, getattr(self.model, "moves_faces", False))
        place = int(self.model.direction_of(years, ages)[0])
        if place >= 0:
            whole.put(slice(None), *self._traced(self.model.directions[place])(small, years, ages))
        return whole

    def _trace(self, direction):
        """One direction as a graph: one operation after the other, small networks spend most of
        their time in between.
        """
        import tensorflow as tf

        size = self.model.image_size
        signature = [
            tf.TensorSpec((1, size, size, 3), tf.float32),
            *[tf.TensorSpec((1,), tf.float32)] * 2,
        ]
        return tf.function(
            lambda faces, years, ages: self.model.edit_in(
                direction, faces, years, ages, **self.told
            ),
            input_signature=signature,
        )
