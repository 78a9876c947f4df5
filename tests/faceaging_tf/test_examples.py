"""Every example in a docstring runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import faceaging_tf

PACKAGES = ("layers", "networks", "losses", "models", "data", "training", "evaluate")


def modules():
    for package in PACKAGES:
        path = importlib.import_module(f"faceaging_tf.{package}").__path__
        yield from (module.name for module in pkgutil.walk_packages(path, f"faceaging_tf.{package}."))


@pytest.mark.parametrize("name", list(modules()))
def test_the_examples_of(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
