"""How the small networks of `fit_covered.py` and `fit_proposals.py` are trained and written."""

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

BATCH = 32


def scaled(pictures):
    """Levels of 0 to 255 as -1 to 1, float32."""
    return pictures / np.float32(127.5) - 1


def fit(network, loss_of, pictures, targets, steps, rate, **options):
    """Trains a network on pictures, mirrored at random, the rate falling as a cosine.

    Args:
        network: from `(N, H, W, 3)` in -1 to 1 to logits `(N, h, w, 1)`.
        loss_of: a function of logits `(N, h, w)` and targets, a tensor.
        pictures: `(N, H, W, 3)` uint8.
        targets: `(N, h, w)`.
        steps: of 32 pictures.
        rate: of learning, at first.
        **options: of the optimizer, AdamW.
    """
    schedule = keras.optimizers.schedules.CosineDecay(rate, steps)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-3, **options)

    @tf.function(jit_compile=False)
    def step(seen, target):
        with tf.GradientTape() as tape:
            loss = loss_of(network(seen, training=True)[..., 0], target)
        weights = network.trainable_weights
        optimizer.apply(tape.gradient(loss, weights), weights)
        return loss

    optimizer.build(network.trainable_weights)
    rng, mean = np.random.default_rng(2), 0.0
    for number in range(steps):
        rows = rng.integers(0, len(pictures), BATCH)
        seen, target = pictures[rows], targets[rows]
        if rng.random() < 0.5:
            seen, target = seen[:, :, ::-1], target[:, :, ::-1]
        mean += float(step(tf.constant(scaled(seen)), tf.constant(target)))
        if number % 250 == 249:
            print(f"{number + 1} of {steps}: loss {mean / 250:.4f}", flush=True)
            mean = 0.0


def logits_of(network, pictures):
    """What a network says of pictures `(N, H, W, 3)` uint8, logits `(N, h, w)` float32."""
    parts = [
        network(scaled(pictures[at : at + 64])).numpy()[..., 0]
        for at in range(0, len(pictures), 64)
    ]
    return np.concatenate(parts)


def as_file(network, shape, half=False):
    """The network as the bytes of a LiteRT file.

    Args:
        network: a Keras model.
        shape: of its input; None where that is left open.
        half: whether weights are kept in half precision.
    """
    call = tf.function(network, input_signature=[tf.TensorSpec(shape, tf.float32)])
    frozen = convert_variables_to_constants_v2(call.get_concrete_function())
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])
    if half:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()
