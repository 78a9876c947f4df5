"""The corpora of a training run: their frame, their digests, and what is said of them."""

import json
import os
from pathlib import Path

from absl import logging

from zoo.errors import ZooError

DRAWN = "drawn"
DRAWN_PEOPLE = 200
OPTIONS = "options.json"
# In that file, beside the options: what each corpus held, so that another under the same path is
# noticed.
DIGESTS = "digests"


def check_frames(entry, options):
    """Refuses corpora whose faces are aligned in another frame than the entry's."""
    from faceaging_tf.data.corpus import frame_of_corpus

    wanted = _frame(entry, options.recipe)
    for path in options.corpora:
        frame = "tight" if path == DRAWN else frame_of_corpus(path)
        if frame not in (None, wanted):
            raise ZooError(
                f"The faces of {path!r} are aligned in the {frame} frame, and {entry.name!r} learns from the {wanted} one; prepare a corpus with `faceaging prepare --frame {wanted}`."
            )


def _frame(entry, recipe):
    """The name of the frame of the faces that an entry learns from by a recipe."""
    config = entry.architecture if recipe == "released" else entry.trained_architecture
    return config.get("fa_gan", config).get("frame", "tight")


def warn_of_frames(entry, options):
    """Says of corpora that do not say their frame which one the entry needs, if it is not the
    usual one.
    """
    from faceaging_tf.data.corpus import frame_of_corpus

    frame = _frame(entry, options.recipe)
    for path in options.corpora if frame != "tight" else ():
        if frame_of_corpus(path) is None:
            logging.warning(
                f"{path} does not say how its faces are aligned, and {entry.name} learns from the {frame} frame: of tight crops it learns nothing of heads. "
                f"`faceaging prepare --frame {frame}` makes a corpus that fits."
            )


def unchanged_digests(options):
    """The digests of the corpora, by path.

    Raises:
        ZooError: one of them held something else when the run in the same folder began.
    """
    from faceaging_tf.data.corpus import corpus_digest

    digests = {
        os.path.normpath(path): corpus_digest(path) for path in options.corpora if path != DRAWN
    }
    path = Path(options.out) / OPTIONS
    earlier = (
        json.loads(path.read_text(encoding="utf-8")).get(DIGESTS, {}) if path.is_file() else {}
    )
    for name, digest in digests.items():
        if earlier.get(name, digest) != digest:
            raise ZooError(
                f"The corpus {name} has changed since the run in {options.out} began, which would go on with other faces or ages than it learned from; "
                "put the corpus back as it was, or choose another --out."
            )
    return digests


def read_corpus(options, image_size):
    """The training faces of all corpora together, `image_size` pixels a side."""
    from faceaging_tf.data import concatenate, load_corpus

    corpora = []
    for path in options.corpora:
        if path == DRAWN:
            from faceaging_tf.data.drawn_faces import drawn_corpus

            corpora.append(drawn_corpus(people=DRAWN_PEOPLE, size=image_size, seed=options.seed))
        else:
            corpora.append(load_corpus(path, "train", image_size, on_disk=options.on_disk))
    return concatenate(corpora) if len(corpora) > 1 else corpora[0]


def sample_of(corpus, number=8):
    """A few faces of the corpus, from young to old."""
    order = corpus.age.argsort(kind="stable")
    return corpus.faces[
        order[[round((len(order) - 1) * place / (number - 1)) for place in range(number)]]
    ]


def said_of(corpus, corpora):
    """What a card says of the training data."""
    if list(corpora) == [DRAWN]:
        return f"{len(corpus):,} faces that the project draws; nobody's photographs."
    return f"{len(corpus):,} faces of {', '.join(corpora)}; their terms are those of that corpus."
