"""The folder beside the output in which a video is made part by part, so that a run that was killed
goes on.
"""

import contextlib
import hashlib
import json
import os

import numpy as np

from faceaging_tf.errors import VideoError
from faceaging_tf.files import held_alone, written_whole

_PLAN = "plan.json"
_LOCK = "lock"
_PART = ".part"


class WorkingFolder:
    """`.OUT.work` beside the output.

    Args:
        out: the output.
        plan: a dictionary of texts and numbers, what is being made of what; a folder that was begun
            with another plan is refused.

    Raises:
        VideoError: another plan, another run that is at it, or it cannot be made.
    """

    def __init__(self, out, plan):
        out = os.fspath(out)
        self.path = os.path.join(os.path.dirname(out), f".{os.path.basename(out)}.work")
        self._held = None
        try:
            self._begin(out, plan)
        except VideoError:
            self.close()
            raise

    def _begin(self, out, plan):
        try:
            self._hold(out)
            if os.path.exists(self._name(_PLAN)):
                self._compare(out, plan)
                return
            # A run that was killed before its plan was written leaves the plan's beginning.
            if any(not name.endswith(_PART) and name != _LOCK for name in os.listdir(self.path)):
                raise VideoError(
                    f"The folder '{self.path}' holds other things; move it away, or choose another name for the output."
                )
            with (
                written_whole(self._name(_PLAN)) as temporary,
                open(temporary, "w", encoding="utf-8") as file,
            ):
                json.dump(plan, file, indent=1)
        except OSError as error:
            raise VideoError(
                f"The folder '{self.path}' could not be made: {error.strerror or error}. Choose another name or folder for the output."
            ) from error

    def _hold(self, out):
        try:
            self._held = held_alone(self._name(_LOCK))
        except BlockingIOError as error:
            raise VideoError(
                f"Another run is making '{out}' at this moment. Wait until it has ended, or name another output."
            ) from error

    def close(self):
        """Lets others go on with the work."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def segment(self, number):
        """Path of a part of the video."""
        return self._name(f"segment-{number:05d}.mkv")

    def has(self, name, number):
        """Whether there are arrays of this name and number."""
        return os.path.exists(self._arrays(name, number))

    def save(self, name, number, arrays):
        """Writes arrays, a dictionary, whole or not at all."""
        with written_whole(self._arrays(name, number)) as temporary, open(temporary, "wb") as file:
            np.savez(file, **arrays)

    def load(self, name, number):
        """The arrays of this name and number, a dictionary.

        Raises:
            VideoError: they are damaged.
        """
        path = self._arrays(name, number)
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return dict(arrays)
        except (OSError, ValueError, EOFError) as error:
            raise VideoError(
                f"'{path}' is damaged ({error}). Delete the folder '{self.path}' and begin again."
            ) from error

    def remove(self):
        """Deletes the folder and all in it, the plan last: what is left of a folder without it
        would be nobody's.
        """
        try:
            with contextlib.suppress(OSError):
                for name in os.listdir(self.path):
                    if name not in (_PLAN, _LOCK):
                        os.remove(self._name(name))
                os.remove(self._name(_PLAN))
                os.remove(self._name(_LOCK))
                os.rmdir(self.path)
        finally:
            self.close()

    def _name(self, name):
        return os.path.join(self.path, name)

    def _arrays(self, name, number):
        return self._name(f"{name}-{number:05d}.npz")

    def _compare(self, out, plan):
        try:
            with open(self._name(_PLAN), encoding="utf-8") as file:
                begun = json.load(file)
        except ValueError as error:
            raise VideoError(
                f"'{self._name(_PLAN)}' is damaged. Delete the folder '{self.path}' and begin again."
            ) from error
        different = [
            f"{name} {begun.get(name)!r} and not {value!r}"
            for name, value in plan.items()
            if begun.get(name) != value
        ]
        if different:
            raise VideoError(
                f"'{out}' was begun with {', '.join(different)}. Ask for the same again to go on, name another output, or delete the folder "
                f"'{self.path}' to begin anew."
            )


def fingerprint_of(model):
    """What tells a model from others: its class and its `fingerprint`, or a digest of its weights
    and of its configuration.
    """
    if hasattr(model, "fingerprint"):
        return f"{type(model).__name__} {model.fingerprint[:16]}"
    digest = hashlib.sha256(
        json.dumps(model.get_config(), sort_keys=True, default=str).encode("utf-8")
    )
    for weight in model.weights:
        digest.update(np.ascontiguousarray(weight.numpy()).tobytes())
    return f"{type(model).__name__} {digest.hexdigest()[:16]}"
