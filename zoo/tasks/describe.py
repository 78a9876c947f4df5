"""What an entry is, in a text to read."""

import functools
import textwrap
from pathlib import Path

from faceaging_tf.typing import PathLike
from zoo import loading, registry
from zoo.presets import files as preset_files
from zoo.presets import saving as presets
from zoo.presets import sharing
from zoo.presets.card import figure_text, shared_text, storage_text

WIDTH = 100


def describe(name: PathLike) -> str:
    """Everything there is to know about an entry: task, paper, parameters, input, figures, terms.

    The text comes from the preset's metadata; only where no weights are released, the model is
    built to count its parameters.

    Args:
        name: the name of an entry, or the path of a preset's folder.

    Returns:
        A string of several lines.

    Raises:
        ZooError: unknown name, or a damaged preset.

    Example:
        >>> import zoo
        >>> zoo.describe("fagan").splitlines()[0]
        'fagan: FA-GAN'
    """
    if loading.is_path(name):
        return _of_preset(Path(name), None)
    entry = registry.find(name)
    if entry.released:
        return _of_preset(Path(entry.preset), entry)
    return _of_unreleased(entry)


def needs_keras(name):
    """Whether describing `name` builds a model, which takes the seconds of importing Keras."""
    return not loading.is_path(name) and not registry.find(name).released


def _of_preset(folder, entry):
    content = preset_files.metadata(folder)
    # A corpus, the requested years, and a group of its people: a hundred lines, which the card has
    # as a table.
    by_group = [figure for figure in content["metrics"] if figure.count(", ") > 1]
    more = f"{len(by_group)} more figures by decade, sex, source and label are in the card"
    made_with = ", ".join(f"{k} {v}" for k, v in content["versions"].items())
    return _described(
        f"{entry.name}: {entry.title}" if entry else f"{folder}: {content['title']}",
        entry.task if entry else content["task"],
        [
            ("Method", entry.paper if entry else content["paper"]),
            ("Class", content["class"]),
            ("Parameters", f"{content['parameters']:,}, {storage_text(content)}"),
            ("Shared", shared_text(sharing.said(folder))),
            ("Input", content["input"]["faces"]),
            *(
                (figure, figure_text(value))
                for figure, value in content["metrics"].items()
                if figure not in by_group
            ),
            ("By group", more if by_group else ""),
            ("Measured by", content["how_to_measure"]),
            ("Training data", content["training_data"]),
            ("Licence of the weights", content["licence"]),
            ("Limits", content["limits"]),
            ("Made", f"{content['date']}, with {made_with}"),
            ("Card", folder / preset_files.CARD),
        ],
    )


def _of_unreleased(entry):
    model = entry.model_class().from_config(entry.architecture)
    size = model.image_size
    return _described(
        f"{entry.name}: {entry.title}",
        entry.task,
        [
            ("Method", entry.paper),
            ("Class", entry.builder),
            ("Parameters", _parameters(model)),
            ("Input", f"(N, {size}, {size}, 3) uint8, RGB, aligned faces"),
            ("Weights", "none released yet"),
        ],
    )


def _described(title, task, items):
    """A title, a paragraph, and what there is of pairs of a label and a text."""
    wrap = functools.partial(textwrap.wrap, width=WIDTH, break_on_hyphens=False)
    lines = [title, *wrap(task)]
    for label, text in items:
        if text not in ("", None):
            lines += wrap(f"{label}: {text}", initial_indent="  ", subsequent_indent="    ")
    return "\n".join(lines)


def _parameters(model):
    training = f"{presets.count_parameters(model):,}"
    if not hasattr(model, "for_release"):
        return training
    return f"{presets.count_parameters(model.for_release()):,}, and {training} with all that only training needs"
