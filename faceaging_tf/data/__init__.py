"""Files to batches.

Names are imported when they are first used: reading datasets and aligning faces needs no Keras, and
batches do.
"""

from typing import TYPE_CHECKING

from faceaging_tf.lazy import lazy_names

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

__all__, __getattr__, __dir__ = lazy_names(
    __name__,
    {
        "AgeShiftBatches": "faceaging_tf.data.batches",
        "CorpusError": "faceaging_tf.data.corpus",
        "DomainBatches": "faceaging_tf.data.batches",
        "FaceCorpus": "faceaging_tf.data.corpus",
        "GroupBatches": "faceaging_tf.data.batches",
        "HeadBatches": "faceaging_tf.data.head_batches",
        "LabelledBatches": "faceaging_tf.data.batches",
        "concatenate": "faceaging_tf.data.corpus",
        "load_corpus": "faceaging_tf.data.corpus",
    },
)
