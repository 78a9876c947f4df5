"""Many photos aged, by name of the model."""

import dataclasses
import os

from faceaging_tf.arguments import sensible_years
from faceaging_tf.manner import asked
from zoo import loading, registry
from zoo.errors import ZooError
from zoo.presets import keras_settings
from zoo.tasks.age import check_asked, check_manner
from zoo.tasks.prepare import refuse_inside


@dataclasses.dataclass(frozen=True)
class MakeTools:
    """Makes a model and leaves the detector to it, in whatever process it is called.

    Attributes:
        entry: an entry, or the folder of a preset.
        manner: of ageing, that will be asked for.
    """

    entry: str
    # A dict has no hash, by which what a process keeps is found; equality asks for the manner too.
    manner: dict = dataclasses.field(default_factory=dict, hash=False)

    def __call__(self):
        from faceaging_tf.photo import FaceDetector

        # Other processes have the other cores.
        return loading.quick_model(self.entry, self.manner, threads=1), FaceDetector(threads=1)


def is_many(source):
    """Whether a source is many photos: a folder, a zip, a Parquet file, or a URL but that of one
    picture.
    """
    if "://" in source:
        from faceaging_tf.data.readers.labels import is_picture

        return not is_picture(source.partition("?")[0])
    return os.path.isdir(source) or source.lower().endswith((".zip", ".parquet"))


def age_many(source, out, years, entry="fagan", workers=1, ray=None, progress=None, **manner):
    """Ages all photos of a folder, a zip, a Parquet file or a URL.

    Args:
        source: where they are.
        out: folder or URL of the aged ones.
        years: years to add.
        entry: an entry, or the folder of a preset.
        workers: processes; on a cluster, tasks at a time.
        ray: address of a Ray cluster, "auto" for the one at hand; None to do without.
        progress: called with how many photos are done, and how many there are.
        **manner: of ageing, as in `zoo.age`.

    Returns:
        A `faceaging_tf.photo.many.Aged`.

    Raises:
        ZooError: an unknown entry.
        FaceAgingError: a manner that the model does not know.
        ReaderError: no photos.
        ParallelError: a place that cannot be written to.
    """
    keras_settings.check()
    loading.check_name(entry, registry.AGING)
    if out is None:
        raise ZooError(
            f"{source} holds many photos; say with --out which folder the aged ones go to."
        )
    refuse_inside(out, source)
    sensible_years(years, "years", ZooError)
    check_asked(entry, **manner)
    if asked(**manner):
        check_manner(loading.quick_model(entry, manner), **manner)
    from faceaging_tf import parallel
    from faceaging_tf.data import readers
    from faceaging_tf.photo.many import age_photos

    run = parallel.run_on_ray(ray) if ray else parallel.run_processes
    folder, names = (
        (os.path.dirname(source) or ".", [os.path.basename(source)])
        if source.lower().endswith(".parquet") and "://" not in source
        else (source, None)
    )
    return age_photos(
        readers.Tree(folder),
        out,
        years,
        MakeTools(entry, asked(**manner)),
        run,
        workers,
        progress,
        names,
        **manner,
    )
