"""A sheet of the same faces at several numbers of years, written while a generator trains."""

import pathlib
from collections.abc import Sequence

import keras
import numpy as np

from faceaging_tf.files import written_whole
from faceaging_tf.typing import AgesFaces, Logs, PathLike


def sample_sheet(
    model: AgesFaces, faces: np.ndarray, years: Sequence[float], ages: np.ndarray | None = None
) -> np.ndarray:
    """One picture: a row a face, a column a number of years.

    Args:
        model: an ageing model.
        faces: `(N, S, S, 3)` uint8, aligned.
        years: the columns, years to add.
        ages: the true ages, `(N,)`, or None to estimate them.

    Returns:
        `(N * S, len(years) * S, 3)` uint8.
    """
    ages = model.estimate_ages(faces) if ages is None else ages
    columns = [model.transform(faces, k, ages) for k in years]
    return np.concatenate([np.concatenate(list(column)) for column in columns], axis=1)


class SampleSheet(keras.callbacks.Callback):
    """Writes `sheets/STEP.png` into the run's folder every few epochs, and after the last.

    Args:
        folder: of the run.
        faces: `(N, S, S, 3)` uint8, aligned.
        years: the columns.
        every: epochs between two sheets.
        steps: steps of an epoch, for the file's name.
    """

    def __init__(
        self,
        folder: PathLike,
        faces: np.ndarray,
        years: Sequence[float] = (-25, 0, 15, 30, 45),
        every: int = 2,
        steps: int = 100,
    ):
        super().__init__()
        self.folder = pathlib.Path(folder) / "sheets"
        self.faces, self.years, self.every, self.steps = faces, years, every, steps

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        if (epoch + 1) % self.every and epoch + 1 != (self.params or {}).get("epochs"):
            return
        from PIL import Image

        self.folder.mkdir(parents=True, exist_ok=True)
        sheet = sample_sheet(self.model, self.faces, self.years)
        path = self.folder / f"{(epoch + 1) * self.steps:06d}.png"
        with written_whole(path, path.with_suffix(".writing")) as temporary:
            Image.fromarray(sheet).save(temporary, format="PNG")
