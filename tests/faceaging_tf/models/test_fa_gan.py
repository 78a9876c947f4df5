"""FA-GAN: one generator each way, told the years and the age."""

import keras
import numpy as np
import pytest
import tiny
from tiny import faces

from faceaging_tf.models import FAGAN


def in_range(pictures):
    return pictures.astype("float32") / 127.5 - 1


def test_years_above_zero_go_to_one_generator_and_below_to_the_other(fagan):
    x, years, ages = in_range(faces(3)), np.array([12.5, -20.0, 30.0], "float32"), np.array([30.0, 50.0, 40.0], "float32")
    aged = fagan.aged(x, years, ages)
    for row, name in enumerate(("aging", "rejuvenation", "aging")):
        rows = slice(row, row + 1)
        expected = fagan.averages[name]([x[rows], years[rows, None], ages[rows, None]])
        np.testing.assert_allclose(aged[rows], expected, atol=1e-5)


def test_the_years_matter(fagan):
    assert not np.array_equal(fagan.transform(faces(1), 10, 30), fagan.transform(faces(1), 40, 30))


def test_the_age_matters(fagan):
    assert not np.array_equal(fagan.transform(faces(1), 20, 20), fagan.transform(faces(1), 20, 50))


def test_networks_given_as_specifications_or_models_are_the_same():
    from faceaging_tf import networks

    model = tiny.fagan(generator=networks.build(tiny.MOBILE, image_size=32, conditioned=True))
    assert model.get_config()["generator"] == tiny.fagan().get_config()["generator"]
    assert not {id(w) for w in model.aging_generator.weights} & {id(w) for w in model.rejuvenation_generator.weights}


def test_its_configuration_holds_every_network_and_argument():
    model = tiny.fagan(adversarial="least_squares", age_sees="image", wrong_age=0.1, weights={"age": 2.0}, momentum=0.9, seed=5)
    config = model.get_config()
    assert config["age_network"] == {"image_size": 32, **tiny.AGE_NETWORK}
    assert config["generator"] == {"image_size": 32, "conditioned": True, **tiny.MOBILE}
    assert config["discriminator"] == {"image_size": 32, "conditioned": True, **tiny.SPECTRAL}
    assert {name: config[name] for name in ("adversarial", "age_sees", "wrong_age", "momentum", "seed")} == {
        "adversarial": "least_squares",
        "age_sees": "image",
        "wrong_age": 0.1,
        "momentum": 0.9,
        "seed": 5,
    }
    assert config["weights"]["age"] == 2.0 and config["weights"]["cycle"] == [2.0, 4.0, 450, 1050]


def test_the_age_network_is_never_trained():
    model = tiny.fagan()
    trained = {id(variable) for variable in model.trainable_variables}
    assert not trained & {id(variable) for variable in model.age_regressor.network.variables}


def test_compiled_saved_and_loaded_it_is_the_same(tmp_path):
    model = tiny.fagan()
    model.compile(tiny.sgd(0.01), tiny.sgd(0.02))
    model.train_step(tiny.age_shift_batch())
    model.save(tmp_path / "fagan.keras")
    loaded = keras.saving.load_model(tmp_path / "fagan.keras")
    assert type(loaded) is FAGAN
    expected, found = tiny.everything(model), tiny.everything(loaded)
    assert expected.keys() == found.keys()
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)


def test_another_age_sees_is_refused():
    with pytest.raises(ValueError, match='age_sees=\'colour\'; it needs "luminance" or "image"'):
        tiny.fagan(age_sees="colour")
