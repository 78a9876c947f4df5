"""Files to batches."""

from faceaging_tf.data.batches import AgeShiftBatches, DomainBatches, GroupBatches, LabelledBatches
from faceaging_tf.data.corpus import CorpusError, FaceCorpus, concatenate, load_corpus
