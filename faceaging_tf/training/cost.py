"""What a training step costs, so that a run can say how much of its device it uses."""

from typing import Any

import keras


def step_flops(model: keras.Model, batch: Any) -> float | None:
    """Floating-point operations of one training step, as the compiler counts them in the program
    that `fit` runs: forward, backward, optimizers.

    Args:
        model: a compiled model that `fit` has run.
        batch: what `fit` gives it.

    Returns:
        A float; None on a backend other than JAX, or where the compiler does not count.
    """
    if keras.backend.backend() != "jax":
        return None
    import jax

    variables = (
        model.trainable_variables,
        model.non_trainable_variables,
        model.optimizer.variables,
        model.metrics_variables,
    )
    state = tuple([variable.value for variable in part] for part in variables)
    data = batch if isinstance(batch, tuple) else (batch,)
    counted = jax.jit(model.train_step).lower(state, data).cost_analysis()
    return float(counted["flops"]) if counted and "flops" in counted else None
