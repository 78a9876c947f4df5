"""Every test begins from the same random state, whichever ran before it; notebooks are shared out
one by one.
"""

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


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """As `--dist loadfile`, but for the notebooks: together they would keep one core busy after the
    other has ended.
    """
    from xdist.scheduler import LoadFileScheduling

    class ByFileOrNotebook(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return nodeid if "test_it_runs[" in nodeid else super()._split_scope(nodeid)

    return ByFileOrNotebook(config, log)
