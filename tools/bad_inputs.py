"""Bad inputs by seed, for `prove_bad_input.py`: good files of every kind, damaged, and shown to
what reads them.

    python tools/bad_inputs.py KIND FIRST COUNT

Prints a line of JSON per input: its seed, what became of it, processor seconds and megabytes. What
is not taken must be refused by a `FaceAgingError`, and nothing may be written beside the place that
was named.
"""

import contextlib
import copy
import functools
import io
import json
import os
import pathlib
import random
import resource
import shutil
import struct
import sys
import tempfile
import time
import traceback
import zipfile
import zlib

import numpy as np
from PIL import Image
from proving import TINY, contents, drawn_detector, memory, tiny_ager
from try_pictures import Model
from trying import damaged

from faceaging_tf.errors import FaceAgingError

TRICKS = (
    "../evil.png", "../../evil.png", "/tmp/faceaging-evil.png", "a/../../evil.png", "..\\evil.png",
    "C:\\evil.png", "//host/evil.png", "a/./../../../evil.png", "\x00evil.png", "evil\n.png", "~/evil.png",
    "a" * 300 + ".png", ".part", "..", "con.png", "%2e%2e/evil.png", "file:///tmp/evil.png", "\u202egnp.exe",
)  # fmt: skip


def damaged_json(text, rng):
    """JSON with a value of another kind, a key renamed, gone or new, somewhere."""
    content = json.loads(text)
    strange = (None, True, -1, 0, 1e308, 10**9, "", "x", "../../x", [], {}, [[]], [1] * 100, "\ud800", {"network": "x"}, 2**70, -0.5)  # fmt: skip

    def places(node):
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            yield node, key
            if isinstance(node[key], (dict, list)):
                yield from places(node[key])

    for _ in range(rng.randint(1, 3)):
        every = list(places(content))
        if not every:
            break
        node, key = rng.choice(every)
        what = rng.randrange(4)
        if what == 0 and isinstance(node, dict):
            node[f"{key}{rng.choice(('', 's', ' '))}x"] = node.pop(key)
        elif what == 1:
            del node[key]
        else:
            node[key] = copy.deepcopy(rng.choice(strange))
    return json.dumps(content).encode("utf-8", "surrogatepass")


def drawn(person=0, age=40, size=96):
    from faceaging_tf.data.drawn_faces import draw_face

    return draw_face(person, age, size)


def saved(pixels, kind, **options):
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, kind, **options)
    return target.getvalue()


def png_of(width, height, depth=8, colour=2, packed=b""):
    """A PNG of few bytes that says it has so many pixels."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))  # fmt: skip
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    data = packed or zlib.compress(bytes(min(height * (1 + width * 3), 10**6)))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


@functools.cache
def full_png(side):
    """A PNG of one colour, whole, of side by side pixels."""
    packer, packed = zlib.compressobj(9), b""
    row = b"\0" + bytes(3 * side)
    for _ in range(side):
        packed += packer.compress(row)
    return png_of(side, side, packed=packed + packer.flush())


@functools.cache
def photos_whole():
    pixels = drawn()
    kinds = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".tif": "TIFF", ".gif": "GIF", ".bmp": "BMP", ".jp2": "JPEG2000", ".avif": "AVIF", ".ppm": "PPM"}  # fmt: skip
    return {ending: saved(pixels, kind) for ending, kind in kinds.items()}


def picture(rng, folder):
    """A damaged photo, or one that says it is huge, aged."""
    import zoo

    ending, content = rng.choice(sorted(photos_whole().items()))
    what = rng.random()
    if what < 0.02:
        ending, content = ".png", full_png(rng.choice((4000, 8000, 12000)))
    elif what < 0.06:
        ending, content = ".png", png_of(rng.choice((1, 10**4, 10**5, 2**31 - 1)), rng.choice((1, 10**4, 10**5, 2**31 - 1)))  # fmt: skip
    else:
        content = damaged(content, rng)
    path = folder / "in" / f"me{ending}"
    path.write_bytes(content)
    out = folder / "out" / f"aged{rng.choice(('.png', '.jpg'))}"
    zoo.age(path, 30, entry=Model(), out=out, detector=drawn_detector)


@functools.cache
def exported_whole():
    """The contents of tiny exported files."""
    from faceaging_tf.export import export

    model = tiny_ager()
    with tempfile.TemporaryDirectory() as folder:
        places = {name: pathlib.Path(folder) / f"ager.{name}" for name in ("tflite", "onnx")}
        export(model, places["tflite"], "litert")
        export(model, places["onnx"], "onnx")
        return {name: place.read_bytes() for name, place in places.items()}


@functools.cache
def videos_whole():
    import av

    found = {}
    codecs = {"mp4": "libx264", "matroska": "mpeg4", "avi": "mjpeg", "gif": "gif"}
    for container, codec in codecs.items():
        target = io.BytesIO()
        with av.open(target, "w", format=container) as file:
            stream = file.add_stream(codec, rate=25)
            stream.width, stream.height = 96, 96
            stream.pix_fmt = {"gif": "rgb8", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
            for _ in range(8):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(drawn(), format="rgb24")))
            file.mux(stream.encode(None))
        found[".mkv" if container == "matroska" else f".{container}"] = target.getvalue()
    return found


def video(rng, folder):
    """A damaged video, aged."""
    from faceaging_tf.mobile import FileModel
    from faceaging_tf.video import age_video

    ending, content = rng.choice(sorted(videos_whole().items()))
    path, out = folder / "in" / f"me{ending}", folder / "out" / "aged.mp4"
    path.write_bytes(damaged(content, rng))
    model = FileModel(exported_whole()["tflite"], threads=1)
    age_video(path, out, model, 20, ages=40, detector=drawn_detector, segment=4)


def table(rng, folder):
    """A corpus of pictures whose faces.csv is damaged, or names what it should not."""
    from faceaging_tf.data import load_corpus
    from faceaging_tf.data.readers import Tree, find

    rows = [["file", "age", "person", "split"]]
    for number in range(3):
        (folder / "in" / f"{number}.png").write_bytes(photos_whole()[".png"])
        rows.append([f"{number}.png", str(20 + number), f"p{number}", "train"])
    is_whole = rng.random() < 0.3
    if is_whole:
        tricks = (*TRICKS, "9" * 5000, "1e999", "=1+1", '"')
        rows[rng.randrange(1, 4)][rng.randrange(4)] = rng.choice(tricks)
    text = "\n".join(map(",".join, rows)).encode("utf-8", "surrogatepass")
    (folder / "in" / "faces.csv").write_bytes(text if is_whole else damaged(text, rng))
    if rng.random() < 0.5:
        load_corpus(folder / "in", "all", 32, on_disk=rng.random() < 0.2)
    else:
        list(find("faces_csv").read(Tree(folder / "in")))


@functools.cache
def corpus_whole():
    """The files of a prepared corpus."""
    with tempfile.TemporaryDirectory() as place:
        source = pathlib.Path(place) / "photos"
        source.mkdir()
        for person in range(4):
            name = f"{30 + person}_0_0_2017010{person}.png"
            Image.fromarray(drawn(person, 30)).save(source / name)
        out = pathlib.Path(place) / "corpus"
        prepare_here(source, out)
        return contents(out)


def prepare_here(source, out):
    """Prepares a corpus of photos in this process, where it can be watched."""
    import kill_jobs

    from faceaging_tf.data.readers import Tree, find
    from faceaging_tf.prepare import Settings, prepare

    settings, judges = Settings(image_size=32), kill_jobs.Judges(wait=0)
    prepare(Tree(str(source)), find("utkface"), out, settings, judges, run=in_process)


def in_process(job, numbered, workers, done):
    """Makes parts in this process, where they can be watched."""
    for number, items in numbered:
        done(*job.make(number, items))


def parquet(rng, folder):
    """A prepared corpus of which a file is damaged, read; or photos in Parquet, aged."""
    from faceaging_tf.data import load_corpus
    from faceaging_tf.data.readers import Tree
    from faceaging_tf.photo.many import age_photos

    files = dict(corpus_whole())
    kept = [name for name in files if "dropped" not in name]
    chosen = rng.choice([name for name in kept if name.endswith((".parquet", "corpus.json"))])
    json_kind = chosen.endswith(".json") and rng.random() < 0.7
    files[chosen] = damaged_json(files[chosen], rng) if json_kind else damaged(files[chosen], rng)
    for name, content in files.items():
        (folder / "in" / name).write_bytes(content)
    if rng.random() < 0.6:
        load_corpus(folder / "in", "all", 32, on_disk=rng.random() < 0.2)
    else:
        age_photos(Tree(str(folder / "in")), folder / "out" / "aged", 20, tools, run=in_process)


def tools():
    """The model and the detector of many photos."""
    return Model(), drawn_detector


@functools.cache
def preset_whole():
    import zoo
    from faceaging_tf.models import AgeRegressor

    with tempfile.TemporaryDirectory() as place:
        model = AgeRegressor(image_size=32, network=TINY["age_network"])
        return contents(zoo.save(model, pathlib.Path(place) / "p", entry="age_network"))


def preset(rng, folder):
    """A damaged preset; by turns its checksums are those of the damage, as an attacker would have
    them.
    """
    from prove_tampering import reseal

    import zoo
    from zoo.presets import files as preset_files

    for name, content in preset_whole().items():
        (folder / "in" / name).write_bytes(content)
    names = (preset_files.CONFIG, preset_files.CONFIG, preset_files.WEIGHTS, preset_files.METADATA)
    chosen = rng.choice(names)
    path = folder / "in" / chosen
    is_json = path.suffix == ".json" and rng.random() < 0.8
    path.write_bytes((damaged_json if is_json else damaged)(path.read_bytes(), rng))
    if rng.random() < 0.8:
        if chosen == preset_files.METADATA:
            with contextlib.suppress(ValueError, AttributeError):
                preset_files.write_metadata(folder / "in", json.loads(path.read_bytes()))
        else:
            reseal(folder / "in", chosen)
    zoo.describe(folder / "in") if rng.random() < 0.1 else zoo.load(folder / "in")


def exported(rng, folder):
    """A damaged exported file, run."""
    from faceaging_tf.evaluate.exported import ExportedSubject
    from faceaging_tf.mobile import Ager

    kind = rng.choice(("tflite", "tflite", "onnx"))
    path = folder / "in" / f"ager.{kind}"
    path.write_bytes(damaged(exported_whole()[kind], rng))
    face = drawn(size=32)
    if kind == "tflite":
        Ager(path, threads=1).age(face, 20, 40)
    else:
        ages = lambda faces: np.full(len(faces), 40, "float32")
        ExportedSubject(path, ages).transform(face[None], [20.0], [40.0])


def archive(rng, folder):
    """A zip whose names lead elsewhere, or that unpacks to far more than it is, aged or
    prepared.
    """
    from faceaging_tf.data.readers import Tree
    from faceaging_tf.photo.many import age_photos

    path = folder / "in" / "photos.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("30_0_0_20170101.png", photos_whole()[".png"])
        for name in rng.sample(TRICKS, 3):
            entry = zipfile.ZipInfo(name)
            entry.filename = name
            if rng.random() < 0.2:
                entry.external_attr = 0o120777 << 16
            target.writestr(entry, photos_whole()[".png"])
        if rng.random() < 0.1:
            with target.open("40_0_0_20170102.png", "w", force_zip64=True) as big:
                for _ in range(1500):
                    big.write(bytes(2**20))
    if rng.random() < 0.5:
        path.write_bytes(damaged(path.read_bytes(), rng))
    if rng.random() < 0.5:
        age_photos(Tree(str(path)), folder / "out" / "aged", 20, tools, run=in_process)
    else:
        prepare_here(path, folder / "out" / "corpus")


KINDS = {one.__name__: one for one in (picture, video, table, parquet, preset, exported, archive)}


def try_one(kind, seed):
    """One input; what became of it, and a text on a failure."""
    rng, before = random.Random(f"{kind} {seed}"), os.getcwd()
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place) / "deep" / "deeper"
        (folder / "in").mkdir(parents=True)
        (folder / "out").mkdir()
        os.chdir(folder / "in")
        try:
            KINDS[kind](rng, folder)
            became, text = "taken", ""
        except FaceAgingError as error:
            became, text = "refused", ""
            if len(str(error).split()) < 4:
                became, text = "no sentence", str(error)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            became = "traceback"
            text = f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"
        finally:
            os.chdir(before)
        places = [pathlib.Path(place), pathlib.Path(place) / "deep", folder]
        own = {"deep", "deeper", "in", "out"}
        beside = {name for one in places for name in os.listdir(one)} - own
        if beside or any(pathlib.Path("/tmp").glob("faceaging-evil*")):
            became, text = "written outside", str(sorted(beside))
        elif became == "refused" and list(folder.glob("out/*.part")):
            became, text = "half-written", ""
        shutil.rmtree(folder)
    return became, text


def main(arguments):
    """Tries inputs, a line each."""
    kind, first, count = arguments[0], int(arguments[1]), int(arguments[2])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try_one(kind, -1)
    for seed in range(first, first + count):
        print(json.dumps({"begins": seed}), flush=True)
        # The peak of memory is watched anew.
        pathlib.Path("/proc/self/clear_refs").write_text("5")
        before, began = memory("VmHWM"), time.process_time()
        became, text = try_one(kind, seed)
        took = {"seconds": time.process_time() - began, "megabytes": memory("VmHWM") - before}
        row = {"seed": seed, "became": became, "text": text[:400], **took}
        print(json.dumps(row), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
