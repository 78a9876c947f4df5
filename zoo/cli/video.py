"""`faceaging video VIDEO`: a video with its faces aged."""

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

SUMMARY = "Ages the faces of a video; its sound, its frames and their times stay."
ARGUMENTS = "VIDEO --years NUMBER [flags]"
EXAMPLES = (
    "faceaging video me.mp4 --years 30",
    "faceaging video me.mov --years -15 --entry fagan_mobile --out younger.mp4",
    "faceaging video family.mp4 --years 30 --ages 33,12",
)


FLAGS = {
    "years": Flag("Years to add; negative makes younger.", kind=YEARS),
    **AGES,
    **MANNER,
    "entry": entry_flag(" fagan_mobile is faster."),
    "out": Flag(
        "File to write (.mp4, .m4v, .mov, .mkv); default: beside the video, me-aged+30.mp4.",
    ),
    "segment": Flag(
        "Frames of a part; an interrupted run goes on with the part it was at.",
        1,
        kind=int,
        default=250,
    ),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values)


def run(values, positional):
    """Reads, ages and writes the video, and says what was done."""
    path = only_argument(positional, "video", EXAMPLES[0])
    if values.years is None:
        raise ZooError(f"It needs --years; for example: {EXAMPLES[0]}")
    out = values.out or age_video.default_out(path, values.years)
    age_video.check(path, out, values.entry)
    check_asked(values.entry, **given_manner(values))
    if loading.needs_keras(values.entry):
        import_keras()
    from faceaging_tf.photo.aging import MINIMUM_FACE_SIZE

    ages = given_ages(values)
    with Progress("frame") as progress:
        aged = age_video.age_video(
            path,
            values.years,
            values.entry,
            ages,
            out,
            segment=values.segment,
            progress=progress,
            **given_manner(values),
        )
    seconds = sum(aged.seconds.values())
    changes = ", ".join(f"{age:.3g} {aged.years:+.3g}" for age in aged.ages)
    source = (
        "estimated"
        if values.ages is None
        else "given"
        if len(values.ages) in (1, len(aged.ages))
        else "given and estimated"
    )
    faces = f"{len(aged.ages)} face{'s'[: len(aged.ages) != 1]}, {changes} years (ages {source})"
    print(
        f"{out}: {aged.frames} frame{'s'[: aged.frames != 1]}, {faces}; {seconds:.0f} s, {aged.frames / seconds:.1f} frames per second"
    )
    if aged.too_small:
        print(
            f"Up to {aged.too_small} face{'s'[: aged.too_small != 1]} at once left alone: smaller than {MINIMUM_FACE_SIZE} pixels."
        )
    if aged.left_out:
        print(f"Left out: {', '.join(aged.left_out)}.")
