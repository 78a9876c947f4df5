"""What the demo does with the photos that visitors bring; nothing here knows of Gradio."""

import contextlib
import functools
import os
import secrets
from pathlib import Path

from faceaging_tf.photo import FaceDetector, PhotoError, write_photo
from faceaging_tf.photo.writing import ending_for
from zoo import loading
from zoo.web import markup, photos, texts
from zoo.web.waiting import KeptPhotos, Waiting

NO_OTHER = "none"
# How many uploads may wait for the models; whoever comes then is told to come again.
WAITING = 60
# Those of the parts of ageing that a visitor can weigh, and what they are called.
STRENGTHS = {
    "wrinkles": "Wrinkles",
    "tone": "Tone of the skin",
    "shape": "Shape of the head",
    "hair": "Grey hair",
}
# What may become of the hair.
HAIR = [("greys by the years", "auto"), ("stays", "keep"), ("grey", "grey")]


class Demo:
    """What the page does, entry by entry and photo by photo.

    Photos are passed in and out: whose is whose is the page's business.

    Args:
        entries: names of entries or folders of presets.
        folder: where uploads arrive and pictures to save wait to be fetched.
        most: how many uploads may wait for their turn.
    """

    def __init__(self, entries, folder, most=WAITING):
        self.entries = list(entries)
        self.folder = Path(folder)
        self.waiting, self.kept = Waiting(most), KeptPhotos()
        self.detector = FaceDetector()
        # Loaded when first asked for, and kept.
        self.model = functools.cache(loading.load)

    def arrive(self, visitor, path):
        """Lets an upload wait for its turn, or refuses it and removes it: a sentence, None where it
        waits.
        """
        # Two visitors who bring the same photo bring the same file: each waits with a name of it
        # that is theirs alone.
        own = self.folder / secrets.token_urlsafe(16)
        if not self.waiting.come(visitor, path, own):
            self._remove(path)
            return texts.FULL.format(self.waiting.most)
        with contextlib.suppress(FileNotFoundError):
            os.link(path, own)
        return None

    def open(self, path, entry, visitor=None):
        """The `VisitorPhoto` of an upload, which is removed.

        Args:
            path: the upload.
            entry: whose model says how large a face must be cut out.
            visitor: who waited with it; None for nobody.

        Raises:
            PhotoError: see `open_visitor_photo`; or it was removed before its turn came.
        """
        names = self.waiting.names_of(visitor)
        try:
            content = Path(names[-1] if names else path).read_bytes()
        except FileNotFoundError as error:
            raise PhotoError(
                f"'{Path(path).name}' waited too long for its turn and was removed; choose it again."
            ) from error
        finally:
            self.waiting.leave(visitor)
        for name in (path, *names):
            self._remove(name)
        name = Path(path).name
        return photos.open_visitor_photo(name, content, self.model(entry), self.detector)

    def _remove(self, path):
        """Removes an upload, and the folder that Gradio put it in if nothing else is there."""
        path = Path(path)
        if self.folder not in path.parents:
            return
        path.unlink(missing_ok=True)
        if path.parent != self.folder:
            with contextlib.suppress(OSError):
                path.parent.rmdir()

    def parts(self, entry):
        """The parts of ageing that an entry has and a visitor can weigh."""
        return [part for part in getattr(self.model(entry), "parts", ()) if part in STRENGTHS]

    def futures(self, entry):
        """How many futures an entry has."""
        return getattr(self.model(entry), "futures", 1)

    def manner(self, entry, future, hair, *strengths):
        """Of a future, a wish for hair and strengths in the order of `STRENGTHS` what an entry
        takes, and of strengths what is not 1.
        """
        has = self.parts(entry)
        chosen = {
            part: strength
            for part, strength in zip(STRENGTHS, strengths, strict=False)
            if part in has and strength != 1
        }
        hair = hair if "hair" in has else "auto"
        return {"strengths": chosen, "future": future % self.futures(entry), "hair": hair}

    def shown(self, photo, entry, other, years, chosen, close, *given):
        """The HTML of before and after, and a sentence; `given` are a future, a wish
        for hair and the strengths, here and below.
        """
        chosen = [number for number in chosen if number < len(photo.found.faces)]
        region = photos.around(
            photo.found_in_preview.only(chosen if close else []).faces, photo.preview.shape
        )
        before = photo.preview[region]
        afters = {}
        unchanged = []
        for name in dict.fromkeys([entry, *([other] if other != NO_OTHER else [])]):
            aged = photos.aged_preview(
                photo, name, self.model(name), years, chosen, **self.manner(name, *given)
            )[region]
            future = given[0] % self.futures(name)
            named = f", future {future}" if future else ""
            afters[f"{name}, {markup.in_words(years)}{named}"] = aged
            if years and chosen and (aged == before).all():
                unchanged.append(name)
        return markup.before_and_after(before, afters), self._sentence(
            photo, entry, years, chosen, unchanged
        )

    def strip(self, photo, entry, chosen, *given):
        """The HTML of the strip."""
        panels = photos.aged_strip(
            photo, entry, self.model(entry), chosen, **self.manner(entry, *given)
        )
        words = ", ".join(
            "the photo as it is" if years == 0 else markup.in_words(years) for years in photos.STRIP
        )
        return markup.picture(panels, f"From youngest to oldest, by {entry}: {words}")

    def save(self, photo, entry, years, chosen, *given):
        """The path of the whole photo, aged, at its own size and in its own format, or PNG where
        that cannot be written.
        """
        original, pixels = photos.aged_whole(
            photo, entry, self.model(entry), years, chosen, **self.manner(entry, *given)
        )
        path = self._new_path(
            f"{Path(photo.name).stem}-aged{years:+g}{ending_for(original, photo.name)}"
        )
        write_photo(path, pixels, like=original)
        return str(path)

    def save_sweep(self, photo, entry, chosen, *given):
        """The path of the age sweep."""
        path = self._new_path(f"{Path(photo.name).stem}-sweep.mp4")
        photos.write_sweep(
            path, photo, entry, self.model(entry), chosen, **self.manner(entry, *given)
        )
        return str(path)

    def _sentence(self, photo, entry, years, chosen, unchanged):
        if not chosen:
            return "No face is chosen; the photo is as it was."
        ages = photos.ages_seen(photo, entry, self.model(entry))[chosen]
        parts = [
            f"{markup.in_words(years).capitalize()}.",
            f"{entry} sees {' and '.join(f'{age:.0f}' for age in ages)} years in the photo.",
        ]
        if unchanged:
            parts.append(
                f"{' and '.join(unchanged)} left it as it is, as models of age groups do where the years stay within one group."
            )
        if photo.too_small:
            parts.append(
                f"{photo.too_small} more face{'s'[: photo.too_small != 1]} of under 40 pixels stayed as found."
            )
        return " ".join(parts)

    def _new_path(self, name):
        folder = self.folder / secrets.token_urlsafe(16)
        folder.mkdir()
        return folder / name
