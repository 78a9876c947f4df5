"""An optimizer for the maps and few numbers of a head generator's edit."""

import keras
from keras import ops

from faceaging_tf.layers.gaussian import kernel

# What a weight, named by the end of its path, moves by in a step at a rate of one: about what it
# varies by after teaching.
UNITS = {
    "relief/coarse": 0.06,
    "relief/own": 0.3,
    "tone/change": 0.026,
    "greyed/curve": 15.0,
    "greyed/grey": 0.1,
    "greyed/dark": 0.1,
}
# Gaussians in pixels of the map, by which gradients are smoothed: what ageing does to the mean face
# is smooth.
SMOOTH = {"relief/coarse": 1.5, "tone/change": 2.0}


@keras.saving.register_keras_serializable(package="faceaging_tf")
class MapOptimizer(keras.optimizers.Adam):
    """Adam, each weight in its own unit (`UNITS`), maps by smoothed gradients (`SMOOTH`), at rest
    until `begin`.

    Args:
        begin: step before which nothing moves, so that a discriminator sees before it is listened
            to.
        **kwargs: of `keras.optimizers.Adam`; epsilon is 1e-10 unless given, for the gradients of a
            map's pixels are small.
    """

    def __init__(self, learning_rate=4e-3, begin=0, **kwargs):
        super().__init__(
            learning_rate, **{"beta_1": 0.5, "beta_2": 0.99, "epsilon": 1e-10, **kwargs}
        )
        self.begin = begin

    def build(self, variables):
        # A step knows a variable by its number alone.
        self.known = [
            (_by_end(UNITS, variable.path, 1.0), _by_end(SMOOTH, variable.path, 0.0))
            for variable in variables
        ]
        super().build(variables)

    def update_step(self, gradient, variable, learning_rate):
        unit, sigma = self.known[self._get_variable_index(variable)]
        if sigma:
            gradient = smoothed(gradient, sigma)
        begun = ops.cast(self.iterations >= self.begin, "float32")
        super().update_step(gradient, variable, ops.cast(learning_rate, "float32") * begun * unit)

    def get_config(self):
        return {**super().get_config(), "begin": self.begin}


def smoothed(maps, sigma):
    """Maps `(..., H, W, C)` blurred by a Gaussian of so many pixels."""
    height, width, channels = maps.shape[-3:]
    planes = ops.reshape(
        ops.moveaxis(ops.reshape(maps, (-1, height, width, channels)), -1, 1),
        (-1, height, width, 1),
    )
    weights = ops.convert_to_tensor(kernel(sigma))
    for shape in ((-1, 1, 1, 1), (1, -1, 1, 1)):
        planes = ops.conv(planes, ops.reshape(weights, shape), padding="same")
    return ops.reshape(
        ops.moveaxis(ops.reshape(planes, (-1, channels, height, width)), 1, -1), maps.shape
    )


def _by_end(table, path, default):
    return next((value for end, value in table.items() if path.endswith(end)), default)
