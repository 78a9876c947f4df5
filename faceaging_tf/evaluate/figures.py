"""From what the judges saw to the figures, over all faces and for each group."""

import dataclasses

import numpy as np

from faceaging_tf.data import FaceCorpus
from faceaging_tf.evaluate import realism
from faceaging_tf.evaluate.bootstrap import Figure, mean_figure
from faceaging_tf.evaluate.detectability import detect, detect_halves
from faceaging_tf.evaluate.diversity import diversity
from faceaging_tf.evaluate.groups import groups_of, largest_gap
from faceaging_tf.evaluate.hair import hair_figures
from faceaging_tf.evaluate.identity_judge import FALSE_ACCEPT_RATES, rate_name, strangers_of
from faceaging_tf.evaluate.measurement import Seen
from faceaging_tf.evaluate.same_people import alike, people_of, photographs

# A face moved by an ageing model moves more than this; a plain CycleGAN moves 22 to 55 % of them
# so.
FAR_YEARS = 10.0
ALL = "all"
# Beside its own looks a classifier is shown the recogniser's embeddings.
EMBEDDINGS = "embeddings"


@dataclasses.dataclass(frozen=True)
class Reals:
    """Real faces, what outputs are compared with.

    Attributes:
        corpus: their `FaceCorpus`.
        seen: what the judges saw in them.
    """

    corpus: FaceCorpus
    seen: Seen


def figures_of(measurement, reals=None, seed=0):
    """All figures of a subject.

    Args:
        measurement: a `Measurement`.
        reals: a `Reals`; None leaves realism out.
        seed: of the intervals and of the split in halves.

    Returns:
        A dict that JSON can hold: `years`, for each number of years the figures over `all` faces,
        by group, and their `gaps`; `summary`, the same over all numbers of years; `strangers`;
        `collapsed`, the numbers of years at which all faces change alike; `best` and `worst` faces
        by name. A figure is a dict of `value`, `low`, `high`, `faces`, or None where it cannot be
        had.
    """
    persons = measurement.inputs.attributes.get("person")
    embeddings = measurement.before.embeddings
    strangers = None if embeddings is None else strangers_of(embeddings, persons)
    groups = {
        ALL: {ALL: np.ones(len(measurement.ages), bool)},
        **groups_of(measurement.inputs, measurement.ages),
    }
    years, collapsed = {}, []
    for k, cell in measurement.cells.items():
        one_cell = _CellFigures(measurement, k, cell, strangers, reals, seed)
        by_group = {
            kind: {
                name: one_cell.of(members[cell.rows], kind, name) for name, members in named.items()
            }
            for kind, named in groups.items()
        }
        years[f"{k:+g}"] = {**_with_gaps(by_group), **one_cell.references()}
        if one_cell.collapsed:
            collapsed.append(f"{k:+g}")
    by_face = _by_face(measurement)
    summary = {
        kind: {
            name: {figure: mean_figure(values[members], seed) for figure, values in by_face.items()}
            for name, members in named.items()
        }
        for kind, named in groups.items()
    }
    best, worst = _best_and_worst(measurement, by_face["error"])
    result = {
        "name": measurement.name,
        "faces": len(measurement.ages),
        "years": years,
        "summary": _with_gaps(summary),
        "strangers": None if strangers is None else strangers.to_json(),
        "collapsed": collapsed,
        "best": best,
        "worst": worst,
    }
    return plain(result)


def plain(value):
    """The same with every `Figure` as a dict, and every number one that JSON knows."""
    if isinstance(value, Figure):
        return value.to_json()
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (float, np.floating)):
        return round(float(value), 4)
    return int(value) if isinstance(value, np.integer) else value


def years_moved(measurement, years):
    """Judge after less judge before `(n,)`, of the rows of a cell."""
    cell = measurement.cells[years]
    return (cell.seen.ages - measurement.before.ages[cell.rows]).astype("float64")


def identity(measurement, years):
    """Cosine of input and output `(n,)`, of the rows of a cell."""
    cell = measurement.cells[years]
    return (
        (cell.seen.embeddings * measurement.before.embeddings[cell.rows])
        .sum(axis=1)
        .astype("float64")
    )


def face_names(corpus):
    """How each face is called: its file, or who it is and how old, or its number."""
    if "file" in corpus.attributes:
        return [str(name) for name in corpus.attributes["file"]]
    if "person" in corpus.attributes:
        return [
            f"person {person} at {age:.0f}"
            for person, age in zip(corpus.attributes["person"], corpus.age, strict=True)
        ]
    return [f"face {row}" for row in range(len(corpus))]


class _CellFigures:
    """The figures of one number of years, for any part of its faces."""

    def __init__(self, measurement, years, cell, strangers, reals, seed):
        self.measurement, self.years, self.cell = measurement, years, cell
        self.strangers, self.reals, self.seed = strangers, reals, seed
        self.moved = years_moved(measurement, years)
        self.cosine = None if strangers is None else identity(measurement, years)
        self.collapsed = diversity(cell.changes, seed)[1]
        self.outputs, self.inputs, self.real_features = self._features()
        if reals is not None:
            targets = measurement.ages[cell.rows] + years
            self.matches = realism.near_ages(targets, reals.corpus.age) & alike(
                measurement.inputs, cell.rows, reals.corpus
            )
            photos, real_photos = photographs(measurement.inputs, reals.corpus)
            self.different = photos[cell.rows][:, None] != real_photos[None, :]
        self.looks = (*cell.seen.looks, EMBEDDINGS)
        self.detections = self._detections()

    def of(self, members, kind, name):
        """Figures of the members `(n,)` bool of a group."""
        far = self.moved * np.sign(self.years) > FAR_YEARS
        figures = {
            "years_moved": self._mean(self.moved, members),
            "error": self._mean(np.abs(self.moved - self.years), members),
            "moved_far": self._mean(far, members) if self.years else None,
        }
        figures["identity"] = None if self.cosine is None else self._mean(self.cosine, members)
        for rate in FALSE_ACCEPT_RATES:
            threshold = None if self.strangers is None else self.strangers.thresholds[rate]
            figures[f"verified_{rate_name(rate)}"] = (
                None if threshold is None else self._mean(self.cosine > threshold, members)
            )
        return {
            **figures,
            "kid": self._kid(self.outputs, members, kind, name),
            **{
                f"detected_by_{look}": self._accuracy(look, "outputs", members, kind, name)
                for look in self.looks
            },
            **{place: self._mean(values, members) for place, values in self.cell.outside.items()},
            "diversity": diversity(self.cell.changes[members], self.seed)[0],
        }

    def references(self):
        """What years moved, KID and detection are to be read against: real people of the age asked
        for, the inputs as they are, and two halves of the real faces.
        """
        everyone = np.ones(len(self.cell.rows), bool)
        references = {} if self.cell.seen.hair is None else {"hair": self._hair()}
        for look in self.looks:
            known = self.detections.get(look)
            references[f"detected_by_{look}_of_inputs"] = self._accuracy(
                look, "inputs", everyone, ALL, ALL
            )
            references[f"detected_by_{look}_of_halves"] = None if known is None else known["halves"]
        references["years_of_reals"] = self._years_of_reals()
        if self.real_features is None:
            return {"kid_of_inputs": None, "kid_of_halves": None, **references}
        shares = self.matches / np.maximum(self.matches.sum(axis=1, keepdims=True), 1)
        return {
            **references,
            "kid_of_inputs": self._kid(self.inputs, everyone, ALL, ALL),
            "kid_of_halves": realism.kid_of_halves(
                self.real_features, shares.sum(axis=0), self.seed
            ),
        }

    def _years_of_reals(self):
        """How many years the judge sees between the inputs and real people of the age asked for,
        each input with its own: judges draw ages to the middle.
        """
        if self.reals is None:
            return None
        number = self.matches.sum(axis=1)
        seen = np.divide(
            self.matches @ self.reals.seen.ages.astype("float64"),
            number,
            out=np.full(len(number), np.nan),
            where=number > 0,
        )
        return mean_figure(seen - self.measurement.before.ages[self.cell.rows], self.seed)

    def _hair(self):
        """How far hair went towards that of real people of the age and sex, by sex; see
        `hair_figures`.
        """
        if self.reals is None or self.reals.seen.hair is None:
            return None
        rows = self.cell.rows
        unknown = np.full(len(self.measurement.ages), ALL)
        of_sex = self.measurement.inputs.attributes.get("sex", unknown)[rows]
        before, after = self.measurement.before.hair[rows], self.cell.seen.hair
        parts = {ALL: np.ones(len(rows), bool)}
        parts |= {str(sex): of_sex == sex for sex in np.unique(of_sex) if sex not in ("", ALL)}
        real = self.reals.seen.hair
        return {
            name: hair_figures(before[some], after[some], real, self.matches[some], self.seed)
            for name, some in parts.items()
        }

    def _mean(self, values, members):
        return mean_figure(values[members], self.seed)

    def _kid(self, features, members, kind, name):
        if features is None:
            return None
        columns = self._columns(kind, name)
        part = np.ix_(members, columns)
        return realism.kid(
            features[members],
            self.real_features[columns],
            self.matches[part],
            self.different[part],
            self.seed,
        )

    def _columns(self, kind, name):
        """Which real faces are of a group, `(M,)` bool; all where the kind of group is not one of
        the catalogue.
        """
        if kind not in self.reals.corpus.attributes:
            return np.ones(len(self.reals.corpus), bool)
        return np.asarray(self.reals.corpus.attributes[kind]).astype(str) == name

    def _accuracy(self, look, of, members, kind, name):
        detection = self.detections.get(look, {}).get(of)
        if detection is None:
            return None
        return detection.accuracy(members, self._columns(kind, name), self.seed)

    def _detections(self):
        """By what is looked at: the `Detection` of `outputs` and of `inputs`, and the `Figure` of
        `halves`; none without real faces.
        """
        if self.reals is None:
            return {}
        rows, before = self.cell.rows, self.measurement.before
        after, real = self.cell.seen, self.reals.seen
        people, real_people = people_of(self.measurement.inputs, self.reals.corpus)
        looks = {
            look: tuple(seen.looks[look] for seen in (after, before, real)) for look in after.looks
        }
        if before.embeddings is not None:
            looks[EMBEDDINGS] = (after.embeddings, before.embeddings, real.embeddings)
        told = lambda faces, reals: detect(
            faces, reals, self.matches, people[rows], real_people, self.seed
        )
        return {
            look: {
                "outputs": told(outputs, reals),
                "inputs": told(inputs[rows], reals),
                "halves": detect_halves(reals, self.matches.any(axis=0), real_people, self.seed),
            }
            for look, (outputs, inputs, reals) in looks.items()
        }

    def _features(self):
        rows, before = self.cell.rows, self.measurement.before
        if self.reals is None or (before.features is None and before.embeddings is None):
            return None, None, None
        if before.features is not None:
            return self.cell.seen.features, before.features[rows], self.reals.seen.features
        found = (self.cell.seen.embeddings, before.embeddings[rows], self.reals.seen.embeddings)
        return tuple(map(realism.scaled_embeddings, found))


def _with_gaps(by_group):
    everyone = by_group[ALL][ALL]
    groups = {kind: named for kind, named in by_group.items() if kind != ALL}
    gaps = {
        kind: {
            figure: largest_gap({name: figures[figure] for name, figures in named.items()})
            for figure in everyone
        }
        for kind, named in groups.items()
    }
    return {ALL: everyone, "groups": groups, "gaps": gaps}


def _by_face(measurement):
    """One value per face over all numbers of years: `(N,)` each, nan where none was requested."""
    number = len(measurement.ages)
    errors, cosines = (np.full((len(measurement.cells), number), np.nan) for _ in range(2))
    for place, (k, cell) in enumerate(measurement.cells.items()):
        errors[place, cell.rows] = np.abs(years_moved(measurement, k) - k)
        if measurement.before.embeddings is not None:
            cosines[place, cell.rows] = identity(measurement, k)
    sign = np.sign(np.array(list(measurement.cells)))
    values = {
        "monotony": _monotony(measurement),
        "error": _mean_of_known(errors),
        "error_older": _mean_of_known(errors[sign > 0]),
        "error_younger": _mean_of_known(errors[sign < 0]),
    }
    if measurement.before.embeddings is not None:
        values["identity"] = _mean_of_known(cosines)
    return values


def _monotony(measurement):
    """1 for a face that no longer k makes look younger, 0 for others, nan for those with one age
    only: `(N,)`.
    """
    judged = {0.0: measurement.before.ages.astype("float64")}
    known = [(k, cell.rows, cell.seen.ages) for k, cell in measurement.cells.items()] + [
        (k, *others) for k, others in measurement.others.items()
    ]
    for k, rows, seen in known:
        if k:
            judged.setdefault(k, np.full(len(measurement.ages), np.nan))[rows] = seen
    ages = np.stack([judged[k] for k in sorted(judged)])
    monotone = np.full(ages.shape[1], np.nan)
    for face, column in enumerate(ages.T):
        known = column[np.isfinite(column)]
        if len(known) > 1:
            monotone[face] = float((np.diff(known) >= 0).all())
    return monotone


def _mean_of_known(values):
    known = np.isfinite(values)
    total = np.where(known, values, 0).sum(axis=0)
    return np.divide(
        total, known.sum(axis=0), out=np.full(values.shape[1], np.nan), where=known.any(axis=0)
    )


def _best_and_worst(measurement, errors, number=6):
    """The faces with the least and the largest mean error over their years, `(name, row, error)`
    each.
    """
    names = face_names(measurement.inputs)
    rows = np.flatnonzero(np.isfinite(errors))
    order = rows[np.argsort(errors[rows], kind="stable")]
    number = min(number, len(order) // 2)
    listed = lambda chosen: [
        {"name": names[row], "row": int(row), "error": round(float(errors[row]), 2)}
        for row in chosen
    ]
    return listed(order[:number]), listed(order[::-1][:number])
