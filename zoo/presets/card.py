"""The model card of a preset, written from its metadata."""

from zoo.presets.files import NO_WEIGHTS, WEIGHTS

NOT_STATED = "Not stated."


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
    title = metadata["title"] + (f" (`{name}`)" if name else "")
    sections = [
        f"# {title}",
        metadata["task"],
        f"Method: {metadata['paper']}" if metadata["paper"] else "",
        f"![Sample faces]({metadata['samples']})" if metadata.get("samples") else "",
        "## Use",
        _use(name),
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


def _use(name):
    argument = repr(name) if name else '"this folder"'
    return f"```python\nimport zoo\n\nmodel = zoo.load({argument})\n```".replace("'", '"')


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
