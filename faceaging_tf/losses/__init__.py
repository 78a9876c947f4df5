"""One file per loss: pure functions that give one value per picture."""

from faceaging_tf.losses.adversarial import AdversarialLoss, adversarial_loss
from faceaging_tf.losses.age import age_shift
from faceaging_tf.losses.cycle_consistency import cycle_consistency
from faceaging_tf.losses.identity_mapping import identity_mapping
from faceaging_tf.losses.mean_absolute import mean_absolute
from faceaging_tf.losses.ramp import Ramp, as_ramp
from faceaging_tf.losses.weak_l1 import weak_l1
