"""The paper's figure: score against years, a line a model, with the lines that the
paper published.
"""

import io

from faceaging_tf.evaluate.survey.published import PUBLISHED
from faceaging_tf.evaluate.survey.scores import BEST, WORST

# Colours that differ for colour-blind readers too (Okabe and Ito); the published lines are grey and
# dashed.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
MARKERS = "osD^vP"
PUBLISHED_MARKERS = "xd*+"
GREY = "#8a8a8a"
# Years by which the error bars of two models are set apart.
APART = 0.5


def scores_figure(results, file_format):
    """Draws the figure.

    Args:
        results: a `faceaging_tf.evaluate.survey.results.Results`.
        file_format: "png" or "svg".

    Returns:
        The bytes of the file.
    """
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 4.5), layout="constrained")
    axes = figure.add_subplot()
    models = list(dict.fromkeys(model for model, _ in results.scores))
    handles = [
        _draw_model(axes, results, model, number, len(models))
        for number, model in enumerate(models)
    ]
    handles += [
        _draw_published(axes, name, marker)
        for name, marker in zip(PUBLISHED, PUBLISHED_MARKERS, strict=True)
    ]
    if results.unchanged is not None:
        style = {"color": "black", "linestyle": ":", "linewidth": 1}
        handles.append(
            axes.axhline(results.unchanged.mean, label="unchanged face, shown twice", **style)
        )
    years = sorted(
        {years for _, years in results.scores if years is not None}
        | {years for points in PUBLISHED.values() for years in points}
    )
    axes.set_xticks(years, [f"{number:+g}" for number in years])
    axes.set(
        xlabel="requested years",
        ylabel="mean stars (95 % interval)",
        ylim=(WORST - 0.1, BEST + 0.1),
        yticks=range(WORST, BEST + 1),
    )
    axes.grid(axis="y", color="#e4e4e4")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(handles=handles, loc="outside right center", frameon=False, fontsize="small")
    stream = io.BytesIO()
    # No date, and names of the drawing's parts that are the same every time: the same results give
    # the same file.
    metadata = {"Date": None} if file_format == "svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": results.study}):
        figure.savefig(stream, format=file_format, dpi=150, metadata=metadata)
    return stream.getvalue()


def _draw_model(axes, results, model, number, models):
    scores = {
        years: score
        for (of, years), score in results.scores.items()
        if of == model and years is not None
    }
    shift = APART * (number - (models - 1) / 2)
    means = [score.mean for score in scores.values()]
    # A single rater has no interval, and gets no bar.
    below = [0 if score.low is None else score.mean - score.low for score in scores.values()]
    above = [0 if score.high is None else score.high - score.mean for score in scores.values()]
    style = {
        "color": COLOURS[number % len(COLOURS)],
        "marker": MARKERS[number % len(MARKERS)],
        "linewidth": 2,
    }
    years = [number_of_years + shift for number_of_years in scores]
    return axes.errorbar(
        years, means, [below, above], label=model, zorder=3, elinewidth=1.2, capsize=3, **style
    )


def _draw_published(axes, name, marker):
    style = {"color": GREY, "linestyle": "--", "linewidth": 1, "marker": marker, "markersize": 6}
    return axes.plot(
        list(PUBLISHED[name]), list(PUBLISHED[name].values()), label=f"{name} (published)", **style
    )[0]
