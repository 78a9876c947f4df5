"""Proves that the same comes out everywhere: of one seed, on TensorFlow and JAX, and of exported
files.

    python tools/prove_same_result.py --faces 200
    python tools/prove_same_result.py --faces 200 --corpus portraits.zip fairface_wide.zip

Faces are drawn, or those of corpora of whole heads, as many of each.
"""

import base64
import gzip
import pathlib
import re
import sys
import tempfile

import numpy as np
from kill_jobs import result
from proving import ROOT, Proof, parser_of, start

ENTRY, YEARS, BATCH = "fagan_mobile", (30.0, -20.0), 10
FORMATS = (
    ("litert", "float32"),
    ("litert", "float16"),
    ("onnx", "float32"),
    ("saved_model", "float32"),
    ("web", "float16"),
)
# Of values of -1 to 1.
BETWEEN_BACKENDS = 1e-4


def faces_of(count, corpora, size):
    """Faces `(count, size, size, 3)` uint8 and their ages."""
    if corpora:
        from faceaging_tf.data import concatenate, load_corpus

        each = -(-count // len(corpora))
        found = concatenate([load_corpus(path, "all", size, limit=each) for path in corpora])
        return found.faces[:count], found.age[:count]
    from faceaging_tf.data.drawn_faces import draw_face

    ages = np.linspace(18, 75, count).round()
    faces = [draw_face(person, int(age), size) for person, age in enumerate(ages)]
    return np.stack(faces), ages.astype("float32")


def aged(folder):
    """Run on each backend: ages the faces of FOLDER/faces.npz to FOLDER/BACKEND.npz."""
    import keras

    import zoo

    folder, model = pathlib.Path(folder), zoo.load(ENTRY)
    with np.load(folder / "faces.npz") as found:
        faces, ages = found["faces"], found["ages"]
    outputs = {"ages": model.estimate_ages(faces)}
    for years in YEARS:
        parts = []
        for first in range(0, len(faces), BATCH):
            some = faces[first : first + BATCH].astype("float32") / 127.5 - 1
            asked = np.full(len(some), years, "float32")
            parts.append(np.asarray(model.aged(some, asked, ages[first : first + BATCH])))
        outputs[f"{years:+g}"] = np.concatenate(parts)
    np.savez(folder / f"{keras.backend.backend()}.npz", **outputs)


def seeds(proof, scratch):
    """Trains twice from one seed, in two processes."""
    for job, backend in (("estimator", "tensorflow"), ("estimator", "jax"), ("gan", "tensorflow")):
        found = []
        for _ in range(2):
            folder = pathlib.Path(tempfile.mkdtemp(dir=scratch))
            process = start(
                [ROOT / "tools" / "kill_jobs.py", job, folder, scratch], KERAS_BACKEND=backend
            )
            found.append(
                result(job, folder) if process.wait() == 0 else {"ended": process.returncode}
            )
        failures = [] if found[0] == found[1] and "log" in found[0] else ["two runs differ"]
        called = "an age network" if job == "estimator" else "a CycleGAN"
        proof.row(
            f"One seed, two runs: training {called}, {backend}",
            2,
            failures,
            "every loss, weight and optimizer state equal, bit for bit",
        )


def backends(proof, scratch, faces, ages):
    """Ages on both backends."""
    np.savez(scratch / "faces.npz", faces=faces, ages=ages)
    for backend in ("tensorflow", "jax"):
        code = start([__file__, "--aged", scratch], KERAS_BACKEND=backend).wait()
        if code != 0:
            proof.row(f"{ENTRY} on {backend}", 0, [f"it ended with {code}"], "")
            return
    with np.load(scratch / "tensorflow.npz") as one, np.load(scratch / "jax.npz") as other:
        gaps = {name: float(np.abs(one[name] - other[name]).max()) for name in one.files}
        far = np.mean([np.abs(one[f"{y:+g}"] - other[f"{y:+g}"]) > BETWEEN_BACKENDS for y in YEARS])
        moved = min(float(np.abs(one[f"{y:+g}"] - (faces / 127.5 - 1)).max()) for y in YEARS)
    years = gaps.pop("ages")
    largest = max(gaps.values())
    failures = [f"{largest:.1e} apart"] * (largest > BETWEEN_BACKENDS) + [
        f"ages {years:.4f} apart"
    ] * (years > 0.01)
    failures += ["nothing was aged"] * (moved < 0.1)
    proof.row(
        f"TensorFlow and JAX: {ENTRY}, each face at {len(YEARS)} years",
        len(faces),
        failures,
        f"at most {largest:.1e} apart (of -1 to 1), {far:.1e} of the values by more than {BETWEEN_BACKENDS:g}; ages {years:.4f} years",
    )


def files(proof, scratch, faces, ages):
    """Exports in every format, and runs each on all faces: older and younger by turns, each by
    other years and in another future.
    """
    import zoo
    from faceaging_tf.errors import ExportError
    from faceaging_tf.export import BOUNDS, export
    from faceaging_tf.geometry.exposure import in_common_light
    from faceaging_tf.manner import defaults

    model = zoo.load(ENTRY)
    scaled = faces.astype("float32") / 127.5 - 1
    # Whoever runs a file brings dim faces to common light; the network alone does not.
    lit = in_common_light(faces, model.frame).astype("float32") / 127.5 - 1
    years = np.array([(10, -10, 20, -20, 30, -30)[row % 6] for row in range(len(faces))], "float32")
    ages = np.maximum(ages, 31 - np.minimum(years, 0)).astype("float32")
    manner = {
        name: np.tile(np.float32([values]), (len(faces), 1))
        for name, values in defaults(model.parts).items()
    }
    manner["future"] = np.float32(np.arange(len(faces)) % model.futures)[:, None]
    wanted, seen = [], []
    for first in range(0, len(faces), BATCH):
        some = slice(first, first + BATCH)
        told = {name: values[some] for name, values in manner.items()}
        wanted.append(model.edited(scaled[some], years[some], ages[some], **told).faces())
        seen.append(model.estimate_ages(faces[some]))
    wanted, seen = np.clip(np.concatenate(wanted), -1, 1), np.concatenate(seen)
    moved = float(np.abs(wanted - scaled).max(axis=(1, 2, 3)).min())
    for format, precision in FORMATS:
        place = scratch / f"{format}-{precision}"
        try:
            export(model, place, format, precision)
        except ExportError as error:
            if "npm" in str(error):
                continue
            proof.row(f"{format} {precision} and its model", 0, [str(error)], "")
            continue
        run, one_by_one = runner_of(format, place), format in ("litert", "web")
        gaps, off = [], []
        for row, face in enumerate(scaled):
            name = ("aging" if years[row] > 0 else "rejuvenation") if one_by_one else "transform"
            given = {"years": years[row, None, None], "age": ages[row, None, None]}
            given |= {key: values[row : row + 1] for key, values in manner.items()}
            got = run(name, {"face": face[None], **given})["face"][0]
            gaps.append(np.abs(np.clip(got, -1, 1) - wanted[row]) / 2)
            if format != "onnx":
                age = run("estimate_age", {"face": lit[row : row + 1]})["age"].ravel()[0]
                off.append(abs(float(age) - float(seen[row])))
        largest = float(max(gap.max() for gap in gaps))
        mean = float(np.mean([gap.mean() for gap in gaps]))
        failures = [f"{largest:.1e} apart"] * (largest > BOUNDS[precision][0])
        failures += [f"{mean:.1e} apart on average"] * (mean > BOUNDS[precision][1])
        failures += ["a face was not aged"] * (moved < 0.02)
        told = f"at most {largest:.1e} of the range apart, mean {mean:.1e}"
        if off:
            failures += [f"ages {max(off):.2f} years apart"] * (max(off) > BOUNDS[precision][3])
            told += f", ages within {max(off):.1e} years"
        proof.row(f"{format} {precision} and its model", len(faces), failures, told)


def runner_of(format, place):
    """What runs an exported file: a function from a signature's name and its inputs to outputs."""
    from faceaging_tf.export.runners import OnnxRunner, SavedModelRunner
    from faceaging_tf.mobile.litert_file import LiteRTFile

    if format == "web":
        # The file as the page unpacks it.
        packed = re.search(r'= "([^"]+)"', (place / "files" / "model.js").read_text())[1]
        return LiteRTFile(gzip.decompress(base64.b64decode(packed)), threads=1)
    if format == "litert":
        return LiteRTFile(place, threads=1)
    return OnnxRunner(place, threads=1) if format == "onnx" else SavedModelRunner(place / "1")


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    if arguments[:1] == ["--aged"]:
        aged(arguments[1])
        return 0
    parser = parser_of(__doc__, ("seeds", "backends", "files"), faces=200)
    parser.add_argument("--corpus", nargs="+", default=[], help="zips or folders of whole heads")
    given = parser.parse_args(arguments)
    more = " --corpus CORPUS ..." if given.corpus else ""
    proof = Proof(f"python tools/prove_same_result.py --faces {given.faces}{more}")
    with tempfile.TemporaryDirectory() as place:
        scratch = pathlib.Path(place)
        if "seeds" in given.only:
            seeds(proof, scratch)
        if given.only & {"backends", "files"}:
            faces, ages = faces_of(given.faces, given.corpus, 256)
        if "backends" in given.only:
            backends(proof, scratch, faces, ages)
        if "files" in given.only:
            files(proof, scratch, faces, ages)
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
