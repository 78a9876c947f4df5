"""Weights and outputs of a Keras 2 CycleGAN with tensorflow-addons, for the test of
`tools/import_tfa_weights.py`.

    python3.11 -m venv tfa
    tfa/bin/pip install tensorflow-cpu==2.15.1 tensorflow-addons==0.23.0 "numpy<2"
    tfa/bin/python tools/tfa_fixture.py tests/data/tfa

Not run with this project's own packages, with which tensorflow-addons cannot be imported: what it
writes is kept. The architecture is that of https://keras.io/examples/generative/cyclegan (A. K.
Nain, 2020) as of Keras 2, its layers written out and small: 4 filters, 2 residual blocks, 32
pixels, discriminators of 2 filters. Weights are drawn, gamma and beta too. Writes

    weights.zip      cyclegan.h5     `save_weights` of the whole CycleGAN
                     generator_G.h5  `save_weights` of one generator alone
                     generator_F.h5  that of the other
                     unet.h5         that of a network that begins as pix2pix's generator does
    outputs.npz      `faces` (1, 32, 32, 3) in -1 to 1, and what each network makes of them
    versions.json    what made them
"""

import json
import pathlib
import platform
import sys
import tempfile
import zipfile

import numpy as np
import tensorflow as tf
import tensorflow_addons as tfa
from tensorflow import keras
from tensorflow.keras import layers

SIZE, FILTERS, BLOCKS, DISCRIMINATOR_FILTERS = 32, 4, 2, 2


class ReflectionPadding2D(layers.Layer):
    def __init__(self, pixels, **kwargs):
        super().__init__(**kwargs)
        self.pixels = pixels

    def call(self, inputs):
        return tf.pad(
            inputs, [[0, 0], [self.pixels] * 2, [self.pixels] * 2, [0, 0]], mode="REFLECT"
        )


def normalized(x, activation=None):
    x = tfa.layers.InstanceNormalization()(x)
    return x if activation is None else activation(x)


def generator(name):
    image = layers.Input((SIZE, SIZE, 3), name=f"{name}_img_input")
    x = normalized(
        layers.Conv2D(FILTERS, 7, use_bias=False)(ReflectionPadding2D(3)(image)),
        layers.Activation("relu"),
    )
    for filters in (2 * FILTERS, 4 * FILTERS):
        x = normalized(
            layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False)(x),
            layers.Activation("relu"),
        )
    for _ in range(BLOCKS):
        block = normalized(
            layers.Conv2D(4 * FILTERS, 3, use_bias=False)(ReflectionPadding2D(1)(x)),
            layers.Activation("relu"),
        )
        x = layers.add(
            [
                x,
                normalized(
                    layers.Conv2D(4 * FILTERS, 3, use_bias=False)(ReflectionPadding2D(1)(block))
                ),
            ]
        )
    for filters in (2 * FILTERS, FILTERS):
        x = normalized(
            layers.Conv2DTranspose(filters, 3, strides=2, padding="same", use_bias=False)(x),
            layers.Activation("relu"),
        )
    x = layers.Conv2D(3, 7)(ReflectionPadding2D(3)(x))
    return keras.Model(image, layers.Activation("tanh")(x), name=name)


def discriminator(name):
    image = layers.Input((SIZE, SIZE, 3), name=f"{name}_img_input")
    x = layers.LeakyReLU(0.2)(
        layers.Conv2D(DISCRIMINATOR_FILTERS, 4, strides=2, padding="same")(image)
    )
    for number, stride in ((1, 2), (2, 2), (3, 1)):
        x = layers.Conv2D(
            2**number * DISCRIMINATOR_FILTERS, 4, strides=stride, padding="same", use_bias=False
        )(x)
        x = normalized(x, layers.LeakyReLU(0.2))
    return keras.Model(image, layers.Conv2D(1, 4, padding="same")(x), name=name)


def unet():
    image = layers.Input((SIZE, SIZE, 3))
    down = keras.Sequential(
        [layers.Conv2D(4, 4, strides=2, padding="same", use_bias=False), layers.LeakyReLU()]
    )
    up = keras.Sequential(
        [layers.Conv2DTranspose(4, 4, strides=2, padding="same", use_bias=False), layers.ReLU()]
    )
    x = layers.Concatenate()([up(down(image)), image])
    return keras.Model(image, layers.Conv2D(3, 4, padding="same", activation="tanh")(x))


class CycleGan(keras.Model):
    def __init__(self, generator_G, generator_F, discriminator_X, discriminator_Y):
        super().__init__()
        self.gen_G, self.gen_F, self.disc_X, self.disc_Y = (
            generator_G,
            generator_F,
            discriminator_X,
            discriminator_Y,
        )


def draw(model, rng):
    """Kernels as the tutorial initializes them, so that epsilon counts; gamma, beta and biases well
    away from 1 and 0.
    """
    means = {"gamma": 1.0}
    for weight in model.weights:
        kind = weight.name.rpartition("/")[2].partition(":")[0]
        weight.assign(
            rng.normal(means.get(kind, 0.0), 0.02 if kind == "kernel" else 0.3, weight.shape)
        )


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2024)
    networks = [
        generator("generator_G"),
        generator("generator_F"),
        discriminator("discriminator_X"),
        discriminator("discriminator_Y"),
    ]
    model = CycleGan(*networks)
    draw(model, rng)
    written = {
        "cyclegan": model,
        "generator_G": networks[0],
        "generator_F": networks[1],
        "unet": unet(),
    }
    with (
        tempfile.TemporaryDirectory() as working,
        zipfile.ZipFile(folder / "weights.zip", "w", zipfile.ZIP_DEFLATED) as packed,
    ):
        for name, each in written.items():
            each.save_weights(f"{working}/{name}.h5")
            packed.write(f"{working}/{name}.h5", f"{name}.h5")
    faces = rng.integers(0, 256, (1, SIZE, SIZE, 3)).astype("float32") / 127.5 - 1.0
    np.savez_compressed(
        folder / "outputs.npz",
        faces=faces,
        **{network.name: network(faces).numpy() for network in networks},
    )
    versions = {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "tensorflow-addons": tfa.__version__,
        "numpy": np.__version__,
    }
    (folder / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
