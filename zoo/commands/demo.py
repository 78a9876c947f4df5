"""`faceaging demo`: a strip of a portrait that scikit-image ships, and how long each stage took."""

import contextlib
import os
import time

from absl import flags

from zoo import aging, loading
from zoo.commands.arguments import no_argument
from zoo.commands.quiet import import_keras
from zoo.errors import ZooError

SUMMARY = "Ages a portrait that comes along, and says how long each stage took."
ARGUMENTS = "[flags]"
EXAMPLES = ("faceaging demo", "faceaging demo --out astronaut.png")
YEARS = (-20, 0, 20, 40)


def define_flags(values):
    """The flags of this command."""
    flags.DEFINE_string("out", os.path.join("demo", "astronaut-strip.png"), "File to write the strip to.", flag_values=values)
    flags.DEFINE_string(
        "entry", "fagan", "The model: an entry of `faceaging list`, or the folder of a preset.", flag_values=values
    )


def run(values, positional):
    """Writes the strip, and prints the age found and the seconds of each stage."""
    from faceaging_tf.photo import PhotoError

    no_argument(positional)
    try:
        _run(values)
    except PhotoError as error:
        raise ZooError(str(error)) from error


def _run(values):
    from skimage.data import astronaut

    # The portrait of Eileen Collins, NASA, in the public domain.
    photo = aging.open_photo(astronaut())
    if os.path.dirname(values.out):
        os.makedirs(os.path.dirname(values.out), exist_ok=True)
    aging.check_out(values.out, photo)
    loading.check_name(values.entry)
    seconds = {}
    with _timed(seconds, "import"):
        import_keras()
        from faceaging_tf.photo import MTCNNDetector, age_photo, strip, write_photo
    with _timed(seconds, "load"):
        model = loading.load(values.entry)
    detector = MTCNNDetector()
    # The first call of each network includes its set-up, as the first photo of any user does.
    aged = age_photo(photo, model, YEARS[-1], detector=detector)
    seconds |= aged.seconds
    with _timed(seconds, "strip"):
        panels = strip(photo, model, YEARS, detector=detector)
    write_photo(values.out, panels.pixels)
    print(f"strip of {', '.join(f'{years:+g}' if years else '0' for years in YEARS)} years: {values.out}")
    print(f"age found: {aged.ages[0]:.1f} years")
    print("seconds: " + ", ".join(f"{stage} {duration:.2f}" for stage, duration in seconds.items()))


@contextlib.contextmanager
def _timed(seconds, stage):
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began
