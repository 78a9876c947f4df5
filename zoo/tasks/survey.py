"""A rating survey of the zoo's models and of other programs: faces chosen, aged by each, made a
study.
"""

import dataclasses
from pathlib import Path

import numpy as np

from zoo import loading, registry
from zoo.errors import ZooError
from zoo.tasks.train_corpora import DRAWN

# Years; the oldest age that a face is asked to have.
OLDEST = 100


@dataclasses.dataclass(frozen=True)
class Options:
    """What a study was asked for.

    Attributes:
        out: folder of the study.
        entries: names of entries or paths of presets, each also as `NAME=ENTRY`.
        pairs: `NAME=pairs.csv`, of other programs.
        corpus: path of a zip or a folder with `faces.csv`, or "drawn": the faces to age, or, where
            there are pairs, the ages of their inputs.
        split: of the corpus.
        years: requested years.
        people: how many people are shown.
        youngest: age in years of the youngest to be chosen from the corpus.
        oldest: age in years of the oldest to be chosen.
        image_size: side of the pictures in pixels.
        seed: of every random draw.
    """

    out: str
    entries: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    corpus: str | None = None
    split: str = "test"
    years: tuple[float, ...] = (10, 20, 30, 40)
    people: int = 12
    youngest: float = 20
    oldest: float = 50
    image_size: int = 192
    seed: int = 0


def check(options):
    """Finds out what can be wrong with the options without importing Keras.

    Returns:
        `(entries, programs)`: dicts from the names of models to entries, and to the paths of pairs.

    Raises:
        ZooError: nothing to show, unknown entry, one that does not age, no weights, no corpus, two
            models of one name, or a folder that is not empty.
    """
    from faceaging_tf.evaluate.survey import check_folder

    if not options.entries and not options.pairs:
        raise ZooError(
            "A study needs models: --entries fagan,cyclegan, or --pairs NAME=pairs.csv, or both."
        )
    if options.corpus is None and not options.pairs:
        raise ZooError(
            f"--entries needs --corpus with the faces to age: a folder, a zip with faces.csv, or {DRAWN!r}."
        )
    if not any(options.years) or len(set(options.years)) < len(options.years):
        given = ", ".join(f"{years:g}" for years in options.years)
        raise ZooError(
            f"--years got {given}; a study needs different ones, other than 0, such as 10,20,30,40."
        )
    if options.youngest > options.oldest:
        raise ZooError(
            f"--youngest is {options.youngest:g} and --oldest {options.oldest:g}; the first must not be above the second."
        )
    check_folder(options.out)
    entries, programs = {}, {}
    for given in options.entries:
        name, entry = _named_entry(given)
        if not name or not entry:
            raise ZooError(
                f"--entries got {given!r}; it needs an entry or the folder of a preset, such as fagan or mine=my/preset."
            )
        _check_new(name, entries)
        loading.check_name(entry, registry.AGING)
        entries[name] = entry
    for given in options.pairs:
        name, separator, path = given.partition("=")
        if not separator or not name or not path:
            raise ZooError(
                f"--pairs got {given!r}; it needs a name and a file, such as --pairs sam=sam/pairs.csv."
            )
        _check_new(name, {**entries, **programs})
        if not Path(path).is_file():
            raise ZooError(
                f"There is no file {path}; --pairs needs a CSV file with the columns input, output and years."
            )
        programs[name] = path
    if options.corpus not in (None, DRAWN) and not Path(options.corpus).exists():
        raise ZooError(
            f"There is no corpus at {options.corpus!r}; give a folder or a zip with faces.csv, or {DRAWN!r} for drawn faces."
        )
    return entries, programs


def build(options):
    """Builds a study, in which every model ages the same faces: inputs that all pairs have where
    there are pairs, else the corpus's.

    Args:
        options: an `Options`.

    Returns:
        The `faceaging_tf.evaluate.survey.Study`; its folder is `options.out`.

    Raises:
        ZooError: what `check` refuses, pairs that cannot be read or have no input in common, a
            preset that does not age, or too few people of these ages.
        CorpusError: a corpus that cannot be read.
        SurveyError: too few pairs.
        ValueError: more drawn people than `drawn_corpus` has.
    """
    from faceaging_tf.evaluate.pairs import PairsSubject
    from faceaging_tf.evaluate.survey import build_study

    entries, programs = check(options)
    corpus = None if options.corpus is None else _corpus(options)
    candidates = []
    if programs:
        subjects = {name: PairsSubject(path, options.image_size) for name, path in programs.items()}
        faces, ages = _inputs(subjects.values(), corpus, options)
        for name, subject in subjects.items():
            candidates += _of_pairs(name, subject, faces, ages, corpus, options.years)
    else:
        faces, ages = _people(corpus, options)
    for name, entry in entries.items():
        candidates += _of_entry(name, entry, faces, ages, options.years)
    return build_study(options.out, candidates, options.seed)


def _named_entry(given):
    name, separator, entry = given.partition("=")
    if separator:
        return name, entry
    if loading.is_path(given):
        folder = Path(given)
        return folder.resolve().parent.name if folder.name == "preset" else folder.name, given
    return registry.find(given).title, given


def _check_new(name, names):
    if name in names:
        raise ZooError(
            f"Two models of the study have the name {name!r}; name them apart, such as --entries first=fagan,second=my/preset."
        )


def _corpus(options):
    from faceaging_tf.data import load_corpus
    from faceaging_tf.data.drawn_faces import drawn_corpus

    if options.corpus == DRAWN:
        size, ages = options.image_size, {"youngest": options.youngest, "oldest": options.oldest}
        return drawn_corpus(
            people=options.people, faces_per_person=1, size=size, seed=options.seed, **ages
        )
    return load_corpus(options.corpus, options.split, options.image_size)


def _people(corpus, options):
    """Faces `(N, S, S, 3)` of different people where the corpus knows them, and their ages `(N,)`,
    in random order.
    """
    fit = (corpus.age >= options.youngest) & (corpus.age <= options.oldest)
    for years in options.years:
        fit &= (corpus.age + years >= 0) & (corpus.age + years <= OLDEST)
    rows = np.random.default_rng(options.seed).permutation(np.flatnonzero(fit))
    people = corpus.attributes.get("person", np.arange(len(corpus)))[rows]
    rows = rows[np.sort(np.unique(people, return_index=True)[1])][: options.people]
    if len(rows) < options.people:
        raise ZooError(
            f"{options.corpus} has {len(rows)} people from {options.youngest:g} to {options.oldest:g} years whose age stays between 0 and "
            f"{OLDEST}, and {options.people} were asked for; lower --people, widen --youngest and --oldest, or ask for fewer --years."
        )
    return corpus.faces[rows], corpus.age[rows]


def _inputs(subjects, corpus, options):
    """Some of the faces that the pairs of every program begin with, and their ages, NaN where
    unknown.
    """
    faces, ages, times = {}, {}, {}
    for subject in subjects:
        inputs = subject.inputs(corpus)
        for face, age in zip(inputs.faces, inputs.age, strict=False):
            key = face.tobytes()
            faces[key], times[key] = face, times.get(key, 0) + 1
            # One table may know an age that another leaves out.
            ages[key] = age if np.isnan(ages.get(key, np.nan)) else ages[key]
    common = [key for key in faces if times[key] == len(subjects)]
    if not common:
        raise ZooError(
            f"The programs of --pairs have no input in common, pixel by pixel at {options.image_size} pixels, so people could not compare "
            "them; let each age the same files."
        )
    keys = [
        common[place]
        for place in np.random.default_rng(options.seed).permutation(len(common))[: options.people]
    ]
    return np.stack([faces[key] for key in keys]), np.array([ages[key] for key in keys], "float32")


def _of_pairs(name, subject, faces, ages, corpus, years):
    places = {face.tobytes(): place for place, face in enumerate(faces)}
    inputs = subject.inputs(corpus)
    candidates = []
    for number in filter(None, years):
        rows = [
            row
            for row in subject.with_outputs(inputs, number)
            if inputs.faces[row].tobytes() in places
        ]
        if rows:
            chosen = [places[inputs.faces[row].tobytes()] for row in rows]
            candidates += _candidates(
                name,
                number,
                faces[chosen],
                ages[chosen],
                subject.outputs(inputs.faces[rows], rows, number, None),
            )
    if not candidates:
        raise ZooError(
            f"The pairs of {name} have none of the faces and years of the study; their years are "
            f"{', '.join(f'{number:g}' for number in subject.years)}: give them as --years, and raise --people."
        )
    return candidates


def _of_entry(name, entry, faces, ages, years):
    model = loading.load_aging(entry)
    known = None if np.isnan(ages).any() else ages
    return [
        candidate
        for number in filter(None, years)
        for candidate in _candidates(
            name, number, faces, ages, model.transform(faces, number, ages=known)
        )
    ]


def _candidates(name, years, faces, ages, outputs):
    from faceaging_tf.evaluate.survey import Candidate

    known = (None if np.isnan(age) else float(age) for age in ages)
    return [
        Candidate(name, years, age, face, output)
        for face, age, output in zip(faces, known, outputs, strict=False)
    ]
