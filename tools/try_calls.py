"""Tries every flag of every command, and every public function of `zoo`, with one wrong value each.

    python tools/try_calls.py --minutes 8 --seed 0

The cases are derived from the flags' own definitions and from the functions' signatures: everything
else of a call is right. A command must end with 2 and one sentence and leave no file behind, or
take the value; a number that its flag's kind does not allow may not be taken. A function must
return, or raise an error of this package with a sentence. A seed gives the order of the cases.
"""

import contextlib
import importlib
import inspect
import io
import linecache
import math
import os
import pathlib
import random
import shutil
import sys
import tempfile
import traceback

import numpy as np
from absl import flags
from PIL import Image
from proving import TINY, drawn_detector
from trying import PACKAGES, Counts, described, is_sentence, numbers, parser_of

import zoo
from zoo import registry
from zoo.cli import main as cli

NOT_WHOLE = ("nonsense", "", "1.5", "nan", "0x10", "1e3")
NOT_NUMBERS = ("nonsense", "", "nan", "inf", "-inf", "1e999", "1,5", "0x10")
TEXTS = (
    "nonsense",
    "",
    ".",
    "text.txt",
    "text.txt/nowhere",
    "x" * 300,
    "a\nb",
    "ftp://nowhere/x",
    "é",
    "*",
    "=",
    ",",
    "-",
)
VALUES = {
    "None": None, "a word": "nonsense", "no word": "", "minus one": -1, "zero": 0, "nan": math.nan, "infinity": math.inf, "a large number": 10**12,
    "half": 0.5, "bytes": b"bytes", "an object": object(), "a list": [], "a list of words": ["x"], "a dict": {"x": 1}, "a set": {1},
    "a matrix": np.zeros((2, 2)), "a function": len, "true": True, "a path": pathlib.Path("text.txt/nowhere"), "faces of floats": np.zeros((1, 32, 32, 3)),
    "no faces": np.zeros((0, 32, 32, 3), "uint8"), "a class": int, "an error": ValueError("x"),
}  # fmt: skip


class Workplace:
    """A folder with all that right calls need: a photo, a corpus, tiny presets, a registered entry
    that trains in a second.
    """

    def __init__(self, folder):
        import keras
        from skimage.data import astronaut

        from faceaging_tf.data.drawn_faces import drawn_corpus
        from faceaging_tf.models import FAGAN, AgeRegressor

        self.folder = pathlib.Path(folder)
        keras.utils.set_random_seed(0)
        self.photo = np.ascontiguousarray(astronaut()[:256, 96:352])
        self.model = FAGAN(**TINY).for_release()
        drawn = drawn_corpus(people=4, faces_per_person=3, size=32)
        self.faces = drawn.faces[:2]
        for name in ("photos", "faces"):
            (self.folder / name).mkdir()
        Image.fromarray(self.photo).save(self.folder / "me.png")
        Image.fromarray(drawn.faces[0]).save(self.folder / "photos" / "35_0_0_20170101.png")
        (self.folder / "text.txt").write_text("These are words.\n")
        rows = ["file,age"]
        for number, (face, age) in enumerate(zip(drawn.faces, drawn.age, strict=True)):
            Image.fromarray(face).save(self.folder / "faces" / f"{number}.png")
            rows.append(f"{number}.png,{age:g}")
        (self.folder / "faces" / "faces.csv").write_text("\n".join(rows) + "\n")
        judge = {"image_size": 32, "network": TINY["age_network"]}
        zoo.save(self.model, self.folder / "tiny", entry="fagan")
        zoo.save(AgeRegressor(**judge), self.folder / "judge", entry="age_network")
        if "tried" not in registry.list(role=None):
            batches = zoo.Training(
                "faceaging_tf.training.batches_for:age_regressor_batches", steps=1, batch_size=2
            )
            zoo.register(
                zoo.Entry(
                    "tried",
                    "Tried",
                    "faceaging_tf.models:AgeRegressor",
                    "T.",
                    "P.",
                    judge,
                    training=batches,
                    role=registry.ESTIMATING,
                )
            )
        self.own = self.files()

    def files(self):
        """All files below the folder."""
        return {
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.is_file()
        }

    def tidied(self):
        """What a call left here; it is removed."""
        left = self.files() - self.own
        for path in self.folder.iterdir():
            if path.name not in {name.partition("/")[0] for name in self.own}:
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name in left:
            (self.folder / name).unlink(missing_ok=True)
        return left


def commands():
    """Right calls by name: the command's words, without which it does nothing."""
    tiny, judge, faces = ["--entry", "tiny/."], ["--judge", "judge/."], ["--corpus", "faces/"]
    return {
        "age": ["me.png", "--years", "30", "--out", "aged.png", *tiny],
        "age many": ["photos/", "--years", "30", "--out", "aged", *tiny],
        "video": ["text.txt", "--years", "30", *tiny],
        "sweep": ["me.png", "--from", "0", "--to", "10", "--seconds", "0.1", "--fps", "20", "--size", "64", "--out", "me.gif", *tiny],
        "prepare": ["photos/", "--out", "corpus", "--layout", "utkface", "--image_size", "32", "--smallest_face", "8", *judge],
        "train": ["tried", *faces, "--steps", "1", "--batch_size", "2", "--restarts", "0", "--out", "run"],
        "evaluate": ["tiny/.", *faces, "--split", "all", "--limit", "3", "--years", "20", "--age_network", "judge/.", *judge],
        "export": ["tiny/.", "--format", "saved_model", "--out", "exported", *judge],
        "bench": ["nonsense"],
        "list": [],
        "describe": ["tiny/."],
        "demo": ["--out", "strip.png", *tiny],
        "survey build": [*faces, "--split", "all", "--entries", "tiny/.", "--years", "10", "--people", "2", "--youngest", "1", "--oldest", "80", "--image_size", "32", "--out", "study"],
        "survey serve": ["nowhere"],
        "survey results": ["nowhere"],
    }  # fmt: skip


def command_cases():
    """Triples of a case's name, the words of the command, and whether its value is of no kind that
    the flag takes.
    """
    for name, right in commands().items():
        words = name.replace(" many", "").split()
        defined = flags.FlagValues()
        cli._command(words[0]).define_flags(defined)
        for flag in sorted({defined[key].name for key in defined}):
            for value, never in wrong_values(defined[flag]):
                if isinstance(value, list):
                    yield f"{name} {value[0]}", [*words, *right, *value], never
                else:
                    yield (
                        f"{name} --{flag}={value!r:.40}",
                        [*words, *right, f"--{flag}={value}"],
                        never,
                    )
        for value in TEXTS:
            # `--` ends the flags, so that every word is an argument.
            rest = right[1:] if right and not right[0].startswith("-") else right
            yield f"{name} {value!r:.40}", [*words, *rest, "--", value], False
        yield f"{name} twice", [*words, *right, "more", "and more"], name != "evaluate"
        yield f"{name} --nonsense", [*words, *right, "--nonsense"], True


def wrong_values(flag):
    """Values for a flag by its parser, each with whether it may never be taken; a list stands for
    the words themselves.
    """
    parser = flag.parser
    yield [f"--{flag.name}"], not flag.boolean
    if flag.boolean:
        yield from ((value, True) for value in ("nonsense", "2", "perhaps"))
    elif isinstance(parser, (flags.IntegerParser, flags.FloatParser)):
        whole = isinstance(parser, flags.IntegerParser)
        yield from (
            (value, True)
            for value in (NOT_WHOLE if whole else NOT_NUMBERS)
            if value not in ("0x10",) or not whole
        )
        step = 1 if whole else 1e-3
        for bound, sign in ((parser.lower_bound, -1), (parser.upper_bound, 1)):
            if bound is not None:
                yield str(bound + sign * step), True
        if parser.upper_bound is None:
            yield str(10**30) if whole else "1e300", False
        if parser.lower_bound is None:
            yield str(-(10**30)) if whole else "-1e300", False
    elif isinstance(parser, flags.EnumParser):
        yield from ((value, True) for value in ("nonsense", "", "None"))
    elif type(parser).__module__ == "zoo.cli.arguments":
        yield from (
            (value, True) for value in (*NOT_NUMBERS[:6], "1e9", "-1e9", "1;2", "=", ",", "x=1=2")
        )
    else:
        yield from ((value, False) for value in TEXTS)


def try_command(place, words, never):
    """Runs a command; whether it took the value, and what is wrong ("" for nothing)."""
    said, refused = io.StringIO(), io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(refused):
            code = cli.main(list(words))
    except SystemExit as error:
        return False, f"it ended the program with {error.code}"
    except Exception as error:
        return False, described(error)
    finally:
        left = place.tidied()
    text = [
        line
        for line in refused.getvalue().splitlines()
        if line and "%|" not in line and "/s]" not in line and "it/s" not in line
    ]
    if code == 0:
        return True, "it took what is no value" if never else ""
    if code != 2:
        return False, f"it ended with {code}"
    if len(text) != 1 or not is_sentence(text[0]):
        return False, f"no sentence: {' / '.join(text)[:300]!r}"
    # What a run goes on from is kept for the next.
    left = [name for name in left if "/.work/" not in name]
    if left:
        return False, f"it refused ({text[0]:.200}) and left {sorted(left)[:3]}"
    return False, ""


def calls(place):
    """Functions of `zoo`, and methods of its models, with right arguments by name."""
    face, fast = place.faces[0], place.model
    return {
        "zoo.age": (zoo.age, {"photo": place.photo, "years": 5, "entry": fast, "ages": 30, "out": "out.png", "detector": drawn_detector, "strengths": None, "future": 0, "hair": "auto"}),
        "zoo.describe": (zoo.describe, {"name": str(place.folder / "tiny")}),
        "zoo.list": (zoo.list, {"role": "aging"}),
        "zoo.load": (zoo.load, {"name": str(place.folder / "tiny"), "weights": "default", "architecture": "released", "image_size": 32, "frame": "tight", "momentum": 0.9, "calibration": None}),
        "zoo.load of a name": (zoo.load, {"name": "age_network", "weights": "default", "architecture": "released"}),
        "zoo.save": (zoo.save, {"model": fast, "folder": "saved", "entry": "fagan", "half_precision": False, "shared": None, "overwrite": False, "card": None}),
        "zoo.Card": (zoo.Card, {"training_data": "", "licence": "", "metrics": {}, "how_to_measure": "", "recipe": "", "limits": "", "restarts": None, "samples": None}),
        "zoo.register": (zoo.register, {"entry": registry.find("tried")}),
        "zoo.plot_strip": (zoo.plot_strip, {"photo": place.photo, "years": (0, 5), "entry": fast, "ages": 30, "detector": drawn_detector}),
        "zoo.plot_grid": (zoo.plot_grid, {"faces": place.faces, "years": (0, 5), "entry": fast, "ages": 30}),
        "zoo.plot_change": (zoo.plot_change, {"face": face, "years": 5, "entry": fast, "age": 30}),
        "zoo.plot_training": (zoo.plot_training, {"folder": "run"}),
        "transform": (fast.transform, {"faces": place.faces, "years": 5, "ages": 30, "batch_size": 2, "mask": None, "strengths": None, "future": 0, "hair": "auto"}),
        "estimate_ages": (fast.estimate_ages, {"faces": place.faces}),
        "age_regressor.estimate_ages": (fast.age_regressor.estimate_ages, {"faces": place.faces, "batch_size": 2}),
        "load_corpus": (importlib.import_module("faceaging_tf.data").load_corpus, {"path": "faces", "split": "all", "image_size": 32, "limit": None, "on_disk": False}),
    }  # fmt: skip


def call_cases(place):
    """Triples of a case's name, a function and its arguments, one of them wrong."""
    for name, (function, right) in calls(place).items():
        unknown = set(right) - set(inspect.signature(function).parameters)
        if unknown and not any(
            p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values()
        ):
            raise AssertionError(f"{name} has no argument {unknown}")
        for argument in right:
            for word, value in VALUES.items():
                if argument == "detector" and callable(value):
                    continue
                yield f"{name}({argument}={word})", function, {**right, argument: value}


def try_call(place, function, arguments):
    """Calls a function; whether it took the value, and what is wrong ("" for nothing)."""
    try:
        function(**arguments)
        return True, ""
    except Exception as error:
        return False, "" if is_deliberate(error) and is_sentence(str(error)) else described(error)
    finally:
        place.tidied()


def is_deliberate(error):
    """Whether an error is one of this package, or was raised by a line of it."""
    if type(error).__module__.startswith(("faceaging_tf", "zoo")):
        return True
    last = traceback.extract_tb(error.__traceback__)[-1]
    return last.filename.startswith(PACKAGES) and linecache.getline(
        last.filename, last.lineno
    ).strip().startswith("raise")


def try_calls(seed=0, minutes=None, cases=None, only=""):
    """Tries cases in an order that the seed gives, until the time or their number is over.

    Args:
        seed: of the order.
        minutes: how long at most, or None.
        cases: how many at most, or None.
        only: cases whose name begins so.

    Returns:
        `Counts`.
    """
    counts, before = Counts(), os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        place = Workplace(folder)
        os.chdir(folder)
        try:
            every = [(name, try_command, (words, never)) for name, words, never in command_cases()]
            every += [
                (name, try_call, (function, arguments))
                for name, function, arguments in call_cases(place)
            ]
            every = [case for case in every if case[0].startswith(only)]
            random.Random(seed).shuffle(every)
            for number in numbers(0, minutes, len(every[:cases])):
                name, attempt, arguments = every[number]
                taken, problem = attempt(place, *arguments)
                counts.add(name, taken, problem)
        finally:
            os.chdir(before)
    return counts


def main(arguments):
    """Tries for some minutes, and says what became of it; 1 where there were failures."""
    parser = parser_of(__doc__)
    parser.add_argument("--only", default="")
    given = parser.parse_args(arguments)
    counts = try_calls(given.seed, given.minutes, given.cases, given.only)
    for name, problem in counts.failures:
        print(f"seed {given.seed}, {name}: {problem}")
    return counts.told("calls", "taken")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
