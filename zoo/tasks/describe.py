"""What an entry is, in a text to read."""

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
    contract = content["input"]
    lines = [f"{entry.name}: {entry.title}" if entry else f"{folder}: {content['title']}"]
    lines += _paragraph(entry.task if entry else content["task"])
    lines += _item("Method", entry.paper if entry else content["paper"])
    lines += _item("Class", content["class"])
    lines += _item("Parameters", f"{content['parameters']:,}, {storage_text(content)}")
    lines += _item(
        "Shared",
        shared_text({part: source["entry"] for part, source in sharing.sources(folder).items()}),
    )
    lines += _item("Input", contract["faces"])
    # A corpus, the requested years, and a group of its people: a hundred lines, which the card has
    # as a table.
    by_group = [figure for figure in content["metrics"] if figure.count(", ") > 1]
    for figure, value in content["metrics"].items():
        if figure not in by_group:
            lines += _item(figure, figure_text(value))
    if by_group:
        lines += _item(
            "By group",
            f"{len(by_group)} more figures by decade, sex, source and label are in the card",
        )
    lines += _item("Measured by", content["how_to_measure"])
    lines += _item("Training data", content["training_data"])
    lines += _item("Licence of the weights", content["licence"])
    lines += _item("Limits", content["limits"])
    lines += _item(
        "Made",
        f"{content['date']}, with " + ", ".join(f"{k} {v}" for k, v in content["versions"].items()),
    )
    lines += _item("Card", folder / preset_files.CARD)
    return "\n".join(lines)


def _of_unreleased(entry):
    model = entry.model_class().from_config(entry.architecture)
    lines = [f"{entry.name}: {entry.title}"]
    lines += _paragraph(entry.task)
    lines += _item("Method", entry.paper)
    lines += _item("Class", entry.builder)
    lines += _item("Parameters", _parameters(model))
    lines += _item(
        "Input", f"(N, {model.image_size}, {model.image_size}, 3) uint8, RGB, aligned faces"
    )
    lines += _item("Weights", "none released yet")
    return "\n".join(lines)


def _parameters(model):
    training = f"{presets.count_parameters(model):,}"
    if not hasattr(model, "for_release"):
        return training
    return f"{presets.count_parameters(model.for_release()):,}, and {training} with all that only training needs"


def _paragraph(text):
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)


def _item(label, text):
    if text in ("", None):
        return []
    return textwrap.wrap(
        f"{label}: {text}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_on_hyphens=False,
    )
