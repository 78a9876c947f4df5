"""The verbs of `zoo` that take the fields of their options."""

import dataclasses
import inspect
import math
import pathlib

import pytest

import zoo
from zoo.tasks import evaluate, export, prepare, train


@pytest.mark.parametrize("task", [evaluate, export, prepare, train])
def test_a_verb_takes_the_fields_of_its_options_and_says_what_they_are(task):
    name = task.__name__.rpartition(".")[2]
    verb = getattr(zoo, name)
    fields = [field.name for field in dataclasses.fields(task.Options)]
    assert list(inspect.signature(verb).parameters) == fields
    assert all(field in verb.__doc__ for field in fields) and "Raises:" in verb.__doc__


def test_the_fields_reach_the_task():
    with pytest.raises(zoo.ZooError, match="There is no corpus at 'nowhere.zip'"):
        zoo.train("cyclegan", ["nowhere.zip"], "runs/try")
    with pytest.raises(TypeError, match="stepps"):
        zoo.train("cyclegan", ["drawn"], "runs/try", stepps=3)


def test_one_path_instead_of_a_list_is_refused():
    with pytest.raises(zoo.ZooError, match=r"a list of names or paths, such as \['drawn'\]"):
        zoo.train("cyclegan", "drawn", "runs/try")


def test_a_photo_can_be_swept_and_a_video_aged_by_name():
    for verb in (zoo.sweep, zoo.age_video):
        with pytest.raises(zoo.FaceAgingError, match="nowhere"):
            verb("nowhere.jpg", 10, 20, "out.mp4") if verb is zoo.sweep else verb("nowhere.mp4", 30)


@pytest.mark.parametrize(
    "work, sentence",
    [
        (lambda: zoo.train("fagan", 5, "run"), "corpora was 5; it needs a list"),
        (lambda: zoo.train("fagan", [], "run"), "corpora was empty"),
        (lambda: zoo.train("fagan", ["drawn"], 7), "out was 7; it needs a name"),
        (lambda: zoo.prepare(None, "out"), "source was None; it needs a name or a path"),
        (lambda: zoo.evaluate(5), "subjects was 5; it needs a list"),
        (lambda: zoo.export(None), "entry was None; it needs a name"),
        (lambda: zoo.prepare("in", None), "out was None; it needs a name or a path"),
        (
            lambda: zoo.prepare("in", "out", layout=3),
            "layout was 3; it needs a name or a path or None",
        ),
        (lambda: zoo.prepare("in", "out", settings=None), "settings was None; it needs a dict"),
        (
            lambda: zoo.train("fagan", ["drawn"], "run", steps="x"),
            "steps was 'x'; it needs a whole",
        ),
        (
            lambda: zoo.train("fagan", ["drawn"], "run", minutes=math.nan),
            "minutes was nan; it needs",
        ),
        (
            lambda: zoo.evaluate(["fagan"], years=["x"]),
            "years was .'x'.; it needs a list of numbers",
        ),
        (lambda: zoo.evaluate(["fagan"], years="20"), "years was '20'; it needs a list of numbers"),
        (
            lambda: zoo.evaluate(["fagan"], older_from=(1, 2, 3)),
            "older_from was .1, 2, 3.; it needs",
        ),
        (
            lambda: zoo.evaluate(["fagan"], limit=0),
            "limit was 0; it needs a whole number, 1 or more",
        ),
        (lambda: zoo.train("fagan", ["drawn"], "run", steps=-1), "steps was -1; it needs a whole"),
        (
            lambda: zoo.train("fagan", ["drawn"], "run", precision="x"),
            "precision was 'x'; it needs one",
        ),
        (lambda: zoo.export("fagan", batch=-1), "batch was -1; it needs a whole number, 0 or more"),
        (lambda: zoo.export("fagan", as_bytes=1), "as_bytes was 1; it needs True or False"),
    ],
)
def test_what_is_not_of_its_kind_is_refused(work, sentence):
    with pytest.raises(zoo.ZooError, match=sentence):
        work()


def test_a_path_is_as_good_as_its_text():
    with pytest.raises(zoo.FaceAgingError, match="There is nothing at nowhere"):
        zoo.prepare(pathlib.Path("nowhere"), pathlib.Path("out"))
