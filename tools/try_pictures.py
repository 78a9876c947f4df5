"""Tries `zoo.age` on photos of many kinds: formats, modes, orientations, profiles, resolutions,
text, pages, names and flaws, drawn by a seed.

    python tools/try_pictures.py --minutes 10            # seeds 0, 1, 2 and so on
    python tools/try_pictures.py --seed 1234 --count 1   # one of them again

What reads and writes is what is tried: a cheap model darkens the one face, which stands in the
middle. An intact photo must be aged, upright, with nothing outside its face changed; a flawed one
must be aged or refused by a `PhotoError`; nothing else may be left or changed.
"""

import collections
import io
import os
import sys
import tempfile
import traceback
import warnings
from unittest import mock

import numpy as np
import tifffile
from PIL import ExifTags, Image, ImageCms, ImageOps, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational
from skimage.data import astronaut
from trying import middle_face, numbers, parser_of

import zoo
from faceaging_tf.errors import PhotoError
from faceaging_tf.photo.writing import ending_for
from faceaging_tf.pictures.reading import photo_of, read_photo

# Format: its ending, and modes that Pillow writes in it.
FORMATS = {
    "JPEG": (".jpg", ("L", "RGB", "CMYK")),
    "MPO": (".jpg", ("RGB",)),
    "PNG": (".png", ("1", "L", "LA", "I;16", "P", "RGB", "RGBA")),
    "WEBP": (".webp", ("L", "RGB", "RGBA")),
    "TIFF": (".tif", "1 L LA P PA RGB RGBA RGBX CMYK LAB I I;16 I;16B F".split()),
    "BMP": (".bmp", ("1", "L", "P", "RGB", "RGBA")),
    "GIF": (".gif", ("1", "L", "P", "RGB", "RGBA")),
    "PPM": (".ppm", ("1", "L", "RGB", "RGBA", "I;16")),
    "JPEG2000": (".jp2", ("L", "LA", "RGB", "RGBA", "I;16", "YCbCr")),
    "AVIF": (".avif", ("L", "RGB", "RGBA")),
    "tifffile": (
        ".tif",
        ("RGB", "RGBA", "L", "16", "16 RGB", "16 RGBA", "planes", "white is zero"),
    ),
}
# Those of which no colours can be made.
REFUSED = {"F"}
PROFILED = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "AVIF", "JPEG2000")
EXIF = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "AVIF")
# (Of AVIF, pages with an EXIF block end the process that writes them.)
PAGED = ("PNG", "WEBP", "TIFF", "GIF", "MPO")
NAMES = (
    "me",
    "50% off",
    "a b",
    "-me",
    "me#1?",
    "caf\u00e9",
    "\u9762",
    "it's",
    "me.tar",
    "%03d",
    "http:me",
    "[me]",
    "caf\udce9",
)
RESOLUTIONS = ((72, 72), (300.5, 300.5), (0, 0), (1e-6, 1e-6), (2**32 - 1, 1), (65536, 65536))
FLAWS = ("cut", "flipped", "words", "empty", "joined")
OUTS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".PNG")
SRGB, LAB = (
    ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes() for name in ("sRGB", "LAB")
)


class Model:
    """An ageing model by its contract that costs nothing: ten levels darker."""

    image_size = 32

    def transform(self, faces, years, ages=None):
        return np.maximum(faces, 10) - np.uint8(10)

    def estimate_ages(self, faces):
        return np.full(len(faces), 40, np.float32)


detector = middle_face(0.5)


class Case:
    """A photo that a seed draws, as bytes.

    Args:
        seed: a whole number.
    """

    def __init__(self, seed):
        rng = self.rng = np.random.default_rng(seed)
        chosen = lambda *options: options[rng.integers(len(options))]
        self.format = chosen(*FORMATS)
        ending, modes = FORMATS[self.format]
        self.mode = chosen(*modes)
        width, height = (int(side) for side in rng.integers(96, 180, 2))
        self.pixels = astronaut()[: 2 * height : 2, : 2 * width : 2]
        self.flaw = chosen(*FLAWS) if rng.random() < 0.25 else None
        name = chosen(*NAMES)
        self.name = name + chosen(ending, ending, ending.upper(), "", ".jpg", ".png", ".xyz")
        self.out = chosen(None, None, *OUTS)
        self.kept = self._kept(chosen) if self.format != "tifffile" else {}
        content = self._tifffile(chosen) if self.format == "tifffile" else self._pillow(chosen)
        self.content = self._flawed(content)

    def _kept(self, chosen):
        """What is written beside the picture: arguments of Pillow's `save`."""
        kept = {}
        if self.format in EXIF and self.rng.random() < 0.7:
            kept["exif"] = self._exif(chosen)
        if self.format in PROFILED and self.rng.random() < 0.5:
            kept["icc_profile"] = chosen(
                SRGB,
                SRGB,
                LAB,
                SRGB + bytes(2_000_000),
                b"no profile at all, of no kind",
                SRGB[:200],
            )
        if self.rng.random() < 0.5:
            kept["dpi"] = chosen(*RESOLUTIONS)
        if self.format == "PNG" and self.rng.random() < 0.5:
            info = kept["pnginfo"] = PngImagePlugin.PngInfo()
            info.add_text("Comment", "x" * chosen(10, 2_000_000), zip=chosen(True, False))
            info.add_itxt(
                "XML:com.adobe.xmp",
                chosen("<x/>", '<rdf tiff:Orientation="6"/>', "y" * 3_000_000),
                zip=chosen(True, False),
            )
        if self.format == "TIFF":
            kept["compression"] = chosen(None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "raw")
        if self.format in ("JPEG", "MPO"):
            kept |= {
                "progressive": chosen(True, False),
                "quality": chosen(30, 95),
                "comment": chosen(b"", b"x" * 60_000),
            }
        if self.format == "WEBP":
            kept["lossless"] = chosen(True, False)
        if self.format == "PNG" and self.mode in ("P", "L", "RGB") and self.rng.random() < 0.4:
            kept["transparency"] = {
                "P": chosen(3, bytes(range(256))),
                "L": 100,
                "RGB": (10, 20, 30),
            }[self.mode]
        if self.format == "GIF" and self.mode == "P" and self.rng.random() < 0.4:
            kept["transparency"] = 3
        if self.format in PAGED and self.rng.random() < 0.3:
            kept |= {"save_all": True, "append_images": 2}
        return kept

    def _exif(self, chosen):
        tags = Image.Exif()
        if self.rng.random() < 0.8:
            tags[ExifTags.Base.Orientation] = int(self.rng.integers(0, 10))
        tags[ExifTags.Base.Make] = chosen("Camera & Sons", "", "\u9762")
        if self.rng.random() < 0.4:
            rational = chosen(
                IFDRational(0, 0), IFDRational(1, 0), IFDRational(2**32 - 1, 1), IFDRational(72, 1)
            )
            tags[ExifTags.Base.XResolution] = tags[ExifTags.Base.YResolution] = rational
        if self.rng.random() < 0.5:
            camera = tags.get_ifd(ExifTags.IFD.Exif)
            camera |= {
                ExifTags.Base.DateTimeOriginal: "2001:02:03 04:05:06",
                ExifTags.Base.ExifImageWidth: 4000,
            }
            camera[ExifTags.Base.MakerNote] = bytes(self.rng.integers(0, 256, 2000, dtype="uint8"))
            tags.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
        with warnings.catch_warnings(action="ignore"):
            block = tags.tobytes()
        return chosen(
            block,
            block,
            block,
            block[: len(block) // 2],
            block + bytes(30_000),
            b"Exif\0\0no tags at all",
        )

    def _pillow(self, chosen):
        image = Image.fromarray(self.pixels)
        if self.mode in ("I", "I;16", "I;16B", "F"):
            grey = np.asarray(image.convert("L")).astype("uint16") * 257
            image = Image.fromarray(grey)
            image = image if self.mode == "I;16" else image.convert("I").convert(self.mode)
        elif self.mode == "LAB":
            image = ImageCms.profileToProfile(
                image,
                ImageCms.createProfile("sRGB"),
                ImageCms.createProfile("LAB"),
                outputMode="LAB",
            )
        elif self.mode == "PA":
            image = image.convert("RGBA").quantize(64).convert("PA")
        else:
            image = image.convert(self.mode)
        if image.mode in ("LA", "RGBA") and self.rng.random() < 0.7:
            image.putalpha(Image.fromarray(np.ascontiguousarray(self.pixels[..., 1])))
        kept = dict(self.kept)
        if "append_images" in kept:
            kept["append_images"] = [image.copy() for _ in range(kept["append_images"])]
        if image.mode == "1" and "compression" in kept:
            kept["compression"] = chosen("group4", "group3", None)
        while True:
            target = io.BytesIO()
            try:
                with warnings.catch_warnings(action="ignore"):
                    image.save(target, self.format, **kept)
                return target.getvalue()
            except Exception:
                # What Pillow cannot write, no photo has.
                kept.popitem()

    def _tifffile(self, chosen):
        pixels = self.pixels
        grey = pixels[..., 0]
        alpha = np.dstack([pixels, grey])
        deep = lambda levels: levels.astype("uint16") * 257
        options = {
            "RGB": (pixels, {"photometric": "rgb"}), "RGBA": (alpha, {"photometric": "rgb", "extrasamples": ["unassalpha"]}),
            "L": (grey, {"photometric": "minisblack"}), "16": (deep(grey), {"photometric": "minisblack"}),
            "16 RGB": (deep(pixels), {"photometric": "rgb"}), "16 RGBA": (deep(alpha), {"photometric": "rgb", "extrasamples": ["unassalpha"]}),
            "planes": (np.moveaxis(pixels, 2, 0), {"photometric": "rgb", "planarconfig": "separate"}),
            "white is zero": (grey, {"photometric": "miniswhite"}),
        }  # fmt: skip
        array, settings = options[self.mode]
        target = io.BytesIO()
        orientation = [(274, 3, 1, int(self.rng.integers(0, 10)), True)]
        resolution = [
            (tag, 5, 1, chosen((0, 0), (2**32 - 1, 1), (72, 1), (0, 1)), True) for tag in (282, 283)
        ]
        extras = (orientation if self.rng.random() < 0.5 else []) + (
            resolution if self.rng.random() < 0.5 else []
        )
        # Pillow knows no BigTIFF of the other byte order.
        kind = chosen({"byteorder": "<"}, {"byteorder": ">"}, {"byteorder": "<", "bigtiff": True})
        tifffile.imwrite(
            target, array, extratags=extras, rowsperstrip=chosen(16, 1000), **kind, **settings
        )
        return target.getvalue()

    def _flawed(self, content):
        rng = self.rng
        if self.flaw == "cut":
            return content[: rng.integers(1, len(content))]
        if self.flaw == "flipped":
            changed = bytearray(content)
            for place in rng.integers(
                0, min(len(changed), int(rng.choice([300, 10**9]))), int(rng.integers(1, 20))
            ):
                changed[place] = rng.integers(256)
            return bytes(changed)
        return {"words": b"Dear diary", "empty": b"", "joined": content + content, None: content}[
            self.flaw
        ]

    @property
    def intact(self):
        """Whether it must be aged."""
        joined = self.flaw == "joined" and self.format != "JPEG2000"
        return (self.flaw is None or joined) and self.mode not in REFUSED


def attempt(seed, folder):
    """Ages the photo of a seed in an empty folder.

    Returns:
        What became of it: "aged", "refused", or one of the failures "traceback", "half-written",
        "intact refused" and "wrong"; and a sentence on a failure.
    """
    case = Case(seed)
    path = os.path.join(folder, case.name)
    with open(path, "wb") as file:
        file.write(case.content)
    kind = f"{case.format} {case.mode} {case.flaw or ''} {case.name!r} to {case.out}"
    before = set(os.listdir(folder))
    out = None
    try:
        original = read_photo(path)
        out = os.path.join(folder, "aged") + (case.out or ending_for(original, path))
        aged = zoo.age(path, 30, entry=Model(), out=out, detector=detector)
    except PhotoError as error:
        if set(os.listdir(folder)) != before:
            return (
                "half-written",
                f"{kind}: {sorted(set(os.listdir(folder)) - before)} after {error}",
            )
        foreseen = case.out in (".jpg", ".jpeg") and "cannot hold" in str(error)
        return (
            ("intact refused", f"{kind}: {error}")
            if case.intact and not foreseen
            else ("refused", "")
        )
    except Exception:
        return "traceback", f"{kind}: {traceback.format_exc()}"
    with open(path, "rb") as file:
        if file.read() != case.content:
            return "wrong", f"{kind}: the photo itself was changed"
    if set(os.listdir(folder)) - before != {os.path.basename(out)}:
        return "half-written", f"{kind}: {sorted(set(os.listdir(folder)) - before)}"
    fault = _fault(case, original, aged, out) if case.intact else None
    return ("wrong", f"{kind}: {fault}") if fault else ("aged", "")


def _fault(case, original, aged, out):
    """What is wrong with an aged photo, or None."""
    with (
        warnings.catch_warnings(action="ignore"),
        mock.patch.object(PngImagePlugin, "MAX_TEXT_CHUNK", 2**30),
    ):
        with Image.open(out) as image:
            if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
                return "it is to be turned"
            if image.size != original.pixels.shape[1::-1]:
                return f"it has {image.size} pixels"
            if image.info.get("icc_profile") != original.icc_profile:
                return "it has another colour profile"
        upright = None if case.format == "tifffile" else _by_pillow(case.content)
        if upright is not None:
            if upright.size != original.pixels.shape[1::-1]:
                return f"upright it would have {upright.size} pixels"
            if (
                case.mode in ("RGB", "L")
                and "A" not in upright.mode
                and (np.asarray(upright.convert("RGB")) != original.pixels).any()
            ):
                return "it was read otherwise than Pillow does"
        # A PIL image is a photo, too.
        with Image.open(out) as image:
            again = photo_of(image).pixels
    if (again != read_photo(out).pixels).any():
        return "it is another as a PIL image"
    lossless = out.lower().endswith((".png", ".tif", ".tiff"))
    if lossless and (again[aged.outside] != original.pixels[aged.outside]).any():
        return "it was changed outside the face"
    middle = tuple(side // 2 for side in again.shape[:2])
    change = again[middle].astype(int) - original.pixels[middle]
    # Less where the crop is black already.
    if lossless and (
        change.min() < -11 or change.max() > 1 or (original.pixels.min() > 30 and change.max() > -9)
    ):
        return "its face is another than the model made"
    return None


def _by_pillow(content):
    """The picture, upright; None where Pillow gives up on a broken EXIF block."""
    with Image.open(io.BytesIO(content)) as image:
        try:
            return ImageOps.exif_transpose(image)
        except SyntaxError:
            return None


def main(arguments=None):
    """Tries seeds one after the other until the time or the count is over; returns 1 if any failed,
    else 0.
    """
    options = parser_of(__doc__, 10.0, "count").parse_args(arguments)
    from absl import logging

    logging.set_verbosity(logging.ERROR)
    counts = collections.Counter()
    minutes = options.minutes if options.count is None else None
    for seed in numbers(options.seed, minutes, options.count):
        with tempfile.TemporaryDirectory() as folder:
            what, sentence = attempt(seed, folder)
        counts[what] += 1
        if sentence:
            print(f"seed {seed}: {what}: {sentence}", flush=True)
    failures = ("traceback", "half-written", "intact refused", "wrong")
    print(
        f"{sum(counts.values())} pictures tried: "
        + ", ".join(f"{counts[what]} {what}" for what in ("aged", "refused", *failures))
    )
    return int(any(counts[what] for what in failures))


if __name__ == "__main__":
    sys.exit(main())
