"""The model card of a preset: what is said of its weights, and the page that is written from the
metadata.
"""

import dataclasses
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from faceaging_tf.arguments import of_kind, shown
from zoo.errors import ZooError
from zoo.presets.files import NO_WEIGHTS, WEIGHTS

if TYPE_CHECKING:
    import numpy as np

NOT_STATED = "Not stated."
TEXTS = ("training_data", "licence", "how_to_measure", "recipe", "limits")


@dataclasses.dataclass(frozen=True, eq=False)
class Card:
    """What is said of a preset's weights, for `zoo.save`.

    Args:
        training_data: what the weights were trained on, with its terms.
        licence: terms of the weights.
        metrics: dict from the name of a figure (with its unit) to its value.
        how_to_measure: the command that measures the metrics again.
        recipe: the command or the script that produced the weights.
        limits: what the model cannot do, or does badly.
        restarts: what `faceaging_tf.training.restarts_of` gives for the run; None where no guard
            watched it.
        samples: a picture that shows what the model does, `(H, W, 3)` uint8, or None; written as
            JPEG.

    Raises:
        ZooError: a text that is none, figures that are no dict of numbers, restarts that JSON does
            not hold, or samples that are no picture.

    Example:
        >>> import zoo
        >>> zoo.Card(licence="CC BY 4.0", metrics={"age error (years)": 5.2}).licence
        'CC BY 4.0'
    """

    training_data: str = ""
    licence: str = ""
    metrics: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    how_to_measure: str = ""
    recipe: str = ""
    limits: str = ""
    restarts: list[dict[str, Any]] | None = None
    samples: "np.ndarray | None" = None

    def __post_init__(self):
        for name in TEXTS:
            of_kind(getattr(self, name), name, str, "a text", ZooError)
        what = "a dict from the name of a figure to a number"
        of_kind(self.metrics, "metrics", dict, what, ZooError)
        for name in ("metrics", "restarts"):
            value = getattr(self, name)
            try:
                json.dumps(value)
            except (TypeError, ValueError) as error:
                raise ZooError(
                    f"{name} was {shown(value)}, which JSON does not hold ({error}); give numbers and texts."
                ) from error
        if self.restarts is not None and not (
            isinstance(self.restarts, list)
            and all(
                isinstance(one, dict) and {"step", "seen", "back_to_step", "changed"} <= set(one)
                for one in self.restarts
            )
        ):
            raise ZooError(
                f"restarts was {shown(self.restarts)}; it needs what `faceaging_tf.training.restarts_of` gives, or None."
            )
        samples = self.samples
        if samples is not None and (
            getattr(samples, "dtype", None) != "uint8"
            or samples.ndim != 3
            or samples.shape[2] != 3
            or 0 in samples.shape
        ):
            raise ZooError(
                f"samples was {shown(samples)}; it needs a picture (H, W, 3) uint8, or None."
            )


def model_card(metadata, shared=None):
    """The card as Markdown.

    Args:
        metadata: the content of a preset's `metadata.json`.
        shared: dict from a part to the entry whose weights it takes; None where the preset has all
            weights itself.

    Returns:
        A string that ends with a newline.
    """
    name = metadata["entry"]
    argument = (repr(name) if name else "'this folder'").replace("'", '"')
    title = metadata["title"] + (f" (`{name}`)" if name else "")
    sections = [
        f"# {title}",
        metadata["task"],
        f"Method: {metadata['paper']}" if metadata["paper"] else "",
        f"![Sample faces]({metadata['samples']})" if metadata.get("samples") else "",
        "## Use",
        f"```python\nimport zoo\n\nmodel = zoo.load({argument})\n```",
        "## Input",
        _input(metadata["input"]),
        "## Size",
        f"{metadata['parameters']:,} parameters, {storage_text(metadata)}."
        + (f" {shared_text(shared)}." if shared else ""),
        "## Figures",
        _figures(metadata["metrics"]),
        f"Measured by: {metadata['how_to_measure']}" if metadata["how_to_measure"] else "",
        "## Training data",
        metadata["training_data"] or NOT_STATED,
        f"Made by: {metadata['recipe']}" if metadata["recipe"] else "",
        _restarts(metadata["restarts"]),
        "## Licence of the weights",
        metadata["licence"] or NOT_STATED,
        "## Limits",
        metadata["limits"] or NOT_STATED,
        "## Made with",
        f"{metadata['date']}: "
        + ", ".join(f"{package} {version}" for package, version in metadata["versions"].items())
        + ".",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _input(contract):
    points = ", ".join(
        f"{landmark} ({x:.4g}, {y:.4g})"
        for landmark, (x, y) in zip(contract["landmarks"], contract["template"], strict=False)
    )
    # Older metadata say nothing of a frame: it was the tight one.
    shown = {"whole_head": ", that show the whole head"}.get(contract.get("frame", "tight"), "")
    return f"Faces {contract['faces']}{shown}, onto this template ({contract['template_unit']}): {points}."


def _restarts(restarts):
    if restarts is None:
        return ""
    if not restarts:
        return "Restarts of the training: none; its stability guard saw no failure."
    lines = [
        f"- at step {line['step']}: {line['seen']}; back to the weights of step {line['back_to_step']}, {line['changed']}"
        for line in restarts
    ]
    return "\n".join(
        [f"Restarts of the training by its stability guard: {len(restarts)}.", "", *lines]
    )


def _figures(metrics):
    if not metrics:
        return "None measured."
    rows = [f"| {name} | {figure_text(value)} |" for name, value in metrics.items()]
    return "\n".join(["| figure | value |", "|---|---|", *rows])


def storage_text(metadata):
    """How the weights of a preset are stored, those that it does not take from another."""
    if metadata["weights_type"] == NO_WEIGHTS:
        return "none of them stored here"
    return (
        f"stored as {metadata['weights_type']} ({metadata['files'][WEIGHTS]['bytes'] / 1e6:.2f} MB)"
    )


def shared_text(shared):
    """Which parts take their weights from which entries, of a dict from the one to the other."""
    return "; ".join(f"{part} has the weights of {entry}" for part, entry in shared.items())


def figure_text(value):
    """A figure of `metrics` as text: a number with four digits, or several with their names."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {figure_text(part)}" for name, part in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)
