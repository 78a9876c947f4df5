"""A folder an age or a group of ages: `35/…`, `20-29/…`, `70+/…`, with the splits above them or
not.
"""

import re

from faceaging_tf.data.readers.labels import ages_of, split_of
from faceaging_tf.data.readers.reader import NameReader
from faceaging_tf.data.readers.source import Source

_AGE_FOLDER = re.compile(
    r"\d{1,3}|\d{1,3}\s*[-–_]\s*\d{1,3}|\d{1,3}\s*\+|more than \d{1,3}", re.IGNORECASE
)


class Folders(NameReader):
    """Pictures in folders that are named by age: `35`, `20-29`, `70+`, below `train`, `val` and
    `test` if there are splits.

    Other folders above or below are passed over. Nothing is known of sex and person.
    """

    name = "folders"
    looks_like = "a folder an age (35) or a group of ages (20-29, 70+)"
    kind = "folders"

    def match(self, file):
        """The one folder above a file that is named by age, or None."""
        folders = self._age_folders(file)
        return folders[0] if len(folders) == 1 else None

    def source_of(self, file):
        folder = self.match(file)
        if folder is None:
            return self.problem(file, self.misnamed(file))
        try:
            ages = ages_of(folder)
        except ValueError as error:
            return self.problem(file, str(error))
        split = next((split for part in file.split("/")[:-1] if (split := split_of(part))), "")
        return Source(file, *ages, split=split)

    def misnamed(self, file):
        folders = self._age_folders(file)
        if folders:
            return f"it lies below several folders that are named by age ({', '.join(folders)})"
        return "it lies in no folder that is named by age, such as 35, 20-29 or 70+"

    def problem(self, file, clause):
        return Source(file, None, None, problem=clause)

    def _age_folders(self, file):
        return [part for part in file.split("/")[:-1] if _AGE_FOLDER.fullmatch(part)]
