"""The change of the faces of a frame, smoothed in time where the face lies still: in its aligned
square.
"""

import functools

import keras
import numpy as np

from faceaging_tf.geometry.align import cut_square, similarity_to_template
from faceaging_tf.geometry.frames import frame_of_model
from faceaging_tf.models.base import checked_strengths
from faceaging_tf.models.faces import FaceEdit, changed_at_size, lit
from faceaging_tf.photo.compositing import composite_faces
from faceaging_tf.resampling import LARGEST_SQUARE, feathered_mask, moving_core

# The change follows the face with this time constant: long enough to take away what sensor noise
# does to it, short beside an expression.
SMOOTHING_SECONDS = 0.2
# So smooth a change need not be asked for at every frame.
ASKING_SECONDS = 0.07


class Changing:
    """Ages the faces of frames that follow each other.

    Args:
        model: an ageing model.
        years: years to add.
        template: where the landmarks lie in the square of the model's frame, `(5, 2)` fractions of
            its side.
        strengths: of the parts of ageing, see `AgingModel.transform`.

    Raises:
        ValueError: strengths of parts that the model does not have.
    """

    def __init__(self, model, years, template, strengths=None):
        self.model, self.years, self.template = model, np.float32(years), template
        strengths = checked_strengths(strengths, getattr(model, "parts", ()))
        self.strengths = {} if strengths is None else {"strengths": strengths[None]}
        self.moves = getattr(model, "moves_faces", False)
        self.memory = {}
        self._traced = functools.cache(self._trace)

    def aged(self, pixels, faces, seconds):
        """One frame, aged.

        Args:
            pixels: `(H, W, 3)` uint8.
            faces: a list of `(track, landmarks, strength)`: a `faceaging_tf.video.tracks.Track`,
                and its landmarks `(5, 2)` and strength (0 to 1) in this frame.
            seconds: the frame's time.

        Returns:
            `(H, W, 3)` uint8.
        """
        self.memory = {
            track.number: self.memory[track.number]
            for track, _, _ in faces
            if track.number in self.memory
        }
        if not faces or not self.years:
            return pixels
        size = self._size(max(track.size for track, _, _ in faces))
        mask = (
            feathered_mask(size, moving_core(frame_of_model(self.model).name))
            if self.moves
            else None
        )
        changes, matrices = [], []
        for track, landmarks, strength in faces:
            matrix = similarity_to_template(landmarks, size, self.template)
            try:
                crop = cut_square(pixels, matrix, size)[None]
            except ValueError:
                # Smoothed landmarks may lead a face out of the picture a frame early.
                continue
            edit = functools.partial(self._smoothed, track, strength, seconds)
            aged = changed_at_size(crop, self.model.image_size, edit, mask)
            changes.append(aged[0].astype(np.float32) - crop[0])
            matrices.append(matrix)
        whole = feathered_mask(size)
        return composite_faces(
            pixels, changes, matrices, np.float32(whole > 0) if self.moves else whole
        )[0]

    def state(self):
        """What `restore` needs to go on, as arrays by name."""
        return {
            f"{number}.{name}": value
            for number, memory in self.memory.items()
            for name, value in memory.items()
        }

    def restore(self, arrays):
        """Goes on from what `state` gave."""
        self.memory = {}
        for key, value in arrays.items():
            number, _, name = key.partition(".")
            self.memory.setdefault(int(number), {})[name] = value

    def _size(self, largest):
        """Side of the squares that faces are cut out at: the model's, or the frame's own where
        faces are moved.
        """
        size = self.model.image_size
        # Tracks say how wide the tight square is.
        largest = largest / frame_of_model(self.model).scale
        return int(np.clip(4 * np.ceil(largest / 4), size, LARGEST_SQUARE)) if self.moves else size

    def _smoothed(self, track, strength, seconds, small):
        """The `FaceEdit` of one face, smoothed."""
        memory = self.memory.get(track.number)
        if memory is None or seconds - memory["asked"] >= ASKING_SECONDS:
            edit = lit(
                functools.partial(self._edit, age=track.age), frame_of_model(self.model).name
            )(small)
            wanted = {"change": edit.changed - small, "asked": np.float64(seconds)}
            if edit.flow is not None:
                wanted["flow"] = edit.flow
            if memory is None:
                smooth = {
                    f"smooth {name}": wanted[name] for name in ("change", "flow") if name in wanted
                }
                memory = {**wanted, **smooth, "seen": np.float64(0), "before": np.float64(seconds)}
            else:
                memory = {**memory, **wanted}
        # The first moments are averaged evenly: the first look alone would weigh on a fifth of a
        # second.
        share = max(
            1 - np.exp(-(seconds - memory["before"]) / SMOOTHING_SECONDS), 1 / (memory["seen"] + 1)
        )
        memory = {**memory, "seen": memory["seen"] + 1, "before": np.float64(seconds)}
        for name in ("change", "flow"):
            if name in memory:
                smooth = memory[f"smooth {name}"]
                memory[f"smooth {name}"] = (smooth + share * (memory[name] - smooth)).astype(
                    np.float32
                )
        self.memory[track.number] = memory
        flow = memory.get("smooth flow")
        return FaceEdit(
            small + strength * memory["smooth change"], None if flow is None else strength * flow
        )

    def _edit(self, small, age):
        years, ages = self.years[None], np.float32([age])
        if keras.backend.backend() != "tensorflow" or not self.model.routes:
            edit = self.model.edited(small, years, ages, **self.strengths)
            return edit if isinstance(edit, FaceEdit) else FaceEdit(np.asarray(edit))
        whole = FaceEdit.nothing(small, self.moves)
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
                direction, faces, years, ages, **self.strengths
            ),
            input_signature=signature,
        )
