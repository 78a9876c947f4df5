"""Training an entry by name: what is checked first, what a run leaves, and that it goes on."""

import csv
import dataclasses
import json
import shutil

import keras
import pytest
from PIL import Image

import zoo
from faceaging_tf.data.drawn_faces import drawn_corpus
from faceaging_tf.data.parquet_corpus import FORMAT
from faceaging_tf.models import AgeRegressor
from faceaging_tf.training import precision
from zoo import registry
from zoo.cli.main import main
from zoo.tasks import train, train_corpora


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A folder of 40 drawn faces and their ages."""
    folder = tmp_path_factory.mktemp("corpus")
    drawn = drawn_corpus(people=8, faces_per_person=5, size=32)
    with open(folder / "faces.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "age"])
        for number, (face, age) in enumerate(zip(drawn.faces, drawn.age, strict=True)):
            Image.fromarray(face).save(folder / f"{number}.png")
            writer.writerow([f"{number}.png", age])
    return str(folder)


@pytest.fixture
def tiny_entry():
    """An age network of a few thousand weights."""
    entry = zoo.Entry(
        name="tiny", title="Tiny", builder="faceaging_tf.models:AgeRegressor", task="T.", paper="P.", role=registry.ESTIMATING,
        architecture={"image_size": 32, "network": {"network": "age_network", "widths": [4, 8], "blocks": [1, 1]}},
        training=zoo.Training("faceaging_tf.training.batches_for:age_regressor_batches", steps=2, batch_size=4),
    )  # fmt: skip
    zoo.register(entry)
    yield entry
    registry.unregister("tiny")


@pytest.fixture
def options(tiny_entry, corpus, tmp_path):
    return train.Options(entry="tiny", corpora=(corpus,), out=str(tmp_path / "run"))


def test_a_run_leaves_a_preset_that_loads(options):
    preset, finished = train.train(options, verbose=0)
    assert finished and isinstance(zoo.load(preset), AgeRegressor)


def test_the_preset_says_what_it_was_trained_on(options, corpus):
    preset, _ = train.train(options, verbose=0)
    metadata = json.loads((preset / "metadata.json").read_text())
    # Two of forty rows are for validation, two for testing.
    assert metadata["training_data"].startswith(f"36 faces of {corpus}")


def test_the_options_are_saved_with_the_run(options, tmp_path):
    train.train(options, verbose=0)
    assert json.loads((tmp_path / "run" / "options.json").read_text())["entry"] == "tiny"


def test_a_try_of_a_few_steps_shows_four_of_them(options, tmp_path):
    train.train(dataclasses.replace(options, steps=8), verbose=0)
    assert [
        json.loads(line)["step"]
        for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    ] == [2, 4, 6, 8]


def test_the_terms_of_drawn_faces_are_nobodys():
    drawn = drawn_corpus(people=2, faces_per_person=5, size=32)
    said = train_corpora.said_of(drawn, ["drawn"])
    assert said == "10 faces that the project draws; nobody's photographs."


def test_a_longer_run_goes_on_where_the_shorter_stopped(options, tmp_path):
    train.train(dataclasses.replace(options, steps=100), verbose=0)
    train.train(dataclasses.replace(options, steps=200), verbose=0)
    steps = [
        json.loads(line)["step"]
        for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()
    ]
    assert steps == [100, 200]


def test_other_options_do_not_go_on_with_a_run(options):
    train.train(options, verbose=0)
    with pytest.raises(zoo.ZooError, match="holds a run with other options .*seed 0"):
        train.train(dataclasses.replace(options, seed=1), verbose=0)


def test_options_that_nobody_typed_are_not_told(options):
    train.train(dataclasses.replace(options, steps=3), verbose=0)
    with pytest.raises(
        zoo.ZooError, match=r"\(steps 3, now not given\).* goes on with as many alone"
    ):
        train.check(options)


def test_a_corpus_that_changed_under_its_path_is_noticed(options, corpus, tmp_path):
    own = shutil.copytree(corpus, tmp_path / "corpus")
    mine = dataclasses.replace(options, corpora=(str(own),))
    train.train(mine, verbose=0)
    train.train(dataclasses.replace(mine, corpora=(f"{own}/",)), verbose=0)
    shutil.copy(own / "5.png", own / "9.png")
    with pytest.raises(zoo.ZooError, match="has changed since the run in .* began"):
        train.train(mine, verbose=0)


def test_a_fast_half_precision_is_taken_and_said(options, tmp_path, monkeypatch, capsys):
    policies, trained = [], train._trained
    note = lambda *arguments: (
        policies.append(keras.config.dtype_policy().name),
        trained(*arguments),
    )[1]
    monkeypatch.setattr(train, "_trained", note)
    (tmp_path / "cpuinfo").write_text("flags : amx_bf16\n")
    monkeypatch.setattr(precision, "CPU", tmp_path / "cpuinfo")
    place = ["--corpus", *options.corpora, "--out", options.out]
    assert main(["train", "tiny", *place]) == 0
    assert policies == ["mixed_bfloat16"] and "precision: mixed_bfloat16" in capsys.readouterr().out
    train.train(
        dataclasses.replace(options, out=str(tmp_path / "b"), precision="float32"), verbose=0
    )
    assert policies[1] == "float32"


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_the_dtype_policy_is_put_back(options, precision):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        train.train(dataclasses.replace(options, precision=precision), verbose=0)
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_dtype_policy(before)


def test_a_size_that_the_networks_do_not_have_is_refused_before_the_corpus_is_read(
    options, tmp_path
):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "faces.csv").write_text("file,age\n")
    zoo.register(
        dataclasses.replace(
            registry.find("tiny"),
            name="tiny-fagan",
            builder="faceaging_tf.models:FAGAN",
            architecture=TINY["fagan"],
        )
    )
    try:
        with pytest.raises(
            zoo.ZooError,
            match="image_size=50: .*; an image_size that is a multiple of 32 fits every network",
        ):
            train.train(
                dataclasses.replace(
                    options, entry="tiny-fagan", corpora=(str(tmp_path / "empty"),), image_size=50
                )
            )
    finally:
        registry.unregister("tiny-fagan")


def test_an_age_network_that_ages_faces_is_refused(options, tiny_preset):
    with pytest.raises(
        zoo.ZooError, match="ages faces; it needs what estimates ages: age_judge, age_network"
    ):
        train.check(dataclasses.replace(options, entry="fagan", age_network=tiny_preset))


def test_a_missing_corpus_is_refused(options):
    with pytest.raises(zoo.ZooError, match="no corpus at 'nowhere'"):
        train.check(dataclasses.replace(options, corpora=("nowhere",)))


def prepared(folder, frame):
    """The path of a prepared corpus that holds nothing but what it says of itself."""
    folder.mkdir()
    told = {"format": FORMAT, "frame": frame, "shards": []}
    (folder / "corpus.json").write_text(json.dumps(told))
    return str(folder)


@pytest.mark.parametrize(
    "entry, frame, other",
    [
        ("fagan", "whole_head", "tight"),
        ("fgan", "whole_head", "tight"),
        ("cyclegan", "tight", "whole_head"),
    ],
)
def test_a_corpus_of_another_frame_is_refused(options, tmp_path, entry, frame, other):
    fits = dataclasses.replace(options, entry=entry, corpora=(prepared(tmp_path / "fits", frame),))
    train.check(fits)
    wrong = dataclasses.replace(fits, corpora=(prepared(tmp_path / "wrong", other),))
    with pytest.raises(
        zoo.ZooError,
        match=f"are aligned in the {other} frame, and '{entry}' learns from the {frame} one; prepare a corpus with",
    ):
        train.check(wrong)


def test_drawn_faces_are_no_whole_heads(options):
    with pytest.raises(zoo.ZooError, match="'drawn' are aligned in the tight frame, and 'fagan'"):
        train.check(dataclasses.replace(options, entry="fagan", corpora=("drawn",)))


def test_a_corpus_that_does_not_say_its_frame_is_warned_of(options, caplog):
    entry = registry.find("tiny")
    whole = dataclasses.replace(entry, architecture={**entry.architecture, "frame": "whole_head"})
    with caplog.at_level("WARNING", logger="absl"):
        train_corpora.warn_of_frames(entry, options)
        assert caplog.text == ""
        train_corpora.warn_of_frames(whole, options)
    assert "does not say how its faces are aligned" in caplog.text


def test_a_gan_needs_a_trained_age_network(options, tmp_path):
    with pytest.raises(zoo.ZooError, match="no preset at"):
        train.check(
            dataclasses.replace(options, entry="fagan", age_network=str(tmp_path / "nowhere"))
        )


def test_an_entry_that_says_nothing_about_training_is_refused(options):
    zoo.register(dataclasses.replace(registry.find("tiny"), name="silent", training=None))
    with pytest.raises(zoo.ZooError, match="says nothing about its training"):
        train.check(dataclasses.replace(options, entry="silent"))
    registry.unregister("silent")


GENERATOR = {"network": "mobile_generator", "widths": [4, 4, 4, 4], "blocks": 1}
DISCRIMINATOR = {"network": "patch_discriminator", "filters": 4, "stages": 2}
NETWORKS = {
    "image_size": 32,
    "generator": GENERATOR,
    "discriminator": DISCRIMINATOR,
    "age_network": {"network": "age_network"},
}
# Two groups are one pair: the real class at the least cost.
TWO_GROUPS = {**NETWORKS, "groups": [[0, 40], [40, 100]]}
TINY = {
    "cyclegan": NETWORKS,
    "fagan": NETWORKS,
    "groupgan": TWO_GROUPS,
    "fgan": {"image_size": 32, "fa_gan": NETWORKS, "group_gan": TWO_GROUPS},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TINY))
def test_every_entry_trains_on_drawn_faces(name, options, tmp_path):
    age_network, _ = train.train(options, verbose=0)
    zoo.register(
        dataclasses.replace(
            registry.find(name), name="tiny-" + name, architecture=TINY[name], small_architecture={}
        )
    )
    own = dataclasses.replace(
        options,
        entry="tiny-" + name,
        corpora=("drawn",),
        out=str(tmp_path / name),
        steps=2,
        batch_size=2,
        age_network=str(age_network),
    )
    preset, finished = train.train(own, verbose=0)
    registry.unregister("tiny-" + name)
    assert finished and zoo.load(preset).image_size == 32
