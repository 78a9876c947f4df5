"""The edits of the faces of a frame, smoothed in time where the face lies still: in its aligned
square.
"""

import functools

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from faceaging_tf.geometry.align import cut_square, similarity_to_template
from faceaging_tf.geometry.exposure import LUMINANCE
from faceaging_tf.geometry.frames import frame_of_model
from faceaging_tf.manner import asked
from faceaging_tf.photo.covered import covered_faces
from faceaging_tf.resampling import feathered_mask, moving_core
from faceaging_tf.runtime.squares import looked_at
from faceaging_tf.video.placing import PlacedEdit, moved

# The change follows the face with this time constant: long enough to take away what sensor noise
# does to it, short beside an expression.
SMOOTHING_SECONDS = 0.2
# So smooth a change need not be asked for at every frame; of a face that keeps still, hardly ever.
ASKING_SECONDS, STILL_SECONDS = 0.15, 1.0
# A face keeps still while no place of its square, of so many by so many, changes by more levels.
PLACES, STILL_LEVELS = 16, 3.0
# Of the flow, in pixels: it is smooth.
FLOW_SIDE = 256
# What is smoothed in time: of `faceaging_tf.video.placing.PlacedEdit`.
SMOOTHED = ("light", "colour", "flow")


class Changing:
    """Edits the faces of frames that follow each other.

    Args:
        model: an ageing model.
        years: years to add.
        template: where the landmarks lie in the square of the model's frame, `(5, 2)` fractions of
            its side.
        **manner: of ageing, see `faceaging_tf.typing.Manner`.

    Raises:
        ValueError: a manner that the model does not know.
    """

    def __init__(self, model, years, template, **manner):
        self.years, self.template, self.size = float(years), template, model.image_size
        self.scale, self.frame = frame_of_model(model).scale, frame_of_model(model).name
        core = {}
        if getattr(model, "moves_faces", False):
            core = {"core": moving_core(frame_of_model(model).name)}
        self._mask = functools.cache(functools.partial(feathered_mask, **core))
        # An exported file has it, and a model of Keras is given it.
        if hasattr(model, "edit"):
            self.edit = functools.partial(model.edit, **asked(**manner))
        else:
            from faceaging_tf.video.keras_edits import KerasEdits

            self.edit = KerasEdits(model, **manner).edit
        self.memory = {}

    def edits(self, pixels, faces, seconds):
        """What is done to the faces of one frame.

        Args:
            pixels: `(H, W, 3)` uint8.
            faces: a list of `(track, landmarks, strength)`: a `faceaging_tf.video.tracks.Track`,
                and its landmarks `(5, 2)` and strength (0 to 1) in this frame.
            seconds: the frame's time.

        Returns:
            A list of `faceaging_tf.video.placing.PlacedEdit`.
        """
        self.memory = {
            track.number: self.memory[track.number]
            for track, _, _ in faces
            if track.number in self.memory
        }
        edits = []
        for track, landmarks, strength in faces if self.years else ():
            matrix = similarity_to_template(landmarks, 1, self.template)
            # The middle of the unit square is at (0, 0); counted from its corner it is not.
            matrix[:, 2] += 0.5
            try:
                memory = self._smoothed(track, pixels, matrix, seconds)
            except ValueError:
                # Smoothed landmarks may lead a face out of the picture a frame early.
                continue
            smooth = {
                name: np.float32(strength) * memory[f"smooth {name}"]
                for name in SMOOTHED
                if name in memory
            }
            edits.append(PlacedEdit(matrix, self._mask(len(smooth["light"])), **smooth))
        return edits

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

    def _smoothed(self, track, pixels, matrix, seconds):
        """What is remembered of one face, its smooth edit brought to this frame's time."""
        memory = self.memory.get(track.number)
        places = looked_at(pixels, _at_size(matrix, 4 * PLACES), 4 * PLACES)
        places = places.reshape(PLACES, 4, PLACES, 4, 3).mean(axis=(1, 3), dtype=np.float32)
        if memory is None or self._is_asked(memory, places, seconds):
            crop = cut_square(pixels, _at_size(matrix, self.size), self.size)
            change, flow = self.edit(crop, self.years, track.age)
            (thing,) = covered_faces(crop[None], self.frame)
            # What lies on a face is not painted, and moves along with it.
            change = change if thing is None else change * (1 - thing)[..., None]
            wanted = self._at_own_size(track, change, flow)
            wanted |= {"places": places, "asked": np.float64(seconds)}
            if memory is None:
                smooth = {f"smooth {name}": wanted[name] for name in SMOOTHED if name in wanted}
                memory = {**wanted, **smooth, "seen": np.float64(0), "before": np.float64(seconds)}
            else:
                memory = {**memory, **wanted}
        # The first moments are averaged evenly: the first look alone would weigh on a fifth of a
        # second.
        share = np.float32(
            max(
                1 - np.exp(-(seconds - memory["before"]) / SMOOTHING_SECONDS),
                1 / (memory["seen"] + 1),
            )
        )
        memory = {**memory, "seen": memory["seen"] + 1, "before": np.float64(seconds)}
        for name in SMOOTHED:
            if name in memory:
                smooth = memory[f"smooth {name}"]
                memory[f"smooth {name}"] = smooth + share * (memory[name] - smooth)
        self.memory[track.number] = memory
        return memory

    def _is_asked(self, memory, places, seconds):
        """Whether a face is to be looked at again by the networks."""
        since = seconds - memory["asked"]
        moved = np.abs(places - memory["places"]).max() > STILL_LEVELS
        return since >= (ASKING_SECONDS if moved else STILL_SECONDS)

    def _at_own_size(self, track, change, flow):
        """The edit of the networks' square, masked and moved, as the arrays of a `PlacedEdit`: at
        the size of the face's square in its frames, or the networks' if that is smaller.
        """
        # Tracks say how wide the tight square is.
        own = 2 * int(np.ceil(track.size / self.scale / 2))
        mask = self._mask(self.size)
        change, wanted = mask[..., None] * change, {}
        if flow is not None:
            small = self._mask(FLOW_SIDE)
            flow = [small * _resized(flow[..., axis], FLOW_SIDE) for axis in (0, 1)]
            change = moved(change, *(self.size * _resized(axis, self.size) for axis in flow))
            wanted["flow"] = np.stack(flow)
        light = change @ LUMINANCE
        colour = (change[..., channel] - light for channel in (0, 2))
        wanted["light"] = _at_side(light, own)
        wanted["colour"] = np.stack([_at_side(plane, own // 2) for plane in colour])
        return wanted


def _at_side(plane, side):
    """A plane `(S, S)` brought to a smaller side; for a larger one, made ready to be enlarged."""
    if side <= len(plane):
        return _resized(plane, side)
    # An edge drawn from one pixel to the next shows its steps when it is enlarged.
    return gaussian_filter(plane, 0.6 * min(side / len(plane) - 1, 1), mode="nearest")


def _resized(plane, side):
    """A plane `(S, S)` float32 of another size: smoothed before it is shrunk, enlarged bicubically.

    Products of matrices would do the same; their threads get in the way of the other ones.
    """
    kind = Image.Resampling.BILINEAR if side < len(plane) else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(plane).resize((side, side), kind))


def _at_size(matrix, size):
    """A matrix to fractions of a square's side, counted from its corner, as one to its pixels."""
    return np.column_stack([matrix[:, :2] * size, matrix[:, 2] * size - 0.5])
