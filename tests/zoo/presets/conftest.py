"""A preset of a tiny model."""

import shutil

import keras
import pytest
import tiny

import zoo


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return tiny.age_regressor()


@pytest.fixture(scope="module")
def saved_once(model, tmp_path_factory):
    return zoo.save(
        model,
        tmp_path_factory.mktemp("presets") / "tiny",
        entry="age_network",
        card=zoo.Card(
            training_data="Nothing.",
            licence="Free.",
            metrics={"error, years": 41.5},
            how_to_measure="make measure",
        ),
    )


@pytest.fixture
def folder(saved_once, tmp_path):
    return shutil.copytree(saved_once, tmp_path / "tiny")
