"""The public layouts of datasets of faces and ages: what they say of each picture, before anybody
looked at it.
"""

import difflib

from faceaging_tf.data.readers.agedb import AgeDB
from faceaging_tf.data.readers.all_age_faces import AllAgeFaces
from faceaging_tf.data.readers.appa_real import AppaReal
from faceaging_tf.data.readers.cacd import CACD
from faceaging_tf.data.readers.faces_csv import FacesCsv, read_table
from faceaging_tf.data.readers.fairface import FairFace
from faceaging_tf.data.readers.ffhq_aging import FFHQAging
from faceaging_tf.data.readers.fg_net import FGNet
from faceaging_tf.data.readers.folders import Folders
from faceaging_tf.data.readers.imdb_wiki import IMDBWiki
from faceaging_tf.data.readers.labels import is_picture
from faceaging_tf.data.readers.morph import Morph
from faceaging_tf.data.readers.pictures import Pictures
from faceaging_tf.data.readers.source import Source
from faceaging_tf.data.readers.tree import Tree
from faceaging_tf.data.readers.utkface import UTKFace
from faceaging_tf.errors import ReaderError

# Most specific first: the first one wins where two match equally well.
READERS = {
    reader.name: reader
    for reader in (
        FacesCsv(),
        FairFace(),
        AppaReal(),
        FFHQAging(),
        IMDBWiki(),
        UTKFace(),
        AgeDB(),
        CACD(),
        Morph(),
        AllAgeFaces(),
        FGNet(),
        Folders(),
        Pictures(),
    )
}


def find(name):
    """The reader of a layout.

    Args:
        name: one of `READERS`; capitals and hyphens don't matter.

    Raises:
        ReaderError: no layout of that name, with what was perhaps meant.

    Example:
        >>> from faceaging_tf.data.readers import find
        >>> find("FG-NET").name
        'fg_net'
    """
    spelled = name.strip().lower().replace("-", "_").replace(" ", "_")
    if spelled in READERS:
        return READERS[spelled]
    if spelled == "csv":
        raise ReaderError(
            "The layout csv is any table: say which file it is and what its columns file and age are called."
        )
    close = difflib.get_close_matches(spelled, READERS, n=3)
    meant = (
        f"did you mean {' or '.join(close)}?"
        if close
        else f"there are {', '.join(READERS)}, and csv."
    )
    raise ReaderError(f"There is no layout {name!r}; {meant}")


def recognise(tree):
    """The reader of the layout that a tree has.

    Layouts with label files come before those that say everything in names, and folders named by
    age come last; of several layouts of a kind, the one that makes sense of the most files wins.

    Args:
        tree: a `Tree`.

    Raises:
        ReaderError: none of the layouts, with what was looked for and how to say the layout.
    """
    for kind in ("labels", "names", "folders"):
        matching = [
            reader for reader in READERS.values() if reader.kind == kind and reader.recognises(tree)
        ]
        if matching:
            return max(matching, key=lambda reader: reader.count(tree))
    pictures = [file for file in tree.files() if is_picture(file)]
    if not pictures:
        raise ReaderError(
            f"{tree.location} holds no pictures: {len(tree.files())} files, and none ends in .jpg, .png or the like. "
            "Give the folder or the zip of a dataset."
        )
    looked_for = "; ".join(reader.looks_like for reader in READERS.values())
    raise ReaderError(
        f"{tree.location} holds {len(pictures)} pictures, such as {pictures[0]!r}, and no layout that is known. Looked for: {looked_for}. "
        f"Say the layout with --layout NAME ({', '.join(READERS)}; pictures where nothing is known of them), or name a table of your own and its columns."
    )
