"""What `fit` needs around it."""

from faceaging_tf.training.cost import step_flops
from faceaging_tf.training.health import Limits
from faceaging_tf.training.run import Checkpoint, Log, WallClock, train
from faceaging_tf.training.sample_sheet import SampleSheet, sample_sheet
from faceaging_tf.training.schedules import LinearDecay
from faceaging_tf.training.stability import StabilityError, StabilityGuard, restarts_of
