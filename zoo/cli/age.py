"""`faceaging age PHOTO`: a photo with its faces aged, or a strip of several ages; or all photos of
a folder.
"""

import functools
import os

from zoo import loading, registry
from zoo.cli.arguments import (
    AGES,
    MANNER,
    YEARS,
    Flag,
    YearsList,
    define,
    entry_flag,
    given_ages,
    given_manner,
    only_argument,
    workers_flags,
)
from zoo.cli.progress import Progress
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks import age_many, like
from zoo.tasks.age import (
    beside_the_search,
    check_asked,
    check_out,
    names_of_futures,
    open_photo,
)

SUMMARY = "Ages the faces of a photo, or of all photos of a folder, or makes them younger."
ARGUMENTS = "PHOTO_OR_FOLDER --years NUMBER [flags]"
EXAMPLES = (
    "faceaging age me.jpg --years 30",
    "faceaging age me.jpg --years -12.5 --ages 41 --out younger.jpg",
    "faceaging age family.jpg --years 30 --ages 33,12",
    "faceaging age me.jpg --strip -20,0,20,40",
    "faceaging age me.jpg --years 30 --futures 4",
    "faceaging age me.jpg --years 30 --future 2 --hair keep --strengths wrinkles=0.8",
    "faceaging age me.jpg --years 30 --like grandmother.jpg --like_age 72",
    "faceaging age photos/ --years 30 --out aged/ --workers 2",
)
# Flags that many photos do not take, and what to do.
OF_ONE_PHOTO = {
    "strip": "give --years, or one photo",
    "ages": "leave it out, and ages are estimated",
    "futures": "leave it out, and choose one with --future",
    "each": "leave it out, and choose a future with --future",
    "like": "a relative is one person's, so age each photo by itself",
    "like_age": "a relative is one person's, so age each photo by itself",
}
EACH = "faceaging age me.jpg --years 30 --futures 4 --each"


FLAGS = {
    "years": Flag("Years to add; negative makes younger.", kind=YEARS),
    "strip": Flag(
        "Instead of one photo, a strip of these years side by side, such as -20,0,20,40.",
        kind=YearsList(YEARS),
    ),
    "futures": Flag("Instead of one photo, a strip of so many futures side by side.", 1, kind=int),
    "each": Flag(
        "With --futures: each future as a photo of its own, not the strip.",
        kind=bool,
        default=False,
    ),
    **AGES,
    **MANNER,
    "like": Flag(
        "Photo of an older relative, or several with commas between: faces get their wrinkles, spots and greying; for years below 0, of a younger one.",
        kind=list,
    ),
    "like_age": Flag(
        "Age of the relative in these photos, in years; estimated where it is not given.",
        kind=float,
    ),
    "entry": entry_flag(),
    "out": Flag(
        "File to write (.png, .jpg, .webp, .tif); default: beside the photo, me-aged+30 in its own format, or me-strip.png, me-futures+30.png. Of many photos, the folder or URL.",
    ),
    **workers_flags("address of a Ray cluster, or auto.", "Of many photos: "),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values)


def run(values, positional):
    """Reads, ages and writes the photo, and says what was done."""
    path = only_argument(positional, "photo", EXAMPLES[0])
    if (values.years is None) == (values.strip is None):
        raise ZooError(f"It needs --years or --strip, one of the two; for example: {EXAMPLES[0]}")
    if age_many.is_many(path):
        _age_many(path, values)
        return
    if values.each and values.futures is None:
        raise ZooError(f"--each goes with --futures; for example: {EACH}")
    # Everything that can be wrong with the input is found out before the seconds that loading
    # takes.
    photo = open_photo(path)
    if values.futures is None:
        outs = [values.out or default_out(photo, values.years)]
    else:
        outs = futures_out(photo, values)
    relatives = like.photos_of(values.like, values.like_age, photo)
    for out in outs:
        check_out(out, photo, relatives)
    loading.check_name(values.entry, registry.AGING)
    check_asked(values.entry, values.futures, relatives, **given_manner(values))
    if loading.needs_keras(values.entry):
        import_keras()
    manner = given_manner(values)
    load = functools.partial(like.model_of, values.entry, manner, relatives, values.like_age)
    model, detector = beside_the_search(load, values.entry, photo)
    (_write if values.futures is None else _write_futures)(photo, model, values, outs, detector)


def _age_many(source, values):
    for name, without in OF_ONE_PHOTO.items():
        if values[name].value not in (None, False):
            raise ZooError(
                f"--{name} is for one photo, and {source} holds many: {without}; for example: {EXAMPLES[-1]}"
            )
    with Progress("photo") as progress:
        aged = age_many.age_many(
            source,
            values.out,
            values.years,
            values.entry,
            values.workers,
            values.ray,
            progress,
            **given_manner(values),
        )
    print(
        f"{aged.out}: {aged.aged} of {aged.photos} photos aged; aged.csv there lists each, and why one was not."
    )
    _say_left_alone(aged.too_small)


def _say_left_alone(count):
    from faceaging_tf.photo.aging import MINIMUM_FACE_SIZE

    if count:
        print(
            f"{count} face{'s'[: count != 1]} left alone: smaller than {MINIMUM_FACE_SIZE} pixels."
        )


def default_out(photo, years):
    """Beside the photo: `me-aged+30.jpg`, in its own format where that can be written; or
    `me-strip.png` where `years` is None.
    """
    from faceaging_tf.photo.writing import ending_for

    name = os.path.splitext(photo.path)[0]
    return (
        f"{name}-strip.png"
        if years is None
        else f"{name}-aged{years:+g}{ending_for(photo, photo.path)}"
    )


def futures_out(photo, values):
    """Where futures go: one strip, `me-futures+30.png`, or with `--each` a photo for each,
    `me-aged+30-future0.jpg` and so on; `--out` in the place of `me-futures+30.png`, or of
    `me-aged+30.jpg`.
    """
    if values.years is None or values.future:
        raise ZooError(
            "--futures takes --years, and neither --strip nor --future; for example: faceaging age me.jpg --years 30 --futures 4"
        )
    if not values.each:
        strip = f"{os.path.splitext(photo.path)[0]}-futures{values.years:+g}.png"
        return [values.out or strip]
    return names_of_futures(values.out or default_out(photo, values.years), values.futures)


def _write_futures(photo, model, values, outs, detector):
    from faceaging_tf.photo import age_futures, strip_of_futures, write_photo

    manner = {**given_manner(values), "future": 0}
    ages = given_ages(values)
    aged = age_futures(photo, model, values.years, values.futures, ages, detector, **manner)
    if values.each:
        for out, each in zip(outs, aged, strict=True):
            write_photo(out, each.pixels, like=photo)
            print(out)
    else:
        panels = strip_of_futures(photo, aged)
        write_photo(outs[0], panels.pixels, like=panels)
        print(outs[0])
    _say_left_alone(len(aged[0].too_small))


def _write(photo, model, values, outs, detector):
    from faceaging_tf.photo import age_photo, strip, write_photo

    (out,) = outs
    ages = given_ages(values)
    if values.strip is not None:
        panels = strip(photo, model, values.strip, ages, detector, **given_manner(values))
        write_photo(out, panels.pixels, like=panels)
        print(out)
        return
    aged = age_photo(photo, model, values.years, ages, detector, **given_manner(values))
    write_photo(out, aged.pixels, like=photo)
    source = "estimated" if ages is None else "given"
    faces = ", ".join(
        f"{age:.3g} {years:+.3g}" for age, years in zip(aged.ages, aged.years, strict=False)
    )
    print(
        f"{out}: {len(aged.faces)} face{'s'[: len(aged.faces) != 1]} aged: {faces} years (ages {source})"
    )
    _say_left_alone(len(aged.too_small))
