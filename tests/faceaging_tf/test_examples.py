"""Every example in a docstring of either package runs and gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import faceaging_tf
import zoo


def modules():
    for package in (faceaging_tf, zoo):
        yield package.__name__
        yield from (module.name for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))


# Importing `zoo.__main__` runs the command.
@pytest.mark.parametrize("name", [name for name in modules() if name != "zoo.__main__"])
def test_the_examples_of(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert failed == 0
