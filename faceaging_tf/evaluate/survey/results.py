"""What the raters of a study said: scores by model and years, agreement, and who did not look."""

import collections
import csv
import dataclasses
import io
import json
import pathlib

from faceaging_tf.errors import SurveyError
from faceaging_tf.evaluate.survey.assignment import PAGES, REPEATED, SCORED, UNCHANGED
from faceaging_tf.evaluate.survey.carelessness import signs_of
from faceaging_tf.evaluate.survey.figure import scores_figure
from faceaging_tf.evaluate.survey.published import PUBLISHED, SOURCE
from faceaging_tf.evaluate.survey.scores import Score, agreement, mean_opinion_score
from faceaging_tf.files import write_whole


@dataclasses.dataclass(frozen=True)
class Results:
    """The results of a study.

    Attributes:
        study: identifier of the study.
        raters: how many people gave an answer, whether counted or not.
        finished: how many of them answered every page.
        left_out: numbers of the raters who are not counted, a tuple.
        signs: tuple of `Signs`, of every rater against whom anything speaks, counted or not.
        scores: dict from `(model, years)` to `Score`; years None for all years together.
        unchanged: the `Score` of faces shown twice unchanged, or None: what a filter that does
            nothing gets.
        alpha: Krippendorff's alpha, ordinal, over the scored pairs; or None where it is not
            defined.
        same_again: `(n,)` tuple of stars, by how much each counted rater's second answer to a pair
            was above the first.
        fewest: how often the least rated pair was rated.
        most: how often the most rated pair was rated.
    """

    study: str
    raters: int
    finished: int
    left_out: tuple
    signs: tuple
    scores: dict
    unchanged: Score | None
    alpha: float | None
    same_again: tuple
    fewest: int
    most: int


def compute_results(study, answers, keep_careless=False):
    """Counts the answers of a study.

    The answers of raters who left early count too.

    Args:
        study: the `Study`.
        answers: list of `Answer` to its pairs.
        keep_careless: count everyone.

    Returns:
        A `Results`.

    Raises:
        SurveyError: no answer is left to count.
    """
    by_rater = collections.defaultdict(list)
    for answer in answers:
        by_rater[answer.rater].append(answer)
    signs = [signs_of(rater, given) for rater, given in sorted(by_rater.items())]
    left_out = [] if keep_careless else [sign.rater for sign in signs if sign.careless]
    counted = [answer for answer in answers if answer.rater not in left_out]
    scored = [answer for answer in counted if answer.kind == SCORED]
    if not scored:
        raise SurveyError(
            f"No rating is left to count: of {len(by_rater)} raters {len(left_out)} were careless and none of the others rated a "
            "pair; ask more people, or count everyone with --keep_careless."
        )
    times = collections.Counter(answer.pair for answer in scored)
    unchanged = [answer for answer in counted if answer.kind == UNCHANGED]
    return Results(
        study=study.identifier,
        raters=len(by_rater),
        finished=sum(len(given) == PAGES for given in by_rater.values()),
        left_out=tuple(left_out),
        signs=tuple(sign for sign in signs if sign.strong or sign.weak),
        scores=_scores(study, scored),
        unchanged=_score(unchanged) if unchanged else None,
        alpha=agreement(
            *zip(*((answer.stars, answer.rater, answer.pair) for answer in scored), strict=True)
        ),
        same_again=_same_again(counted),
        fewest=min(times[pair.identifier] for pair in study.pairs),
        most=max(times.values()),
    )


def write_results(results, study, answers, folder):
    """Writes `results.json`, `results.csv`, `answers.csv`, `scores.png` and `scores.svg`, each
    whole or not at all.

    Args:
        results: a `Results`.
        study: its `Study`.
        answers: the list of `Answer` that it was computed from.
        folder: made where it is missing.

    Returns:
        The paths, a list.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "results.json": (
            json.dumps(as_json(results), indent=2, ensure_ascii=False) + "\n"
        ).encode(),
        "results.csv": _score_rows(results).encode(),
        "answers.csv": _answer_rows(results, study, answers).encode(),
        "scores.png": scores_figure(results, "png"),
        "scores.svg": scores_figure(results, "svg"),
    }
    for name, content in contents.items():
        write_whole(folder / name, content)
    return [folder / name for name in contents]


def as_json(results):
    """The content of `results.json`, a dict."""
    again = results.same_again
    return {
        "study": results.study,
        "raters": {
            "answered": results.raters,
            "finished": results.finished,
            "left_out": list(results.left_out),
        },
        "ratings_a_pair": {"fewest": results.fewest, "most": results.most},
        "scores": [_row(*key, score) for key, score in results.scores.items()],
        "unchanged": None if results.unchanged is None else dataclasses.asdict(results.unchanged),
        "agreement": {"krippendorff_alpha_ordinal": results.alpha},
        "repeated": {
            "pairs": len(again),
            "same_stars": sum(change == 0 for change in again),
            "mean_absolute_change": sum(map(abs, again)) / len(again) if again else None,
        },
        "signs": [
            {
                "rater": sign.rater,
                "left_out": sign.rater in results.left_out,
                "strong": sign.strong,
                "weak": sign.weak,
            }
            for sign in results.signs
        ],
        "published": {
            "source": SOURCE,
            "scores": {name: dict(points) for name, points in PUBLISHED.items()},
        },
    }


def as_text(results):
    """The table for a terminal, with what is to be known of the raters."""
    lines = [
        f"{'model':<20}{'years':>6}{'score':>7}  {'95 % interval':<14}{'ratings':>8}{'raters':>8}"
    ]
    rows = [
        (model, "all" if years is None else f"{years:+g}", score)
        for (model, years), score in results.scores.items()
    ]
    if results.unchanged is not None:
        rows.append(("(unchanged face)", "", results.unchanged))
    for model, years, score in rows:
        interval = "one rater" if score.low is None else f"{score.low:.2f} to {score.high:.2f}"
        lines.append(
            f"{model:<20}{years:>6}{score.mean:>7.2f}  {interval:<14}{score.ratings:>8}{score.raters:>8}"
        )
    lines.append("")
    lines.append(
        f"{results.raters} raters, {results.finished} of them to the end, {len(results.left_out)} left out as careless; "
        f"each pair rated {results.fewest} to {results.most} times."
    )
    alpha = (
        "not defined (no pair was rated twice, or all ratings are the same)"
        if results.alpha is None
        else f"{results.alpha:.2f}"
    )
    lines.append(f"Agreement between raters, Krippendorff's alpha (ordinal): {alpha}.")
    if results.same_again:
        same = sum(change == 0 for change in results.same_again)
        lines.append(
            f"The same pair shown again: the same stars {same} of {len(results.same_again)} times."
        )
    for sign in results.signs:
        fate = "left out" if sign.rater in results.left_out else "counted"
        lines.append(f"Rater {sign.rater}, {fate}: {'; '.join(sign.strong + sign.weak)}.")
    return "\n".join(lines)


def _scores(study, scored):
    """Scores by model in the study's order: all years first, then each."""
    pairs = {pair.identifier: pair for pair in study.pairs}
    cells = collections.defaultdict(list)
    for answer in scored:
        pair = pairs[answer.pair]
        cells[pair.model, None].append(answer)
        cells[pair.model, pair.years].append(answer)
    years = sorted({pair.years for pair in study.pairs})
    keys = [(model, number) for model in study.models for number in (None, *years)]
    return {key: _score(cells[key]) for key in keys if key in cells}


def _score(answers):
    return mean_opinion_score(
        [answer.stars for answer in answers], [answer.rater for answer in answers]
    )


def _same_again(answers):
    first = {
        (answer.rater, answer.pair): answer.stars for answer in answers if answer.kind == SCORED
    }
    again = (answer for answer in answers if answer.kind == REPEATED)
    return tuple(answer.stars - first[answer.rater, answer.pair] for answer in again)


def _row(model, years, score):
    return {"model": model, "years": years, **dataclasses.asdict(score)}


def _score_rows(results):
    rows = [_row(*key, score) for key, score in results.scores.items()]
    if results.unchanged is not None:
        rows.append(_row("(unchanged face)", None, results.unchanged))
    return _table(
        list(rows[0]),
        [
            ["all" if name == "years" and value is None else value for name, value in row.items()]
            for row in rows
        ],
    )


def _answer_rows(results, study, answers):
    header = [
        "rater",
        "counted",
        "position",
        "kind",
        "pair",
        "face",
        "model",
        "years",
        "age",
        "stars",
        "seconds",
    ]
    rows = []
    for answer in answers:
        pair = study.pair(answer.pair)
        counted = int(answer.rater not in results.left_out)
        rows.append(
            [answer.rater, counted, answer.position, answer.kind, pair.identifier, pair.face]
            + [pair.model, pair.years, pair.age, answer.stars, round(answer.seconds, 1)]
        )
    return _table(header, rows)


def _table(header, rows):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue()
