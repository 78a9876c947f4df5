"""Files to batches.

Names are imported when they are first used: reading datasets and aligning faces needs no Keras, and
batches do.
"""

import importlib

_PUBLIC = {
    "AgeShiftBatches": "batches",
    "CorpusError": "corpus",
    "DomainBatches": "batches",
    "FaceCorpus": "corpus",
    "GroupBatches": "batches",
    "HeadBatches": "head_batches",
    "LabelledBatches": "batches",
    "concatenate": "corpus",
    "load_corpus": "corpus",
}
__all__ = sorted(_PUBLIC)


def __getattr__(name):
    if name not in _PUBLIC:
        raise AttributeError(
            f"module 'faceaging_tf.data' has no attribute {name!r}; it has {', '.join(__all__)}."
        )
    return getattr(importlib.import_module(f"faceaging_tf.data.{_PUBLIC[name]}"), name)


def __dir__():
    return sorted({*globals(), *__all__})
