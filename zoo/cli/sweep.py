"""`faceaging sweep PHOTO`: a photo as a video of all years between two."""

from absl import flags

from zoo import loading
from zoo.cli.arguments import (
    Years,
    define_ages,
    define_entry,
    define_manner,
    define_years,
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


def define_flags(values):
    """The flags of this command."""
    years = Years(-100, 100, "30 or -12.5")
    define_years(
        "from", None, "Years to add in the first frame; negative makes younger.", values, years
    )
    define_years("to", None, "Years to add in the last frame.", values, years)
    define_ages(values)
    define_manner(values)
    define_entry(values)
    flags.DEFINE_string(
        "out",
        None,
        "File to write (.mp4, .gif, .webp); default: beside the photo, me-sweep.mp4.",
        flag_values=values,
    )
    flags.DEFINE_float(
        "seconds",
        4.0,
        "How long it takes from the first to the last.",
        lower_bound=0.1,
        upper_bound=600,
        flag_values=values,
    )
    flags.DEFINE_float(
        "fps", 24.0, "Frames a second.", lower_bound=1, upper_bound=120, flag_values=values
    )
    flags.DEFINE_boolean("boomerang", False, "Go back to the first again.", flag_values=values)
    size = (
        "Longer side in pixels; default: the photo's, up to 1280 (.mp4), 720 (.webp) or 480 (.gif)."
    )
    flags.DEFINE_integer("size", None, size, lower_bound=16, flag_values=values)
    flags.DEFINE_boolean("captions", True, "Write the years below.", flag_values=values)


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
