"""Times one exported file in a process of its own:
`python -m faceaging_tf.mobile.timing '{"kind": "litert", ...}'` prints JSON.

Its own process, so that memory and the time of the first call are the file's alone, and nothing is
loaded that its runtime does not need.
"""

import json
import pathlib
import sys
import time

import numpy as np

MEBI = 1024.0


def litert(path, signature, threads):
    """A function from named inputs to outputs."""
    from faceaging_tf.mobile.litert_file import LiteRTFile

    file = LiteRTFile(path, threads)
    return lambda inputs: file(signature, inputs)


def onnx(path, signature, threads):
    """The same for ONNX; the file has one signature."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda inputs: session.run(None, inputs)


def saved_model(path, signature, threads):
    """The same for a SavedModel: TensorFlow's own graph call."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = tf.saved_model.load(path)
    function = model.signatures[signature]
    note = pathlib.Path(path) / "assets.extra" / "contract.json"
    defaults = json.loads(note.read_text(encoding="utf-8")).get("defaults", {})
    known = {name: np.array([value], "float32") for name, value in defaults.items()}
    return lambda inputs: {
        name: value.numpy()
        for name, value in function(
            **{name: tf.constant(value) for name, value in {**known, **inputs}.items()}
        ).items()
    }


KINDS = {"litert": litert, "onnx": onnx, "saved_model": saved_model}


def timed(kind, path, signature, threads, calls, size, years, age):
    """Milliseconds to load, of the first call, the median and the 95th percentile of `calls` more,
    and the process's peak memory in MiB.

    Args:
        kind: of `KINDS`, or a function like those.
        path: of the exported file or folder.
        signature: name of the direction.
        threads: that the runtime may use.
        calls: timed calls, after the first.
        size: side of the face in pixels.
        years: what the face is asked for.
        age: its age, in years.
    """
    face = np.random.default_rng(0).uniform(-1, 1, (1, size, size, 3)).astype("float32")
    inputs = {
        "face": face,
        "years": np.array([[years]], "float32"),
        "age": np.array([[age]], "float32"),
    }
    clock = time.perf_counter
    started = clock()
    run = (KINDS.get(kind) or kind)(path, signature, threads)
    loaded = clock()
    run(inputs)
    called = clock()
    times = []
    for _ in range(calls):
        begun = clock()
        run(inputs)
        times.append(1000 * (clock() - begun))
    return {
        "load_ms": round(1000 * (loaded - started), 1),
        "first_ms": round(1000 * (called - loaded), 1),
        "median_ms": round(float(np.median(times)), 2),
        "p95_ms": round(float(np.percentile(times, 95)), 2),
        "peak_mb": round(peak_kibibytes() / MEBI, 1),
    }


def peak_kibibytes():
    """The most memory that this process held; Linux' own figure, for `getrusage` counts what the
    process that started this one held.
    """
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1])
    try:
        import resource
    except ModuleNotFoundError:
        return float("nan")
    # macOS counts bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024.0 if sys.platform == "darwin" else 1.0
    )


if __name__ == "__main__":
    print(json.dumps(timed(**json.loads(sys.argv[1]))))
