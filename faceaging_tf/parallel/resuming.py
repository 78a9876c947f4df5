"""A job worked through in parts that are kept, so that what was interrupted goes on where it
stopped.
"""

import hashlib
import inspect
import io
import json

from faceaging_tf.errors import ParallelError
from faceaging_tf.optional import MANY, needed

FOLDER = ".work"
PLAN = f"{FOLDER}/plan.json"
_LITTER = ("Thumbs.db", "desktop.ini")


def digest_of(*things):
    """A text that is the same for the same things: those that a result depends on. Functions count
    by their name, the rest by how it is written.
    """
    digest = hashlib.sha256()
    for thing in things:
        text = thing.__qualname__ if inspect.isfunction(thing) else repr(thing)
        digest.update(text.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def part_name(number):
    """Where a part is, below its place."""
    return f"{FOLDER}/part-{number:06d}.parquet"


def work_through(place, plan, job, items, size, run, workers=1, progress=None):
    """Makes the parts of a job that are not there yet.

    Args:
        place: a `Place`.
        plan: a digest of what the result depends on; parts of another one are refused.
        job: a `job.Job`, which writes its parts by `part_name`.
        items: a list of what there is to work on.
        size: items a part.
        run: what makes parts, see `processes.run`.
        workers: of `run`.
        progress: called with how many items are done, and how many there are; None for nobody.

    Returns:
        How many parts there are, and how many of them were there before.

    Raises:
        ParallelError: the place holds other things, or parts of another plan.
    """
    begin(place, plan)
    count = -(-len(items) // size)
    there = set(part_numbers(place))
    missing = [number for number in range(count) if number not in there]
    numbered = [(number, items[number * size : (number + 1) * size]) for number in missing]
    make_parts(job, numbered, len(items), run, workers, progress)
    return count, count - len(missing)


def make_parts(job, numbered, total, run, workers=1, progress=None):
    """Makes parts.

    Args:
        job: a `job.Job`, which writes its parts by `part_name`.
        numbered: a list of part numbers and what they are of.
        total: how many items there are, with those that were made before.
        run: what makes parts, see `processes.run`.
        workers: of `run`.
        progress: called with how many items are done, and how many there are; None for nobody.
    """
    made = total - sum(len(items) for _, items in numbered)

    def done(worked_on, _):
        nonlocal made
        made += worked_on
        if progress:
            progress(made, total)

    if progress:
        progress(made, total)
    run(job, iter(numbered), workers, done)


def part_numbers(place):
    """The numbers of the parts that are there, in order."""
    return [int(name[5:11]) for name in place.names(FOLDER) if name.startswith("part-")]


def begin(place, plan, own=False):
    """Writes down a plan, unless it is there.

    Args:
        place: a `Place`.
        plan: a digest of what the result depends on.
        own: whether what the place holds is known to be of the same plan.

    Raises:
        ParallelError: the place holds other things, or what was made by another plan.
    """
    begun = read_plan(place)
    if begun == plan:
        return
    # What the system puts into a folder is nothing of anybody's.
    others = [name for name in place.names() if not name.startswith(".") and name not in _LITTER]
    # A plan of which nothing was made binds nobody.
    if part_numbers(place) or (begun is not None and others and not own):
        raise ParallelError(
            f"{place.location} holds what was begun with other files or other settings; choose another folder, or remove that one."
        )
    if others and not own:
        raise ParallelError(f"{place.location} holds other things already; choose another folder.")
    place.write(PLAN, json.dumps({"plan": plan}).encode())


def read_plan(place, name=PLAN):
    """The plan that a file tells of; None where there is none."""
    try:
        return json.loads(place.read(name))["plan"] if place.exists(name) else None
    except (ValueError, KeyError, TypeError):
        return None


def rows_of_parts(place, count, columns=None):
    """The rows of all parts, in order, as a pandas DataFrame.

    Raises:
        ParallelError: a part is damaged.
    """
    pandas = needed("pandas", MANY)
    return pandas.concat(
        [table_of_part(place, number, columns).to_pandas() for number in range(count)],
        ignore_index=True,
    )


def table_of_part(place, number, columns=None):
    """A part's Arrow table.

    Raises:
        ParallelError: it is damaged.
    """
    arrow, parquet = needed("pyarrow", MANY), needed("pyarrow.parquet", MANY)
    try:
        return parquet.read_table(io.BytesIO(place.read(part_name(number))), columns=columns)
    except (arrow.ArrowException, OSError) as error:
        raise ParallelError(
            f"{place.location}/{part_name(number)} is damaged ({error}); remove it, and run the same again: it is made anew."
        ) from error


def finish(place):
    """Removes the parts, and what interrupted writers left."""
    place.clean()
    place.remove(FOLDER)
