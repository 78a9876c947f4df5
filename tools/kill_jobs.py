"""The jobs that `prove_kills.py` kills: each a process that prints "begun" once its work begins.

    python tools/kill_jobs.py inputs FOLDER
    python tools/kill_jobs.py JOB FOLDER INPUTS

A job that cannot go on for want of space or permission says so in a sentence and ends with 2.
"""

import dataclasses
import hashlib
import json
import pathlib
import sys
import time

import kill_trainings
import numpy as np

from faceaging_tf.errors import FaceAgingError

EPOCHS, STEPS = 10, 3
# Seconds that a job waits after each face or frame, so that a kill falls anywhere into its work.
WAIT = 0.02


def begun():
    """Says that the work begins."""
    print("begun", flush=True)


@dataclasses.dataclass(frozen=True)
class Agers:
    """Makes the model and the detector of photos; a detector waits so many seconds."""

    inputs: str
    wait: float = WAIT

    def __call__(self):
        from faceaging_tf.mobile import FileModel

        return FileModel(f"{self.inputs}/ager.tflite", threads=1), _slow(self.wait)


@dataclasses.dataclass(frozen=True)
class Judges:
    """Makes what looks at faces that are prepared: the detector, and ages by brightness."""

    wait: float = WAIT

    def __call__(self):
        from faceaging_tf.prepare.examining import Tools

        return Tools(_slow(self.wait), lambda faces: faces.mean(axis=(1, 2, 3)) / 2.55)


def _slow(wait):
    """A detector that waits, and then finds one face that fills the picture."""
    from proving import drawn_detector

    def detector(pixels):
        if wait:
            time.sleep(wait)
        return drawn_detector(pixels)

    return detector


def make_inputs(folder):
    """Photos, a video, a LiteRT file, and two presets."""
    import av
    from PIL import Image
    from proving import tiny_ager

    import zoo
    from faceaging_tf.data.drawn_faces import draw_face
    from faceaging_tf.export import export

    (folder / "photos" / "deeper").mkdir(parents=True)
    for person in range(24):
        age = 20 + 3 * person % 60
        name = f"{age}_{person % 2}_0_201701{person:02d}.jpg"
        place = folder / "photos" / ("deeper" if person % 3 == 0 else "")
        Image.fromarray(draw_face(person, age, 96)).save(place / name, quality=95)
    with av.open(str(folder / "me.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 96, 96, "yuv420p"
        for place in range(40):
            pixels = np.roll(draw_face(1, 35, 96), place % 3, axis=1)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        file.mux(stream.encode(None))
    model = tiny_ager()
    export(model, folder / "ager.tflite", "litert")
    zoo.save(model, folder / "first", entry="fagan")
    for weight in model.weights:
        weight.assign(0.5 * weight)
    zoo.save(model, folder / "second", entry="fagan")


def estimator(folder, inputs):
    """Trains an age network on drawn faces, on whichever backend Keras is set to."""
    import keras

    from faceaging_tf.models import AgeRegressor
    from faceaging_tf.training.batches_for import age_regressor_batches

    if keras.backend.backend() == "jax":
        import jax

        jax.config.update("jax_compilation_cache_dir", str(inputs / "compiled"))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.1)
    keras.utils.set_random_seed(0)
    small = {"network": "age_network", "widths": [4, 8], "blocks": [1, 1]}
    model = AgeRegressor(32, small, {"shift": 0.1}, robustness=0.02)
    model.compile(keras.optimizers.AdamW(1e-3), "categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    _train(folder, model, age_regressor_batches)


def gan(folder, inputs):
    """Trains a small CycleGAN on drawn faces, guarded."""
    import keras
    import tensorflow as tf
    from proving import tiny_cyclegan

    from faceaging_tf.training.batches_for import cyclegan_batches

    # It takes longer than the steps themselves.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    keras.utils.set_random_seed(0)
    model = tiny_cyclegan()
    model.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))
    _train(folder, model, cyclegan_batches)


def _train(folder, model, make_batches):
    from faceaging_tf import training
    from faceaging_tf.data.drawn_faces import drawn_corpus

    corpus = drawn_corpus(people=8, faces_per_person=5, size=32, oldest=85)
    batches = make_batches(model, corpus, batch_size=2, steps=STEPS)
    begun()
    training.train(model, batches, folder / "run", EPOCHS, verbose=0)
    digest = hashlib.sha256()
    for variable in [*model.weights, *model.optimizer.variables]:
        digest.update(np.asarray(variable).tobytes())
    (folder / "end").write_text(digest.hexdigest())


def prepare(folder, inputs):
    """Prepares the photos with two processes."""
    from faceaging_tf import prepare as preparing
    from faceaging_tf.data.readers import Tree, find

    begun()
    settings = preparing.Settings(image_size=64, part=2)
    tree = Tree(str(inputs / "photos"))
    preparing.prepare(tree, find("utkface"), folder / "corpus", settings, Judges(), workers=2)


def photos(folder, inputs):
    """Ages the photos with two processes."""
    from faceaging_tf.data.readers import Tree
    from faceaging_tf.photo.many import age_photos

    begun()
    age_photos(Tree(str(inputs / "photos")), folder / "aged", 30, Agers(str(inputs)), workers=2)


def video(folder, inputs):
    """Ages the video."""
    from faceaging_tf.video import age_video

    model, detector = Agers(str(inputs))()
    begun()
    age_video(inputs / "me.mp4", folder / "aged.mp4", model, 30, detector=detector, segment=5)


def export(folder, inputs):
    """Exports over what was exported before, a file and a folder."""
    import zoo
    from faceaging_tf.export import export as write

    model = zoo.load(inputs / "first")
    begun()
    write(model, folder / "ager.tflite", "litert")
    write(model, folder / "ager", "saved_model")


def save(folder, inputs):
    """Saves two models over each other, by turns; the first is the last."""
    import zoo

    models = [zoo.load(inputs / name) for name in ("second", "first")]
    begun()
    for place in range(12):
        zoo.save(models[place % 2], folder / "preset", entry="fagan", overwrite=True)


JOBS = {job.__name__: job for job in (estimator, gan, prepare, photos, video, export, save)}
JOBS |= kill_trainings.jobs(begun)


def result(job, folder):
    """What a job made, as something to compare: what is not of its time or its machine."""
    from proving import contents

    if job in ("estimator", "gan"):
        lines = (folder / "run" / "log.jsonl").read_text().splitlines()
        for_ever = ("seconds", "faces_per_second")
        lines = [json.loads(line) for line in lines]
        lines = [{name: line[name] for name in line if name not in for_ever} for line in lines]
        return {"log": lines, "end": (folder / "end").read_text()}
    if job.startswith(("paper_", "released_")):
        return kill_trainings.result(folder)
    of_its_time = {"export": "fingerprint", "save": "metadata.json"}.get(job)
    return {
        name: len(content) if job == "export" else content
        for name, content in contents(folder).items()
        if of_its_time is None or of_its_time not in name
    }


def main(arguments):
    """Does a job; 2 where it could not."""
    job, folder, *rest = arguments
    if job == "inputs":
        make_inputs(pathlib.Path(folder))
        return 0
    try:
        JOBS[job](pathlib.Path(folder), *map(pathlib.Path, rest))
    except (FaceAgingError, OSError) as error:
        print(f"{type(error).__name__}: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
