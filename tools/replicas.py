"""Run by `prove_machines.py` as processes of their own: steps of a CycleGAN on one device or two.

    KERAS_BACKEND=tensorflow python tools/replicas.py DEVICES OUT.npz
    KERAS_BACKEND=jax XLA_FLAGS=--xla_force_host_platform_device_count=2 python ...

On TensorFlow two are `MirroredStrategy` on logical processors, on JAX `keras.distribution`.
"""

import contextlib
import sys

import keras
import numpy as np
from proving import tiny_cyclegan


class Steps(keras.utils.PyDataset):
    """Batches of noise by their number."""

    def __len__(self):
        return 3

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        return (
            {
                name: rng.integers(0, 256, (4, 32, 32, 3), dtype="uint8")
                for name in ("younger", "older")
            },
        )


def scope_of(devices):
    """Where a model is made for so many devices."""
    if devices == 1:
        return contextlib.nullcontext()
    if keras.backend.backend() == "jax":
        parallel = keras.distribution.DataParallel(devices=keras.distribution.list_devices())
        keras.distribution.set_distribution(parallel)
        return contextlib.nullcontext()
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * devices
    )
    return tf.distribute.MirroredStrategy([f"CPU:{number}" for number in range(devices)]).scope()


def main(devices, out):
    """Trains, and writes losses and weights."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    with scope_of(int(devices)):
        keras.utils.set_random_seed(0)
        model = tiny_cyclegan(pool_size=0)
        model.compile(keras.optimizers.SGD(0.01, 0.9), keras.optimizers.SGD(0.02, 0.9))
    before = [np.asarray(weight) for weight in model.weights]
    history = model.fit(Steps(), shuffle=False, verbose=0).history
    moved = max(
        float(np.abs(np.asarray(now) - then).max())
        for now, then in zip(model.weights, before, strict=True)
        if then.dtype.kind == "f" and then.size
    )
    arrays = {f"weight {number}": np.asarray(one) for number, one in enumerate(model.weights)}
    np.savez(
        out, moved=moved, **arrays, **{f"log {name}": one[-1] for name, one in history.items()}
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
