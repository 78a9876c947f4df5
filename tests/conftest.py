"""Every test begins from the same random state, whichever ran before it, and what tests share from another."""

import keras
import pytest


@pytest.fixture(autouse=True, scope="session")
def _seed_of_what_a_session_shares():
    keras.utils.set_random_seed(3)


@pytest.fixture(autouse=True, scope="module")
def _seed_of_what_a_module_shares():
    keras.utils.set_random_seed(2)


@pytest.fixture(autouse=True)
def _seed_of_a_test():
    keras.utils.set_random_seed(1)
