"""One file a loss: pure functions of one value a picture, and `keras.losses.Loss` around them."""

from faceaging_tf.losses.adversarial import AdversarialLoss, adversarial_loss
from faceaging_tf.losses.age import AgeLoss, age_shift
from faceaging_tf.losses.cycle_consistency import CycleConsistencyLoss, cycle_consistency
from faceaging_tf.losses.identity_mapping import IdentityMappingLoss, identity_mapping
from faceaging_tf.losses.mean_absolute import mean_absolute
from faceaging_tf.losses.ramp import Ramp, as_ramp
from faceaging_tf.losses.weak_l1 import WeakL1Loss, weak_l1
