"""The released recipe on drawn heads: what it writes, that it goes on, and what it refuses."""

import dataclasses
import json

import drawn_heads
import numpy as np
import pytest

import zoo
from zoo import registry
from zoo.tasks import train

TINY = {
    "image_size": 256,
    "frame": "whole_head",
    "generator": {
        "network": "head_generator",
        "exemplars": 3,
        "relief_side": 48,
        "parser": {"widths": [4, 4, 4, 4], "blocks": 1},
    },
    "rejuvenation_generator": "shared",
    "discriminator": {"network": "patch_discriminator", "filters": 4, "stages": 2},
    "age_network": {"network": "age_network"},
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return str(
        drawn_heads.write_heads(
            tmp_path_factory.mktemp("heads") / "heads.zip", drawn_heads.drawn_heads(80)
        )
    )


@pytest.fixture(scope="module")
def exemplars(tmp_path_factory):
    path = tmp_path_factory.mktemp("exemplars") / "exemplars.csv"
    path.write_text(
        "file,roles\nfaces/79.png,male forehead\nfaces/78.png,female\nfaces/77.png,male forehead\n",
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture(scope="module")
def entry(exemplars):
    found = dataclasses.replace(
        registry.find("fagan"),
        name="tiny_heads",
        architecture=TINY,
        exemplars=exemplars,
        preset=None,
    )
    zoo.register(found)
    yield found
    registry.unregister("tiny_heads")


@pytest.fixture(scope="module")
def options(entry, corpus, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "run"
    return train.Options(
        entry=entry.name, corpora=(corpus,), out=str(run), steps=3, batch_size=2, recipe="released"
    )


@pytest.fixture(scope="module")
def preset(options):
    return train.train(options, verbose=0)[0]


def test_the_preset_is_the_entry_without_its_discriminator(preset):
    config = zoo.load(preset).get_config()
    assert (
        config["discriminator"] is None
        and config["frame"] == "whole_head"
        and config["image_size"] == 256
    )
    assert {name: config["generator"][name] for name in ("exemplars", "relief_side", "parser")} == {
        name: TINY["generator"][name] for name in ("exemplars", "relief_side", "parser")
    }


def test_the_atlas_is_learned(preset):
    generator = zoo.load(preset).aging_generator
    assert np.array(generator.get_layer("relief").roles).tolist() == [
        [1, 0, 1],
        [0, 1, 0],
        [1, 0, 1],
    ]
    assert (
        np.abs(np.array(generator.get_layer("tone").change)).max() > 0
        and np.abs(np.array(generator.get_layer("greyed").brows)).max() > 0.5
    )


def test_of_too_few_validation_heads_no_curve_is_made(preset):
    assert zoo.load(preset).calibration == {"aging": None, "rejuvenation": None}


def test_given_again_it_teaches_no_second_time(preset, options, monkeypatch):
    from faceaging_tf.training.stages import teaching

    def refuse(*arguments, **kwargs):
        raise AssertionError("the parser was taught again")

    monkeypatch.setattr(teaching, "teach_parser", refuse)
    before = zoo.load(preset).aging_generator.get_weights()
    again, finished = train.train(options, verbose=0)
    assert finished and all(
        np.array_equal(*pair)
        for pair in zip(before, zoo.load(again).aging_generator.get_weights(), strict=True)
    )


def test_a_parser_can_be_taken_from_a_preset(preset, options, tmp_path):
    other = dataclasses.replace(options, out=str(tmp_path / "run"), parser=str(preset), judge=None)
    model = zoo.load(train.train(other, verbose=0)[0])
    taken, given = (
        each.aging_generator.get_layer("face_parser").get_weights()
        for each in (model, zoo.load(preset))
    )
    assert model.calibration is None and all(
        np.array_equal(*pair) for pair in zip(taken, given, strict=True)
    )


def test_a_preset_without_a_parser_is_refused(options, tmp_path):
    other = dataclasses.replace(options, out=str(tmp_path / "run"), parser="age_judge")
    with pytest.raises(zoo.ZooError, match="--parser age_judge holds no face parser"):
        train.train(other, verbose=0)


@pytest.mark.slow
def test_steps_against_a_discriminator_move_the_tone_and_go_on(preset, options, tmp_path):
    other = dataclasses.replace(
        options, out=str(tmp_path / "run"), parser=str(preset), judge=None, adversarial_steps=2
    )
    tones = [
        np.array(zoo.load(made).aging_generator.get_layer("tone").change)
        for made in (preset, *(train.train(other, verbose=0)[0] for _ in range(2)))
    ]
    assert np.abs(tones[1] - tones[0]).max() > 1e-6
    np.testing.assert_array_equal(tones[1], tones[2])
    log = (tmp_path / "run" / "adversarial" / "log.jsonl").read_text().splitlines()
    assert len(log) == 1 and 0 <= json.loads(log[0])["accuracy"] <= 1


@pytest.fixture
def translations(entry):
    found = dataclasses.replace(
        entry,
        name="tiny_translations",
        builder="faceaging_tf.models:CycleGAN",
        architecture={name: TINY[name] for name in TINY if name != "rejuvenation_generator"},
    )
    zoo.register(found)
    yield found
    registry.unregister("tiny_translations")


@pytest.mark.slow
def test_translations_begin_from_a_presets_generator_and_are_trained(
    preset, options, translations, tmp_path
):
    taught = dataclasses.replace(
        options, entry=translations.name, out=str(tmp_path / "taught"), parser=str(preset)
    )
    trained = dataclasses.replace(taught, out=str(tmp_path / "trained"), adversarial_steps=2)
    base = zoo.load(preset).aging_generator
    before, after = (zoo.load(train.train(each, verbose=0)[0]) for each in (taught, trained))
    for model in (before, after):
        for ours, theirs in zip(model.aging_base.get_weights(), base.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    tone = lambda model, name: np.array(model.generators[name].get_layer("tone").change)
    for name in ("aging", "rejuvenation"):
        np.testing.assert_array_equal(tone(before, name), np.array(base.get_layer("tone").change))
        assert np.abs(tone(after, name) - tone(before, name)).max() > 1e-6
        assert (tmp_path / "trained" / "adversarial" / name / "log.jsonl").is_file()


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"entry": "fgan"}, "has no released recipe"),
        ({"corpora": ("drawn",)}, "'drawn' are aligned in the tight frame"),
        ({"exemplars": "nowhere.csv"}, "There is no table of exemplars at nowhere.csv"),
        ({"recipe": "secret"}, "it needs one of paper, released"),
        ({"parser": "no_such_entry"}, "no_such_entry"),
        ({"image_size": 64}, "has no image_size.* Leave --image_size out"),
        ({"minutes": 5.0}, "has no minutes"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_loaded(options, changes, message, tmp_path):
    with pytest.raises(zoo.ZooError, match=message):
        train.check(dataclasses.replace(options, out=str(tmp_path), **changes))


def test_an_entry_of_small_heads_is_refused(entry, options, tmp_path):
    small = dataclasses.replace(entry, name="small_heads", architecture={**TINY, "image_size": 64})
    zoo.register(small)
    try:
        with pytest.raises(zoo.ZooError, match="heads of 256 pixels or more.*small_heads' have 64"):
            train.check(dataclasses.replace(options, entry="small_heads", out=str(tmp_path)))
    finally:
        registry.unregister("small_heads")


def test_exemplars_that_the_first_corpus_does_not_hold_are_refused(options, tmp_path, preset):
    from faceaging_tf.teacher.exemplars import ExemplarError

    table = tmp_path / "exemplars.csv"
    table.write_text("file,roles\ngone.png,male female forehead\n", encoding="utf-8")
    with pytest.raises(ExemplarError, match="holds no gone.png"):
        train.train(
            dataclasses.replace(
                options, out=str(tmp_path / "run"), exemplars=str(table), parser=str(preset)
            ),
            verbose=0,
        )
