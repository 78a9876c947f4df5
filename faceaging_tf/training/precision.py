"""In which precision this machine trains fastest."""

import pathlib

CPU = pathlib.Path("/proc/cpuinfo")
# Compute capability from which on a GPU's tensor cores multiply bfloat16: Ampere.
TENSOR_CORES = (8, 0)


def fast_precision() -> str:
    """The dtype policy that trains fastest here: "mixed_bfloat16" where the GPU has tensor cores
    for it, or, without a GPU, the processor tiles (AMX), which multiply it three to four times as
    fast as float32; else "float32". TensorFlow is asked; on JAX it is "float32".

    Example:
        >>> from faceaging_tf.training.precision import fast_precision
        >>> fast_precision() in ("float32", "mixed_bfloat16")
        True
    """
    import keras

    if keras.backend.backend() != "tensorflow":
        return "float32"
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        fast = tuple(details.get("compute_capability") or ()) >= TENSOR_CORES
    else:
        fast = CPU.is_file() and " amx_bf16" in CPU.read_text(encoding="utf-8", errors="replace")
    return "mixed_bfloat16" if fast else "float32"
