"""The tight window of whole heads, which is what age judges and face recognisers know; and a tight
model shown whole heads by it.
"""

import numpy as np

from faceaging_tf.geometry.frames import TIGHT, WHOLE_HEAD, frame_of
from faceaging_tf.resampling import feathered_mask, window_matrix

# Judges see whole heads' faces at this size at most: the age judge's own, and little above that of
# recognisers.
JUDGED_SIDE = 128


def tight_window(faces, frame, side=None):
    """Faces of a frame as the tight frame shows them.

    Args:
        faces: `(N, S, S, 3)` uint8.
        frame: its name, see `faceaging_tf.geometry.frames`; those of the tight frame are given back
            as they are.
        side: in pixels, smoothed where that shrinks; None for the window's own, 128 at most.

    Returns:
        `(N, side, side, 3)` uint8.
    """
    if frame == TIGHT.name:
        return faces
    left, top, right, bottom = frame_of(frame, "tight_window").window(TIGHT)
    start = faces.shape[1]
    side = side or min(JUDGED_SIDE, round((right - left) * start))
    return _bytes(
        _by_two_products(
            faces, window_matrix(start, side, top, bottom), window_matrix(start, side, left, right)
        )
    )


class TightInWholeHead:
    """A model of the tight frame, as one of whole heads: it is shown their tight window, and its
    change is put back, fading out towards the window's edge.

    Args:
        model: with `transform(faces, years, ages)` and `estimate_ages(faces)`, of the tight frame.
    """

    frame = WHOLE_HEAD.name

    def __init__(self, model):
        self.model, self.image_size = model, round(model.image_size / WHOLE_HEAD.scale)

    @property
    def moves_faces(self):
        """Whether the model moves the face."""
        return getattr(self.model, "moves_faces", False)

    def estimate_ages(self, faces):
        """Ages `(N,)` in years of whole heads `(N, S, S, 3)` uint8."""
        return self.model.estimate_ages(tight_window(faces, self.frame))

    def transform(self, faces, years, ages=None):
        """Whole heads `(N, S, S, 3)` uint8 aged; arguments of `AgingModel.transform`."""
        side = round(WHOLE_HEAD.scale * faces.shape[1])
        tight = tight_window(faces, self.frame, side)
        change = self.model.transform(tight, years, ages).astype("float32") - tight
        left, top, right, bottom = TIGHT.window(WHOLE_HEAD)
        back = [
            window_matrix(side, faces.shape[1], *ends, "cubic")
            for ends in ((top, bottom), (left, right))
        ]
        return _bytes(
            faces + _by_two_products(change * feathered_mask(side)[None, :, :, None], *back)
        )


def _by_two_products(images, rows, columns):
    along_rows = lambda image: (rows @ image.astype("float32").reshape(image.shape[0], -1)).reshape(
        len(rows), image.shape[1], -1
    )
    return np.stack([columns @ along_rows(image) for image in images])


def _bytes(images):
    return np.clip(np.rint(images), 0, 255).astype("uint8")
