"""Run by `test_jax.py` with `KERAS_BACKEND=jax` as a process of its own, where TensorFlow cannot be
imported.

    python on_jax.py FOLDER

Reads FOLDER/weights.npz, and writes for each model FOLDER/KIND-one.npz (after one step),
FOLDER/KIND-twenty.npz (after twenty) and FOLDER/KIND-resumed.npz (ten, saved, loaded into another
model, ten more). And FOLDER/whole_fagan.npz, faces aged: a step of its many parts takes minutes to
compile.
"""

import pathlib
import sys

sys.modules["tensorflow"] = None

import jax
import numpy as np
import tiny

from faceaging_tf.models import AgeRegressor
from faceaging_tf.training import Checkpoint

folder = pathlib.Path(sys.argv[1])
# The resumed model compiles to the same program as the one before it.
jax.config.update("jax_compilation_cache_dir", str(folder / "compiled"))
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)


def cyclegan():
    return tiny.cyclegan(**tiny.FEW_LAYERS, momentum=0.5)


def fagan():
    return tiny.without_augmentation(tiny.moving_fagan(momentum=0.5))


def compiled(make):
    model = make()
    model.compile(tiny.sgd(0.05), tiny.sgd(0.1))
    return model


def train(model, make_batch, first, number, callbacks=()):
    return model.fit(
        tiny.Steps(make_batch, number, first), shuffle=False, verbose=0, callbacks=list(callbacks)
    ).history


def resumed(model, fresh, make_batch, done, kind):
    """The model goes on to twenty steps after being saved at ten; another is loaded and does the
    same.
    """
    place = folder / kind
    place.mkdir()
    train(model, make_batch, done, 10 - done, [Checkpoint(place)])
    train(model, make_batch, 10, 10)
    np.savez(folder / f"{kind}-twenty.npz", **tiny.everything(model))
    assert Checkpoint(place).restore(fresh) == 1
    train(fresh, make_batch, 10, 10)
    np.savez(folder / f"{kind}-resumed.npz", **tiny.everything(fresh))


for kind, make, make_batch in (
    ("cyclegan", cyclegan, tiny.domain_batch),
    ("fagan", fagan, tiny.age_shift_batch),
):
    model = compiled(make)
    weights = np.load(folder / f"{kind}-weights.npz")
    model.set_weights([weights[str(number)] for number in range(len(weights))])
    history = train(model, make_batch, 0, 1)
    after = {str(number): weight for number, weight in enumerate(model.get_weights())}
    np.savez(
        folder / f"{kind}-one.npz",
        **after,
        **{f"log {name}": values[0] for name, values in history.items()},
    )
    resumed(model, compiled(make), make_batch, 1, kind)


whole = tiny.whole_fagan(discriminator=None)
weights = np.load(folder / "whole_fagan-weights.npz")
whole.set_weights([weights[str(number)] for number in range(len(weights))])
np.savez(
    folder / "whole_fagan.npz",
    aged=whole.transform(tiny.faces(2), [30, -20], [30, 60], strengths={"hair": 0.5}),
)


def labelled_batch(number, seed):
    return tiny.faces(4, seed=seed), np.random.default_rng(seed).dirichlet(np.ones(101), 4).astype(
        "float32"
    )


class Labelled(tiny.Steps):
    def __getitem__(self, index):
        return super().__getitem__(index)[0]


def regressor():
    model = AgeRegressor(tiny.SIZE, tiny.AGE_NETWORK, {"shift": 0.1}, robustness=0.02)
    model.compile(tiny.sgd(0.05), "categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


tiny.Steps = Labelled
resumed(regressor(), regressor(), labelled_batch, 0, "age_regressor")
