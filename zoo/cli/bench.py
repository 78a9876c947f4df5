"""`faceaging bench ENTRY...`: size, speed and memory of a model in every form."""

from zoo.cli.arguments import Flag, define
from zoo.cli.quiet import import_keras
from zoo.errors import ZooError
from zoo.tasks import export

SUMMARY = (
    "Exports models in all formats and precisions, and times each; writes a table, JSON and a plot."
)
ARGUMENTS = "ENTRY..."
EXAMPLES = (
    "faceaging bench fagan_mobile",
    "faceaging bench fagan cyclegan groupgan fgan --formats litert --threads 2 --out bench",
)


FLAGS = {
    "formats": Flag(
        f"Which formats: {', '.join(export.TIMED)}.", kind=list, default=list(export.TIMED)
    ),
    "threads": Flag("Numbers of threads.", kind=list, default=["1", "2"]),
    "calls": Flag("Timed calls of each, after the first.", 1, kind=int, default=25),
    "profile": Flag(
        "Time each kind of operation of LiteRT files too, and say which XNNPACK takes.",
        kind=bool,
        default=False,
    ),
    "out": Flag("Folder for the files and the results.", default="bench"),
}


def define_flags(values):
    """The flags of this command."""
    define(FLAGS, values)


def run(values, positional):
    """Benches, prints the table, and says where the results are."""
    if not positional:
        raise ZooError(f"bench needs entries or folders of presets, such as: {EXAMPLES[0]}")
    unknown = [name for name in values.formats if name not in export.TIMED]
    if unknown:
        raise ZooError(
            f"There is no format {unknown[0]!r} to time; there are {', '.join(export.TIMED)}."
        )
    try:
        threads = [int(number) for number in values.threads]
    except ValueError as error:
        raise ZooError(
            f"--threads was {','.join(values.threads)}; it needs whole numbers, such as 1,2."
        ) from error
    if not threads or min(threads) < 1 or not values.formats:
        raise ZooError(
            "bench needs one format and one number of threads or more, such as --formats litert --threads 1,2."
        )
    for name in positional:
        export.check(export.Options(name))
    import_keras()
    from faceaging_tf.export import bench as benching
    from faceaging_tf.export import profile

    rows = []
    for row in export.bench(
        positional, values.out, values.formats, threads, values.calls, values.profile
    ):
        rows.append(row)
        print(
            f"{row['model']}, {row['form']}, {row['threads']} threads: {row['median_ms']:.2f} ms",
            flush=True,
        )
        if "profile" in row:
            print(profile.table(row["profile"]), flush=True)
    print(
        f"\n{benching.table(rows)}\nFiles, {benching.RESULTS}, {benching.TABLE} and {benching.PLOT}: {values.out}"
    )
