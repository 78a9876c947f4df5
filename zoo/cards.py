"""The model card of a preset, written from its metadata."""

NOT_STATED = "Not stated."


def model_card(metadata):
    """The card as Markdown.

    Args:
        metadata: the content of a preset's `metadata.json`.

    Returns:
        A string that ends with a newline.
    """
    name = metadata["entry"]
    title = metadata["title"] + (f" (`{name}`)" if name else "")
    sections = [
        f"# {title}",
        metadata["task"],
        f"Method: {metadata['paper']}" if metadata["paper"] else "",
        "## Use",
        _use(name),
        "## Input",
        _input(metadata["input"]),
        "## Size",
        f"{metadata['parameters']:,} parameters, stored as {metadata['weights_type']} "
        f"({metadata['files']['model.weights.h5']['bytes'] / 1e6:.2f} MB).",
        "## Figures",
        _figures(metadata["metrics"]),
        f"Measured by: {metadata['how_to_measure']}" if metadata["how_to_measure"] else "",
        "## Training data",
        metadata["training_data"] or NOT_STATED,
        f"Made by: {metadata['recipe']}" if metadata["recipe"] else "",
        "## Licence of the weights",
        metadata["licence"] or NOT_STATED,
        "## Limits",
        metadata["limits"] or NOT_STATED,
        "## Made with",
        f"{metadata['date']}: " + ", ".join(f"{package} {version}" for package, version in metadata["versions"].items()) + ".",
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _use(name):
    argument = repr(name) if name else '"this folder"'
    return f"```python\nimport zoo\n\nmodel = zoo.load({argument})\n```".replace("'", '"')


def _input(contract):
    points = ", ".join(f"{landmark} ({x:.4g}, {y:.4g})" for landmark, (x, y) in zip(contract["landmarks"], contract["template"]))
    return f"Faces {contract['faces']}, onto this template ({contract['template_unit']}): {points}."


def _figures(metrics):
    if not metrics:
        return "None measured."
    rows = [f"| {name} | {figure_text(value)} |" for name, value in metrics.items()]
    return "\n".join(["| figure | value |", "|---|---|", *rows])


def figure_text(value):
    """A figure of `metrics` as text: a number with four digits, or several with their names."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {figure_text(part)}" for name, part in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)
