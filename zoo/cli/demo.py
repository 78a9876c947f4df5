"""`faceaging demo`: a strip of a portrait that scikit-image ships, and how long each stage took;
with `--web`, a page for one's own photos.
"""

import contextlib
import os
import time

from zoo import loading, registry
from zoo.cli.arguments import Flag, address_flags, define, entry_flag, no_argument
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks.age import check_out, open_photo

SUMMARY = "Ages a portrait that comes along, and says how long each stage took; --web: ages your photos in a browser."
ARGUMENTS = "[flags]"
EXAMPLES = (
    "faceaging demo",
    "faceaging demo --out astronaut.png",
    "faceaging demo --web",
    "faceaging demo --web --port 8080 --entries fagan,mine/preset",
)
# Which flags belong to the picture alone, and which to the page.
OF_PICTURE, OF_PAGE = ("out", "entry"), ("host", "port", "entries")
YEARS = (-20, 0, 20, 40)


FLAGS = {
    "out": Flag(
        "File to write the strip to.",
        default=os.path.join("demo", "astronaut-strip.png"),
    ),
    "entry": entry_flag(),
    "web": Flag(
        "Serve a page that ages photos; it needs pip install 'faceaging-tf[demo]'.",
        kind=bool,
        default=False,
    ),
    **address_flags("--web", 7860),
    "entries": Flag(
        "--web: models to choose among, the first one at first: entries or folders of presets; default: all released ones.",
        kind=list,
        default=[],
    ),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values)


def run(values, positional):
    """Writes the strip, and prints the age found and the seconds of each stage; or
    serves the page.
    """
    no_argument(positional)
    foreign = [name for name in (OF_PICTURE if values.web else OF_PAGE) if values[name].present]
    if foreign:
        raise ZooError(
            f"--{foreign[0]} goes {'without' if values.web else 'with'} --web; see faceaging demo --help."
        )
    if values.web:
        _serve(values)
        return
    _run(values)


def _run(values):
    from skimage.data import astronaut

    # The portrait of Eileen Collins, NASA, in the public domain.
    photo = open_photo(astronaut())
    loading.check_name(values.entry, registry.AGING)
    if os.path.dirname(values.out):
        os.makedirs(os.path.dirname(values.out), exist_ok=True)
    check_out(values.out, photo)
    seconds = {}
    with _timed(seconds, "import"):
        if loading.needs_keras(values.entry):
            import_keras()
        from faceaging_tf.photo import FaceDetector, age_photo, strip, write_photo
    with _timed(seconds, "load"):
        model = loading.quick_model(values.entry)
    detector = FaceDetector()
    # The first call of each network includes its set-up, as the first photo of any user does.
    aged = age_photo(photo, model, YEARS[-1], detector=detector)
    seconds |= aged.seconds
    with _timed(seconds, "strip"):
        panels = strip(photo, model, YEARS, detector=detector)
    write_photo(values.out, panels.pixels)
    print(
        f"strip of {', '.join(f'{years:+g}' if years else '0' for years in YEARS)} years: {values.out}"
    )
    print(f"age found: {aged.ages[0]:.1f} years")
    print("seconds: " + ", ".join(f"{stage} {duration:.2f}" for stage, duration in seconds.items()))


def _serve(values):
    from zoo.web import serving

    # The fastest first.
    entries = values.entries or sorted(
        (name for name in registry.list() if registry.find(name).released),
        key=lambda name: name != "fagan_mobile",
    )
    for name in entries:
        loading.check_name(name, registry.AGING)
    serving.check_installed()
    serving.free_port(values.host, values.port)
    import_keras()

    def ready(address):
        print(f"The demo is at {address}; it keeps no photo. Ctrl+C ends it.", flush=True)

    serving.serve(entries, values.host, values.port, ready)
    print("Stopped; nothing was kept.")


@contextlib.contextmanager
def _timed(seconds, stage):
    began = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - began
