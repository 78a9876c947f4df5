"""The paper's figure: score against years, a line a model, with the lines that the paper published."""

import io

from faceaging_tf.evaluate.survey.published import PUBLISHED
from faceaging_tf.evaluate.survey.scores import BEST, WORST

# Colours that differ for colour-blind readers too (Okabe and Ito); the published lines are grey and dashed.
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
    for (name, points), marker in zip(PUBLISHED.items(), PUBLISHED_MARKERS):
        style = {"color": GREY, "linestyle": "--", "linewidth": 1, "marker": marker, "markersize": 6}
        axes.plot(list(points), list(points.values()), label=f"{name} (published)", **style)
    models = list(dict.fromkeys(model for model, years in results.scores))
    for number, model in enumerate(models):
        scores = {years: score for (of, years), score in results.scores.items() if of == model and years is not None}
        shift = APART * (number - (len(models) - 1) / 2)
        means = [score.mean for score in scores.values()]
        ends = [(score.mean if end is None else end) for score in scores.values() for end in (score.low, score.high)]
        bars = [[mean - low for mean, low in zip(means, ends[::2])], [high - mean for mean, high in zip(means, ends[1::2])]]
        style = {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number % len(MARKERS)], "linewidth": 2, "capsize": 3}
        axes.errorbar([years + shift for years in scores], means, bars, label=model, zorder=3, **style)
    if results.unchanged is not None:
        axes.axhline(results.unchanged.mean, color="black", linestyle=":", linewidth=1, label="unchanged face, shown twice")
    years = sorted({years for _, years in results.scores if years is not None} | {years for points in PUBLISHED.values() for years in points})
    axes.set_xticks(years, [f"{number:+g}" for number in years])
    axes.set(xlabel="years asked for", ylabel="mean stars (95 % interval)", ylim=(WORST - 0.1, BEST + 0.1), yticks=range(WORST, BEST + 1))
    axes.grid(axis="y", color="#e4e4e4")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", frameon=False, fontsize="small")
    stream = io.BytesIO()
    # No date, and names of the drawing's parts that are the same every time: the same results give the same file.
    metadata = {"Date": None} if file_format == "svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": results.study}):
        figure.savefig(stream, format=file_format, dpi=150, metadata=metadata)
    return stream.getvalue()
