"""Run by `test_distribution.py` as a process of its own: logical devices must be made before
TensorFlow begins.

    python on_two_devices.py OUT.npz

One step on two logical CPU devices and one on a single one, from the same weights and on the same
batch.
"""

import sys

import keras
import numpy as np
import tensorflow as tf
import tiny

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
# It takes longer than the step itself.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def cyclegan():
    return tiny.cyclegan(**tiny.FEW_LAYERS, pool_size=50, momentum=0.5)


def fagan():
    return tiny.without_augmentation(tiny.fagan(**tiny.FEW_SPECTRAL_LAYERS, momentum=0.5))


results = {}
# Op by op, FA-GAN is done in a tenth of the time that tracing it takes.
for name, make, batches, eagerly in (
    ("cyclegan", cyclegan, tiny.Steps(tiny.domain_batch, 1, number_of_faces=4), False),
    ("fagan", fagan, tf.data.Dataset.from_tensors((tiny.age_shift_batch(4),)), True),
):
    one = tiny.randomized(make())
    with strategy.scope():
        two = make()
        two.set_weights(one.get_weights())
        two.compile(tiny.sgd(0.05), tiny.sgd(0.1), run_eagerly=eagerly)
    one.compile(tiny.sgd(0.05), tiny.sgd(0.1))
    results[f"{name}/replicas"] = two.distribute_strategy.num_replicas_in_sync
    before = one.get_weights()
    batch = tiny.domain_batch(4) if name == "cyclegan" else tiny.age_shift_batch(4)
    logs = one.train_step((batch,))
    history = two.fit(batches, shuffle=False, verbose=0).history
    for key, value in logs.items():
        results[f"{name}/one/log {key}"], results[f"{name}/two/log {key}"] = (
            float(value),
            history[key][-1],
        )
    for number, (variable, first, second, old) in enumerate(
        zip(one.weights, one.get_weights(), two.get_weights(), before, strict=True)
    ):
        # The pool keeps the first device's images alone, and says so.
        if variable.name not in ("images", "count"):
            place = f"{number} {variable.path.replace('/', '.')}"
            results[f"{name}/one/{place}"], results[f"{name}/two/{place}"] = first, second
            results[f"{name}/before/{place}"] = old
    results[f"{name}/iterations"] = keras.ops.convert_to_numpy(two.optimizer.iterations)
np.savez(sys.argv[1], **results)
