"""`faceaging sweep PHOTO`: a photo as a video of all years between two."""

from zoo import loading
from zoo.cli.arguments import (
    AGES,
    MANNER,
    YEARS,
    Flag,
    define,
    entry_flag,
    given_ages,
    given_manner,
    only_argument,
)
from zoo.cli.progress import Progress
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks import age_video
from zoo.tasks.age import check_asked

SUMMARY = "Runs the faces of a photo through all years between two, as a video, a GIF or a WebP."
ARGUMENTS = "PHOTO --from NUMBER --to NUMBER [flags]"
EXAMPLES = (
    "faceaging sweep me.jpg --from -30 --to 40",
    "faceaging sweep me.jpg --from 0 --to 40 --out me.gif --boomerang",
    "faceaging sweep me.jpg --from -20 --to 20 --out me.webp --seconds 3 --fps 20 --size 512",
)


FLAGS = {
    "from": Flag("Years to add in the first frame; negative makes younger.", kind=YEARS),
    "to": Flag("Years to add in the last frame.", kind=YEARS),
    **AGES,
    **MANNER,
    "entry": entry_flag(),
    "out": Flag(
        "File to write (.mp4, .gif, .webp); default: beside the photo, me-sweep.mp4.",
    ),
    "seconds": Flag(
        "How long it takes from the first to the last.", 0.1, 600, kind=float, default=4.0
    ),
    "fps": Flag("Frames a second.", 1, 120, kind=float, default=24.0),
    "boomerang": Flag("Go back to the first again.", kind=bool, default=False),
    "size": Flag(
        "Longer side in pixels; default: the photo's, up to 1280 (.mp4), 720 (.webp) or 480 (.gif).",
        16,
        kind=int,
    ),
    "captions": Flag("Write the years below.", kind=bool, default=True),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values)


def run(values, positional):
    """Reads the photo, writes the sweep, and says so."""
    from faceaging_tf.video import Clip

    path = only_argument(positional, "photo", EXAMPLES[0])
    if values["from"].value is None or values.to is None:
        raise ZooError(f"It needs --from and --to; for example: {EXAMPLES[0]}")
    age_video.check_span(values["from"].value, values.to)
    out = values.out or age_video.default_sweep(path)
    photo = age_video.check_photo(path, out, values.entry)
    check_asked(values.entry, **given_manner(values))
    if loading.needs_keras(values.entry):
        import_keras()
    ages = given_ages(values)
    clip = Clip(values.seconds, values.fps, values.boomerang, values.size, values.captions)
    with Progress("frame") as progress:
        frames = age_video.sweep(
            photo, values["from"].value, values.to, out, values.entry, ages=ages, clip=clip, progress=progress, **given_manner(values)
        )  # fmt: skip
    print(f"{out}: {frames} frames, {values['from'].value:+g} to {values.to:+g} years")
