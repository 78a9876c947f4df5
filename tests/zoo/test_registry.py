"""The registry: discovery, names, suggestions, registration."""

import pathlib

import pytest

import zoo
from zoo import registry


@pytest.fixture
def spare_entry():
    entry = zoo.Entry(
        name="spare",
        title="Spare",
        builder="faceaging_tf.models:CycleGAN",
        task="None.",
        paper="None.",
        architecture={},
    )
    zoo.register(entry)
    yield entry
    registry.unregister("spare")


def test_the_four_entries_are_listed():
    assert {"cyclegan", "groupgan", "fagan", "fgan"} <= set(zoo.list())


def test_every_folder_with_an_entry_carries_its_name():
    folders = {
        path.parent.name
        for path in pathlib.Path(zoo.__file__).parent.glob("entries/*/__init__.py")
        if "ENTRY = " in path.read_text()
    }
    assert folders == set(registry.list(role=None))


def test_list_leaves_estimators_out():
    assert "age_network" not in zoo.list() and "age_network" in registry.list(
        role=registry.ESTIMATING
    )


def test_unknown_name_is_answered_with_the_nearest_and_with_all():
    with pytest.raises(zoo.ZooError) as caught:
        registry.find("fagn")
    message = str(caught.value)
    assert "Did you mean 'fagan'" in message
    assert all(name in message for name in zoo.list())


@pytest.mark.parametrize(
    "written, meant", [("FA-GAN", "fagan"), ("Cycle_GAN", "cyclegan"), ("group gan", "groupgan")]
)
def test_suggestions_look_past_case_and_hyphens(written, meant):
    assert f"Did you mean '{meant}'" in registry.suggestion(written, zoo.list())


def test_a_name_that_is_like_none_gets_no_suggestion():
    assert registry.suggestion("xxxxxxxx", zoo.list()) == ""


def test_unknown_name_is_a_value_error():
    with pytest.raises(ValueError):
        zoo.load("nobody")


def test_registered_entry_is_listed_and_found(spare_entry):
    assert "spare" in zoo.list() and registry.find("spare") is spare_entry


def test_a_taken_name_is_refused(spare_entry):
    with pytest.raises(zoo.ZooError, match="taken"):
        zoo.register(spare_entry)


def test_register_takes_entries_only():
    with pytest.raises(zoo.ZooError, match="zoo.Entry"):
        zoo.register("fagan")


def test_unregistering_what_the_zoo_holds_itself_is_refused():
    with pytest.raises(zoo.ZooError, match="fagan"):
        registry.unregister("fagan")


def test_a_builder_that_cannot_be_imported_is_named():
    entry = zoo.Entry(
        name="lost", title="Lost", builder="faceaging_tf.models:NoSuchModel", task="", paper=""
    )
    with pytest.raises(zoo.ZooError, match="faceaging_tf.models:NoSuchModel"):
        entry.model_class()


def test_unknown_attribute_of_the_package_names_the_public_ones():
    with pytest.raises(AttributeError, match="describe"):
        zoo.loda
