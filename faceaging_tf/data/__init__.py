"""Files to batches.

Names are imported when they are first used: reading datasets and aligning faces needs no Keras, and
batches do.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # The same for type checkers, which do not follow `__getattr__`.
    from faceaging_tf.data.batches import AgeShiftBatches as AgeShiftBatches
    from faceaging_tf.data.batches import DomainBatches as DomainBatches
    from faceaging_tf.data.batches import GroupBatches as GroupBatches
    from faceaging_tf.data.batches import LabelledBatches as LabelledBatches
    from faceaging_tf.data.corpus import CorpusError as CorpusError
    from faceaging_tf.data.corpus import FaceCorpus as FaceCorpus
    from faceaging_tf.data.corpus import concatenate as concatenate
    from faceaging_tf.data.corpus import load_corpus as load_corpus
    from faceaging_tf.data.head_batches import HeadBatches as HeadBatches

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


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(
            f"module 'faceaging_tf.data' has no attribute {name!r}; it has {', '.join(__all__)}."
        )
    return getattr(importlib.import_module(f"faceaging_tf.data.{_PUBLIC[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
