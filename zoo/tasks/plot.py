"""Figures that people expect of a model: faces at many ages, where a face changed, how a training
went.

Each function returns a `matplotlib.figure.Figure`, which notebooks show and `savefig` writes; none
touches the state of `pyplot`.
"""

import json
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from faceaging_tf.arguments import callable_or_none, path_of, shown
from faceaging_tf.typing import AgesFaces, Numbers, PathLike
from zoo import loading
from zoo.errors import ZooError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from faceaging_tf.photo import Detector

# Of a face, in inches.
PANEL = 1.35
NOT_LOSSES = ("step", "seconds", "faces_per_second", "share_of_peak")
# What a `StabilityGuard` looks at, see docs/training.md.
SIGNS = ("spread", "cosine", "mean_change", "outside", "real_score", "fake_score", "lead")


def plot_strip(
    photo: PathLike | np.ndarray,
    years: Sequence[float] = (-20, 0, 15, 30),
    entry: PathLike | AgesFaces = "fagan",
    ages: Numbers | None = None,
    detector: "Detector | None" = None,
) -> "Figure":
    """A photo at several ages, side by side.

    Args:
        photo: path of a photo, or upright `(H, W, 3)` uint8 RGB pixels.
        years: numbers of years, from left to right; 0 shows the photo as it is.
        entry: the name of an entry, the folder of a preset, or a loaded model.
        ages: true ages, a number or one per face; estimated when None.
        detector: what finds the faces, see `faceaging_tf.photo.age_photo`.

    Returns:
        A `Figure`.

    Raises:
        PhotoError: a photo that cannot be read, or has no face.
        ZooError: an unknown entry.

    Example:
        >>> import zoo
        >>> zoo.plot_strip("me.jpg").savefig("strip.png")  # doctest: +SKIP
    """
    from faceaging_tf.photo import strip
    from zoo.tasks.age import open_photo

    years = _numbers_of_years(years)
    callable_or_none(detector, "detector", ZooError)
    panels = strip(open_photo(photo), loading.aging_model(entry), years, ages, detector).pixels
    figure = _figure(
        PANEL * 2 * len(years), PANEL * 2 * len(years) * panels.shape[0] / panels.shape[1]
    )
    _show(figure.subplots(), panels)
    return figure


def plot_grid(
    faces: np.ndarray,
    years: Sequence[float] = (-20, -10, 0, 10, 20, 30),
    entry: PathLike | AgesFaces = "fagan",
    ages: Numbers | None = None,
) -> "Figure":
    """Aligned faces at several ages: a row a face, a column a number of years.

    Args:
        faces: `(N, H, H, 3)` uint8 aligned faces.
        years: numbers of years; 0 shows the faces as they are.
        entry: of `plot_strip`.
        ages: `(N,)` true ages; estimated when None.

    Returns:
        A `Figure`.

    Raises:
        ZooError: an unknown entry.
        ValueError: faces of another shape or type.

    Example:
        >>> import zoo
        >>> figure = zoo.plot_grid(faces, (0, 20, 40), entry="groupgan")  # doctest: +SKIP
    """
    from faceaging_tf.models.base import per_face
    from faceaging_tf.models.faces import checked_faces

    model, years, faces = (
        loading.aging_model(entry),
        _numbers_of_years(years),
        checked_faces(faces, "plot_grid"),
    )
    if not len(faces):
        raise ZooError("plot_grid got no faces; it needs one or more, (N, H, H, 3) uint8.")
    known = ages is not None
    ages = model.estimate_ages(faces) if ages is None else per_face(ages, len(faces), "ages")
    columns = [faces if change == 0 else model.transform(faces, change, ages) for change in years]
    figure = _figure(PANEL * len(years), PANEL * len(faces) + 0.3)
    axes = figure.subplots(len(faces), len(years), squeeze=False)
    for row, of_a_face in enumerate(axes):
        for column, place in enumerate(of_a_face):
            _show(place, columns[column][row])
            if not row:
                place.set_title(_in_words(years[column]), fontsize=9)
        of_a_face[0].set_ylabel(f"{'aged' if known else 'seen as'} {ages[row]:.0f}", fontsize=9)
    return figure


def plot_change(
    face: np.ndarray,
    years: float = 30,
    entry: PathLike | AgesFaces = "fagan",
    age: float | None = None,
) -> "Figure":
    """Where a face changed: before, after, and how far each pixel moved in brightness and colour.

    Args:
        face: `(H, H, 3)` uint8, an aligned face.
        years: a number.
        entry: of `plot_strip`.
        age: its true age; estimated when None.

    Returns:
        A `Figure`; its third panel has a scale in levels of 255.
    """
    from faceaging_tf.models.faces import checked_faces

    face = np.asarray(face)
    if face.ndim != 3:
        raise ZooError(
            f"plot_change got a face of shape {face.shape}; it needs one aligned face, (H, H, 3) uint8."
        )
    face = checked_faces(face[None], "plot_change")[0]
    aged = loading.aging_model(entry).transform(face[None], years, age)[0]
    change = np.abs(aged.astype("float32") - face).mean(axis=-1)
    figure = _figure(PANEL * 6.4, PANEL * 2 + 0.3)
    before, after, where = figure.subplots(1, 3)
    for place, pixels, title in ((before, face, "before"), (after, aged, _in_words(years))):
        _show(place, pixels)
        place.set_title(title, fontsize=9)
    drawn = where.imshow(
        change, cmap="inferno", vmin=0, vmax=max(float(np.percentile(change, 99.5)), 1.0)
    )
    where.set_axis_off()
    where.set_title("change, levels of 255", fontsize=9)
    figure.colorbar(drawn, ax=where, fraction=0.046)
    return figure


def plot_training(folder: PathLike) -> "Figure":
    """How a training went: its losses, the signs that its guard looks at, and its last sheet of
    samples.

    Args:
        folder: of a run of `faceaging train`, or of `faceaging_tf.training.train`.

    Returns:
        A `Figure`.

    Raises:
        ZooError: a folder without a log.

    Example:
        >>> import zoo
        >>> figure = zoo.plot_training("runs/fagan")  # doctest: +SKIP
    """
    folder = pathlib.Path(path_of(folder, "folder", ZooError))
    log = folder / "log.jsonl"
    lines = (
        [line for line in log.read_text(encoding="utf-8").splitlines() if line]
        if log.is_file()
        else []
    )
    if not lines:
        raise ZooError(
            f"{folder} holds no log of a training; give the folder of a run, such as runs/fagan."
        )
    rows = [json.loads(line) for line in lines]
    steps = [row["step"] for row in rows]
    names = [
        name
        for name, value in rows[-1].items()
        if isinstance(value, (int, float)) and name not in NOT_LOSSES
    ]
    sheets = sorted(folder.glob("sheets/*.png")) or sorted(folder.glob("*.png"))
    figure = _figure(11, 3.4)
    places = figure.subplots(1, 3 if sheets else 2)
    for place, title, chosen in (
        (places[0], "losses", [name for name in names if name not in SIGNS]),
        (places[1], "signs", [name for name in names if name in SIGNS]),
    ):
        for name in chosen:
            place.plot(
                steps,
                [row.get(name, np.nan) for row in rows],
                label=name,
                marker="." if len(rows) < 30 else None,
            )
        place.set_title(title)
        place.set_xlabel("step")
        place.xaxis.get_major_locator().set_params(integer=True)
        place.grid(alpha=0.3)
        if chosen:
            place.legend(fontsize=7)
    if sheets:
        from PIL import Image

        _show(places[2], np.asarray(Image.open(sheets[-1]).convert("RGB")))
        places[2].set_title(f"samples, {sheets[-1].stem}")
    return figure


def _numbers_of_years(years):
    """Some numbers of years, one or more, as a list."""
    try:
        array = np.asarray(years, "float32")
        if array.ndim != 1 or not array.size or not np.isfinite(array).all():
            raise ValueError("no list of finite numbers")
    except (TypeError, ValueError) as error:
        raise ZooError(
            f"years was {shown(years)}; it needs some numbers of years, such as (0, 20, 40)."
        ) from error
    return array.tolist()


def _figure(width, height):
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _show(place, pixels):
    place.imshow(pixels)
    place.set_xticks([])
    place.set_yticks([])
    for side in place.spines.values():
        side.set_visible(False)


def _in_words(years):
    return "input" if years == 0 else f"{years:+g} years"
