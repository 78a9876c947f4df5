"""A rating survey of the zoo's models and of other programs: faces chosen, aged by each, made a study."""

import csv
import dataclasses
import math
from pathlib import Path

import numpy as np

from zoo import loading, registry
from zoo.errors import ZooError
from zoo.training import DRAWN

COLUMNS = ("input", "output", "years")


@dataclasses.dataclass(frozen=True)
class Options:
    """What a study was asked for.

    Attributes:
        out: folder of the study.
        entries: names of entries or paths of presets, each also as `NAME=ENTRY`.
        pairs: `NAME=pairs.csv`, of other programs.
        corpus: path of a zip or a folder with `faces.csv`, or "drawn"; for `entries`.
        split: of the corpus.
        years: years asked for.
        people: how many people are shown.
        youngest: age in years of the youngest to be shown.
        oldest: age in years of the oldest.
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
    """Finds out what can be wrong with the options without importing Keras; the pairs of other programs are read whole.

    Returns:
        `(entries, programs)`: dicts from the names of models to entries, and to lists of rows.

    Raises:
        ZooError: nothing to show, unknown entry, no weights, no corpus, two models of one name, or pairs that cannot be read.
    """
    if not options.entries and not options.pairs:
        raise ZooError("A study needs models: --entries fagan,cyclegan, or --pairs NAME=pairs.csv, or both.")
    if options.entries and options.corpus is None:
        raise ZooError(f"--entries needs --corpus with the faces to age: a folder, a zip with faces.csv, or {DRAWN!r}.")
    if not any(options.years):
        raise ZooError("A study needs --years other than 0, such as 10,20,30,40.")
    if options.youngest > options.oldest:
        raise ZooError(f"--youngest is {options.youngest:g} and --oldest {options.oldest:g}; the first must not be above the second.")
    entries, programs = {}, {}
    for given in options.entries:
        name, entry = _named_entry(given)
        _check_new(name, entries)
        loading.check_name(entry)
        entries[name] = entry
    for given in options.pairs:
        name, separator, path = given.partition("=")
        if not separator or not name or not path:
            raise ZooError(f"--pairs got {given!r}; it needs a name and a file, such as --pairs sam=sam/pairs.csv.")
        _check_new(name, {**entries, **programs})
        programs[name] = _read_rows(Path(path), options)
    if options.corpus not in (None, DRAWN) and not Path(options.corpus).exists():
        raise ZooError(f"There is no corpus at {options.corpus!r}; give a folder or a zip with faces.csv, or {DRAWN!r} for drawn faces.")
    return entries, programs


def build(options):
    """Builds a study.

    Args:
        options: an `Options`.

    Returns:
        The `faceaging_tf.evaluate.survey.Study`; its folder is `options.out`.

    Raises:
        ZooError: what `check` refuses, or an entry that does not age.
        CorpusError: a corpus that cannot be read.
        SurveyError: too few pairs, pictures of several sizes, or a folder that is not empty.
    """
    from faceaging_tf.evaluate.survey import build_study

    entries, programs = check(options)
    candidates = _of_programs(programs, options)
    if entries:
        faces, ages = _faces(options)
        for name, entry in entries.items():
            candidates += _of_entry(name, entry, faces, ages, options.years)
    return build_study(options.out, candidates, options.seed)


def _named_entry(given):
    name, separator, entry = given.partition("=")
    if separator:
        return name, entry
    if loading.is_path(given):
        return Path(given).name if Path(given).name != "preset" else Path(given).resolve().parent.name, given
    return registry.find(given).title, given


def _check_new(name, names):
    if not name or name in names:
        raise ZooError(f"Two models of the study have the name {name!r}; name them apart, such as --entries first=fagan,second=my/preset.")


def _read_rows(path, options):
    """The rows of another program's pairs that have wanted years, as tuples of input, output, years and age or None."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            table = list(csv.DictReader(stream))
    except UnicodeDecodeError as error:
        raise ZooError(f"{path} is no text in UTF-8; it needs a CSV file with the columns {', '.join(COLUMNS)}.") from error
    missing = [name for name in COLUMNS if not table or name not in table[0]]
    if missing:
        raise ZooError(f"{path} needs a row or more, and the columns {', '.join(COLUMNS)}; it lacks {', '.join(missing)}.")
    rows = []
    for number, row in enumerate(table, start=2):
        years, age = (_number(row.get(name), name, path, number) for name in ("years", "age"))
        if years is None:
            raise ZooError(f"Line {number} of {path} has no years; it needs the number of years that was asked for.")
        if years in options.years:
            rows.append((path.parent / row["input"], path.parent / row["output"], years, age))
    if not rows:
        raise ZooError(f"{path} has no pair with the years {', '.join(f'{years:g}' for years in options.years)}; give its own as --years.")
    return rows


def _number(text, name, path, line):
    if text is None or not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ZooError(f"Line {line} of {path} has {text!r} as {name}; it needs a number of years, such as 30.")
    return number


def _of_programs(programs, options):
    """Candidates of other programs, for the same people in all of them where their input files are the same."""
    from faceaging_tf.evaluate.survey import Candidate

    pictures = {}

    def read(path):
        if path not in pictures:
            pictures[path] = _picture(path)
        return pictures[path]

    inputs = dict.fromkeys(read(row[0]).tobytes() for rows in programs.values() for row in rows)
    order = np.random.default_rng(options.seed).permutation(len(inputs))[: options.people]
    chosen = {list(inputs)[place] for place in order}
    candidates = []
    for name, rows in programs.items():
        for before_path, after_path, years, age in rows:
            before, after = read(before_path), read(after_path)
            if before.shape != after.shape or before.shape[0] != before.shape[1]:
                raise ZooError(
                    f"{before_path} has {_size(before)} pixels and {after_path} {_size(after)}; the pictures of a pair must be squares "
                    "of the same size."
                )
            if before.tobytes() in chosen:
                candidates.append(Candidate(name, years, age, *(_resized(picture, options.image_size) for picture in (before, after))))
    return candidates


def _picture(path):
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except FileNotFoundError as error:
        raise ZooError(f"There is no picture at {path}, which the pairs name; paths are taken from the folder of the CSV file.") from error
    except (UnidentifiedImageError, OSError) as error:
        raise ZooError(f"{path}, which the pairs name, is no picture that can be read.") from error


def _size(picture):
    return f"{picture.shape[1]} x {picture.shape[0]}"


def _resized(picture, size):
    from PIL import Image

    if picture.shape[0] == size:
        return picture
    method = Image.Resampling.BOX if size < picture.shape[0] else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(picture).resize((size, size), method))


def _faces(options):
    """Faces `(N, S, S, 3)` of different people where the corpus knows them, and their ages `(N,)`, in random order."""
    from faceaging_tf.data import load_corpus
    from faceaging_tf.data.drawn_faces import drawn_corpus

    if options.corpus == DRAWN:
        size, ages = options.image_size, {"youngest": options.youngest, "oldest": options.oldest}
        corpus = drawn_corpus(people=options.people, faces_per_person=1, size=size, seed=options.seed, **ages)
    else:
        corpus = load_corpus(options.corpus, options.split, options.image_size)
    fit = (corpus.age >= options.youngest) & (corpus.age <= options.oldest)
    for years in options.years:
        fit &= (corpus.age + years >= 0) & (corpus.age + years <= 100)
    rows = np.random.default_rng(options.seed).permutation(np.flatnonzero(fit))
    people = corpus.attributes.get("person", np.arange(len(corpus)))[rows]
    rows = rows[np.sort(np.unique(people, return_index=True)[1])][: options.people]
    if len(rows) < options.people:
        raise ZooError(
            f"{options.corpus} has {len(rows)} people from {options.youngest:g} to {options.oldest:g} years whose age stays between 0 and "
            f"100, and {options.people} were asked for; lower --people, or widen --youngest and --oldest."
        )
    return corpus.faces[rows], corpus.age[rows]


def _of_entry(name, entry, faces, ages, years):
    from faceaging_tf.evaluate.survey import Candidate

    model = loading.load(entry)
    if not hasattr(model, "transform"):
        raise ZooError(f"{name} ({entry}) does not age faces, it only judges their ages; a study needs ageing models.")
    candidates = []
    for number in filter(None, years):
        for face, age, after in zip(faces, ages, model.transform(faces, number, ages=ages)):
            candidates.append(Candidate(name, number, float(age), face, after))
    return candidates
