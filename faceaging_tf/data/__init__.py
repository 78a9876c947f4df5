"""Files to batches.

Names are imported when they are first used: reading datasets and aligning faces needs no Keras, and
batches do.
"""

from faceaging_tf.lazy import lazy_names

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
