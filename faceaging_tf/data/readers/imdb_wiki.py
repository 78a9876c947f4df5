"""IMDB-WIKI: `imdb.mat` or `wiki.mat`, and `00/…_1981-05-05_2009.jpg`.

Rothe, Timofte and Van Gool, "DEX: Deep EXpectation of apparent age from a single image", ICCVW
2015.
"""

import datetime
import io
import math
import posixpath
import re
import zlib

import numpy as np

from faceaging_tf.data.readers.labels import is_picture
from faceaging_tf.data.readers.table import LabelledPictures, LabelReader, read_ages
from faceaging_tf.errors import ReaderError

_SEXES = {0.0: "female", 1.0: "male"}
# A second face that the dataset's detector was this sure of makes it doubtful whose age the label
# is.
_SURE_OF_A_SECOND_FACE = 1.0
_OLDEST = 100
# Matlab counts days from the year 0, Python from the year 1.
_MATLAB_DAYS = 366
_NAME = re.compile(r".*_\d{4}-\d{1,2}-\d{1,2}_\d{4}")
_FIELDS = ("dob", "photo_taken", "full_path", "gender", "name", "face_score", "second_face_score")


def age_of(born, taken):
    """The age as the dataset's authors count it: on the first of July of the year of the photo.

    Args:
        born: date of birth, a Matlab serial date number (days).
        taken: year of the photo.

    Returns:
        Whole years.

    Raises:
        ValueError: a clause: no date that there is, or an age below 0 or above 100.

    Example:
        >>> from faceaging_tf.data.readers.imdb_wiki import age_of
        >>> age_of(723671, 2009), age_of(723900, 2009)  # 5 May 1981 and 20 December 1981
        (28, 27)
    """
    try:
        birth = datetime.date.fromordinal(int(born) - _MATLAB_DAYS)
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"the date of birth, day {born:g} of Matlab's count, is no date"
        ) from error
    if not math.isfinite(taken):
        raise ValueError("no year of the photo is given")
    age = int(taken) - birth.year - ((birth.month, birth.day) > (7, 1))
    if not 0 <= age <= _OLDEST:
        raise ValueError(
            f"the age {age}, of somebody born {birth} in a photo of {int(taken)}, is not between 0 and {_OLDEST}"
        )
    return age


class IMDBWiki(LabelReader):
    """IMDB-WIKI, whole pictures or crops. Ages follow from the year of the photo and the date of
    birth; the names are those of celebrities.
    """

    name = "imdb_wiki"
    looks_like = "imdb.mat or wiki.mat"
    tables = ("imdb.mat", "wiki.mat")

    def recognises(self, tree):
        """Whether there is one of the two label files, or the pictures are named as theirs: their
        folders 00 to 99 are no ages.
        """
        return self.count(tree) > 0 or self._named_alike(tree)

    def _named_alike(self, tree):
        pictures = [file for file in tree.files() if is_picture(file)]
        return 2 * sum(
            _NAME.fullmatch(posixpath.splitext(file)[0]) is not None for file in pictures
        ) > len(pictures)

    def read(self, tree):
        tables = self.label_files(tree)
        if not tables:
            raise ReaderError(
                f"{tree.location} holds neither imdb.mat nor wiki.mat, which say the ages of IMDB-WIKI; put the one of these pictures beside them."
            )
        pictures = LabelledPictures(self, tree)
        pictures.leave_out(tables)
        for table in tables:
            for born, taken, path, gender, name, score, second_score in zip(
                *_fields(tree, table), strict=True
            ):
                ages, problem = read_ages(lambda *told: (float(age_of(*told)),) * 2, born, taken)
                if np.isneginf(score):
                    problem = "the dataset found no face"
                elif second_score > _SURE_OF_A_SECOND_FACE:
                    problem = f"the dataset found a second face (score {second_score:.1f})"
                yield pictures.take(
                    _text(path),
                    table,
                    ages,
                    problem,
                    sex=_SEXES.get(float(gender), ""),
                    person=_text(name),
                )
        yield from pictures.rest()


def _text(value):
    """A string out of a cell, which scipy gives as an array; "" for an empty cell."""
    flat = np.ravel(value)
    return str(flat[0]) if flat.size else ""


def _fields(tree, table):
    """The fields of the struct of a .mat file, each of length N."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    key = posixpath.basename(table).removesuffix(".mat")
    try:
        struct = loadmat(io.BytesIO(tree.read(table)))[key][0, 0]
        fields = [np.ravel(struct[name]) for name in _FIELDS]
    except NotImplementedError as error:
        raise ReaderError(
            f"{table} in {tree.location} is a .mat file of version 7.3; the dataset's own is older: save it with -v7, or copy it again."
        ) from error
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        OSError,
        MatReadError,
        zlib.error,
    ) as error:
        raise ReaderError(
            f"{table} in {tree.location} is no label file of IMDB-WIKI that can be read ({error}); copy it again."
        ) from error
    if len({len(field) for field in fields}) != 1:
        raise ReaderError(
            f"{table} in {tree.location} has fields of different lengths; copy it again."
        )
    return fields
