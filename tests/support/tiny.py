"""Tiny configurations of the real classes, and batches of noise for them."""

import keras
import numpy as np

SIZE = 32
AGE_NETWORK = {"network": "age_network", "widths": [4], "blocks": [1]}
RESNET = {"network": "resnet_generator", "filters": 4, "blocks": 1}
MOBILE = {"network": "mobile_generator", "widths": [4, 4, 4, 4], "blocks": 1, "vector": 4}
HEAD = {
    "network": "head_generator",
    "parser": {"image_size": SIZE, "widths": [4, 4, 4, 4], "blocks": 1},
    "exemplars": 3,
    "relief_side": 24,
    "refinement": 2,
}
DISCRIMINATOR = {"network": "patch_discriminator", "filters": 4, "stages": 2}
SPECTRAL = {**DISCRIMINATOR, "spectral": True}
# For what must be traced or compiled: that costs by the number of layers.
FEW_LAYERS = {"generator": {**RESNET, "blocks": 0}, "discriminator": {**DISCRIMINATOR, "stages": 1}}
FEW_SPECTRAL_LAYERS = {
    "generator": FEW_LAYERS["generator"],
    "discriminator": {**SPECTRAL, "stages": 1},
}
NO_AUGMENTATION = {
    name: 0.0 for name in ("shift", "turn", "scale", "light", "colour", "blur", "grain")
} | {"mirror": False}


def faces(number=2, size=SIZE, seed=0):
    """Noise as faces, `(number, size, size, 3)` uint8."""
    return np.random.default_rng(seed).integers(0, 256, (number, size, size, 3), dtype="uint8")


def domain_batch(number=2, seed=0):
    """What `CycleGAN` trains on."""
    return {"younger": faces(number, seed=2 * seed), "older": faces(number, seed=2 * seed + 1)}


def age_shift_batch(number=2, seed=0):
    """What `FAGAN` trains on."""
    rng = np.random.default_rng(seed)
    batch = {}
    for way, sign in (("aging", 1), ("rejuvenation", -1)):
        batch[f"{way}_face"] = rng.integers(0, 256, (number, SIZE, SIZE, 3), dtype="uint8")
        batch[f"{way}_age"] = rng.uniform(30, 50, number).astype("float32")
        batch[f"{way}_years"] = (sign * rng.uniform(5, 30, number)).astype("float32")
    batch["real_face"] = rng.integers(0, 256, (2 * number, SIZE, SIZE, 3), dtype="uint8")
    batch["real_age"] = rng.uniform(10, 70, 2 * number).astype("float32")
    return batch


class Steps(keras.utils.PyDataset):
    """Batches for `fit`: step i is `make_batch(number_of_faces, seed=first + i)`."""

    def __init__(self, make_batch, number, first=0, number_of_faces=2):
        super().__init__()
        self.make_batch, self.number, self.first, self.number_of_faces = (
            make_batch,
            number,
            first,
            number_of_faces,
        )

    def __len__(self):
        return self.number

    def __getitem__(self, index):
        return (self.make_batch(self.number_of_faces, seed=self.first + index),)


def age_regressor(**more):
    from faceaging_tf.models import AgeRegressor

    return AgeRegressor(SIZE, {**AGE_NETWORK, "widths": [4, 8], "blocks": [1, 1]}, **more)


def cyclegan(**more):
    from faceaging_tf.models import CycleGAN

    arguments = {
        "generator": RESNET,
        "discriminator": DISCRIMINATOR,
        "age_network": AGE_NETWORK,
        "pool_size": 4,
    }
    return CycleGAN(SIZE, **{**arguments, **more})


def fagan(**more):
    from faceaging_tf.models import FAGAN

    return FAGAN(
        SIZE, **{"generator": MOBILE, "discriminator": SPECTRAL, "age_network": AGE_NETWORK, **more}
    )


def moving_fagan(**more):
    """A `FAGAN` of two generators that move the face."""
    arguments = {
        "generator": {**MOBILE, "blocks": 0, "warp": 0.1},
        "discriminator": FEW_SPECTRAL_LAYERS["discriminator"],
    }
    return fagan(**{**arguments, **more})


def whole_fagan(**more):
    """A `FAGAN` of whole heads, one generator for both directions, each part of ageing with a
    strength.
    """
    arguments = {
        "generator": HEAD,
        "rejuvenation_generator": "shared",
        "discriminator": FEW_SPECTRAL_LAYERS["discriminator"],
        "frame": "whole_head",
    }
    return fagan(**{**arguments, **more})


def group_gan(**more):
    from faceaging_tf.models import GroupGAN

    arguments = {
        "generator": RESNET,
        "discriminator": DISCRIMINATOR,
        "age_network": AGE_NETWORK,
        "pool_size": 4,
    }
    return GroupGAN(SIZE, **{**arguments, **more})


def without_augmentation(model):
    """A `FAGAN` not yet compiled whose discriminator and age network see faces as they are."""
    from faceaging_tf.layers import FaceAugmentation

    for name in ("discriminator_view", "age_view"):
        view = FaceAugmentation(**NO_AUGMENTATION, name=name)
        view.build((None, SIZE, SIZE, 3))
        setattr(model, name, view)
    return model


def randomized(model, seed=0):
    """The model with weights away from where they began: modulations, gammas and last layers do
    something.
    """
    rng = np.random.default_rng(seed)
    for variable in model.trainable_variables:
        variable.assign_add(rng.normal(scale=0.1, size=variable.shape))
    return model


def sgd(rate):
    """Plain enough that a gradient twice too large shows, with a state of its own."""
    return keras.optimizers.SGD(rate, momentum=0.9)


def everything(model):
    """All that a run's future hangs on, by what it is: weights, optimizers, the step's number,
    random states.
    """
    state = {
        f"weight {number} {variable.name}": variable
        for number, variable in enumerate(model.weights)
    }
    state |= {
        f"optimizer {number} {variable.name}": variable
        for number, variable in enumerate(model.optimizer.variables)
    }
    seeds = [
        variable
        for variable in model.non_trainable_variables
        if variable.path.endswith("seed_generator_state")
    ]
    state |= {f"seed {number}": variable for number, variable in enumerate(seeds)}
    return {name: keras.ops.convert_to_numpy(variable) for name, variable in state.items()}
