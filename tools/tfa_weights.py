"""Weights of Keras 2 CycleGANs with tensorflow-addons' instance normalization, as networks of this
project.

The architecture is that of the Keras examples' CycleGAN
(https://keras.io/examples/generative/cyclegan, A. K. Nain, 2020, in the form it had for Keras 2):
Zhu et al.'s ResNet generator with TensorFlow's "same" padding, instance normalization with gamma
and beta, and no biases but in the last convolution. A weights file of Keras 2 (HDF5) lists its
layers in order, `layer_names`, and each layer its weights, `weight_names`; a nested network is one
layer of many weights.
"""

import dataclasses
from pathlib import Path

import numpy as np

from zoo.errors import ZooError

# That of tfa.layers.InstanceNormalization where nothing else was asked for.
EPSILON = 1e-3
# The convolutions that are not in residual blocks: one of 7x7, two down, two up, one of 7x7.
OUTSIDE_BLOCKS = 6
HOW = 'save it with Keras 2 (TensorFlow up to 2.15) as model.save_weights("name.h5")'


@dataclasses.dataclass(frozen=True)
class LegacyGenerator:
    """A generator's weights as they were found.

    Attributes:
        filters: channels of its first convolution.
        blocks: number of its residual blocks.
        arrays: its weights, float32, in the order of its layers: kernel, gamma, beta of each
            convolution, kernel and bias of the last.
    """

    filters: int
    blocks: int
    arrays: list

    def specification(self, epsilon=EPSILON):
        """The same architecture as `faceaging_tf.networks.build` takes it."""
        own = {
            "filters": self.filters,
            "blocks": self.blocks,
            "strided_padding": "same",
            "affine": True,
            "epsilon": epsilon,
        }
        return {"network": "resnet_generator", **own}

    def put_into(self, network):
        """Gives a network of that specification these weights; its biases that the original has not
        are 0.
        """
        values = []
        for kernel, gamma, beta in zip(
            *(self.arrays[start:-2:3] for start in range(3)), strict=False
        ):
            values += [kernel, np.zeros_like(beta), gamma, beta]
        network.set_weights([*values, *self.arrays[-2:]])


def read_generators(path, names):
    """The generators of a whole CycleGAN's weights file.

    Args:
        path: an `.h5` file that Keras 2 wrote.
        names: names of the generators' layers in it, such as `("generator_G", "generator_F")`.

    Returns:
        A list of a `LegacyGenerator` a name.

    Raises:
        ZooError: no such file, no weights file of Keras 2, no such part in it, or of another
            architecture.
    """
    layers = _read(path)
    if not set(names) & set(layers) and any(name.startswith("conv2d") for name in layers):
        _recognized([weight for layer in layers.values() for weight in layer], path)
        raise ZooError(
            f"{path} holds one network, not a whole CycleGAN; give the files of both generators, that which makes older first."
        )
    for name in names:
        if name not in layers:
            held = ", ".join(name for name, weights in layers.items() if weights)
            raise ZooError(
                f"{path} has no part {name!r}, only {held or 'none with weights'}; say what its generators are called."
            )
    return [_recognized(layers[name], f"{name} of {path}") for name in names]


def read_generator(path):
    """The generator of a file that holds its weights alone; result and errors of
    `read_generators`.
    """
    weights = [weight for layer in _read(path).values() for weight in layer]
    return _recognized(weights, path)


def cyclegan(aging, rejuvenation, image_size, younger, older, age_regressor, epsilon=EPSILON):
    """A released `CycleGAN` (without discriminators) of two generators.

    Args:
        aging: the `LegacyGenerator` that makes faces older.
        rejuvenation: that which makes them younger.
        image_size: side in pixels of the faces that they were trained with, a multiple of 4.
        younger: ages of the younger faces that they were trained with, `(from, to)` in years.
        older: those of the older ones.
        age_regressor: an `AgeRegressor`, whose network tells ages.
        epsilon: of the instance normalizations; a weights file does not hold it.

    Raises:
        ZooError: the generators differ in size.
    """
    from faceaging_tf.models import CycleGAN

    if (aging.filters, aging.blocks) != (rejuvenation.filters, rejuvenation.blocks):
        sizes = " and ".join(
            f"{each.filters} filters and {each.blocks} residual blocks"
            for each in (aging, rejuvenation)
        )
        raise ZooError(
            f"The two generators have {sizes}; a CycleGAN needs two of one size: give two that were trained together."
        )
    model = CycleGAN(
        image_size,
        generator=aging.specification(epsilon),
        age_network=age_regressor.network,
        younger=younger,
        older=older,
    )
    aging.put_into(model.aging_generator)
    rejuvenation.put_into(model.rejuvenation_generator)
    return model


def _read(path):
    """A dict from a layer's name to its weights, `[(name, array), ...]`, both in the order of the
    file.
    """
    import h5py

    path = Path(path)
    if not path.is_file():
        raise ZooError(
            f"There is no file {path}; give the .h5 file of a Keras 2 CycleGAN's weights."
        )
    if not h5py.is_hdf5(path):
        raise ZooError(
            f"{path} is no HDF5 file; {HOW}, from a TensorFlow checkpoint after model.load_weights."
        )
    try:
        with h5py.File(path, "r") as file:
            # model.save puts the weights beside the configuration.
            root = file["model_weights"] if "model_weights" in file else file
            if "layer_names" in root.attrs:
                return {name: _weights_of(root[name]) for name in _names(root, "layer_names")}
            newer = "layers" in file or path.name.endswith(".weights.h5")
    except (OSError, KeyError, ValueError) as error:
        raise ZooError(f"{path} is damaged ({error}); copy it again.") from error
    kind = (
        "in the newer format of .weights.h5 files, which does not say the order of layers"
        if newer
        else "no weights file of Keras 2"
    )
    raise ZooError(f"{path} is {kind}; {HOW}.")


def _weights_of(layer):
    return [(name, np.asarray(layer[name], "float32")) for name in _names(layer, "weight_names")]


def _names(group, attribute):
    return [
        name.decode() if isinstance(name, bytes) else str(name) for name in group.attrs[attribute]
    ]


def _recognized(weights, where):
    """A `LegacyGenerator` of `[(name, array), ...]`; `where` begins the sentence of an error."""
    kinds = [name.rpartition("/")[2].partition(":")[0] for name, _ in weights]
    arrays = [array for _, array in weights]
    expected = "the generator of the Keras examples' CycleGAN"
    if not weights:
        raise ZooError(f"{where} holds no weights; {HOW}.")
    if arrays[0].ndim == 4 and arrays[0].shape[:2] == (4, 4):
        raise ZooError(
            f"{where} begins with a convolution of 4x4, as a U-Net (TensorFlow's own CycleGAN tutorial, pix2pix) or a discriminator does; "
            f"it needs {expected}, a ResNet that begins with one of 7x7."
        )
    counts = {kind: kinds.count(kind) for kind in ("kernel", "gamma", "beta")}
    wanted = counts["kernel"] - 1
    if "moving_mean" in kinds or counts["gamma"] != wanted or counts["beta"] != wanted:
        found = (
            "batch normalization"
            if "moving_mean" in kinds
            else f"{counts['gamma']} gamma and {counts['beta']} beta"
        )
        raise ZooError(
            f"{where} has {counts['kernel']} convolutions with {found}; {expected} has an instance normalization with gamma and beta "
            "(tfa.layers.InstanceNormalization) after each but the last: give one that was trained so."
        )
    blocks, odd = divmod(counts["kernel"] - OUTSIDE_BLOCKS, 2)
    if blocks < 0 or odd:
        raise ZooError(
            f"{where} has {counts['kernel']} convolutions; {expected} has {OUTSIDE_BLOCKS} and two more for each residual block: "
            "layers are missing, or it is another network."
        )
    filters = arrays[kinds.index("kernel")].shape[-1]
    for (name, _), kind, array, (layer, wanted_kind, shape) in zip(
        weights, kinds, arrays, _layout(filters, blocks), strict=False
    ):
        if kind != wanted_kind or array.shape != shape:
            raise ZooError(
                f"{where} has {name} of shape {array.shape} where {expected} (filters: {filters}, residual blocks: {blocks}) has the {wanted_kind} "
                f"of its {layer}, {shape}; it is another network."
            )
        if not np.isfinite(array).all():
            raise ZooError(
                f"{where} has a {name} that is not finite, as a training that failed leaves it; give weights of an earlier epoch."
            )
    if len(weights) != 3 * wanted + 2:
        raise ZooError(
            f"{where} has {len(weights)} weights where {expected} has {3 * wanted + 2}; it is another network."
        )
    return LegacyGenerator(filters, blocks, arrays)


def _layout(filters, blocks):
    """What each weight is: `(layer, kind, shape)`, a transposed kernel as
    `(height, width, out, in)`.
    """
    f = filters
    layers = [("first convolution", (7, 7, 3, f), f)]
    layers += [
        (f"{number}. downsampling", (3, 3, f * number, 2 * f * number), 2 * f * number)
        for number in (1, 2)
    ]
    layers += [
        (f"residual block {number // 2 + 1}", (3, 3, 4 * f, 4 * f), 4 * f)
        for number in range(2 * blocks)
    ]
    layers += [
        (f"{number}. upsampling", (3, 3, 2 * f // number, 4 * f // number), 2 * f // number)
        for number in (1, 2)
    ]
    for layer, kernel, width in layers:
        yield from (
            (layer, "kernel", kernel),
            (layer, "gamma", (width,)),
            (layer, "beta", (width,)),
        )
    yield from (("last convolution", "kernel", (7, 7, f, 3)), ("last convolution", "bias", (3,)))
