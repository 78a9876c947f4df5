"""Run by `test_papers_losses.py` with `KERAS_BACKEND=jax` as a process of its own, where TensorFlow
cannot be imported.

    python papers_on_jax.py FILE ENTRY

Writes what `papers_losses.compared` gives for an entry of a paper.
"""

import json
import pathlib
import sys

sys.modules["tensorflow"] = None

import papers_losses

found = [
    {key: float(value) for key, value in values.items()}
    for values in papers_losses.compared(sys.argv[2])
]
pathlib.Path(sys.argv[1]).write_text(json.dumps(found))
