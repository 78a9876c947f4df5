"""Proves that work grows to many machines: a Ray cluster of which a node is killed, replicas, and a
corpus of a million rows.

    python tools/prove_machines.py --faces 20000 --rows 1000000

Faces are drawn, so that what costs is the machinery and not the networks: a tiny exported model
ages them. Those that are aged are a thousand pictures under many names each, so that each can be
compared with its picture's face, aged on one machine; those that are prepared all differ.
"""

import contextlib
import csv
import io
import json
import os
import pathlib
import sys
import tempfile
import time

import numpy as np
from kill_jobs import Agers, Judges
from PIL import Image
from proving import ROOT, Proof, contents, made_inputs, memory, parser_of, start

REPLICAS = 1e-5
# Different pictures among those that are aged.
PICTURES = 1000


def name_of(number):
    """What a photo is called, as UTKFace calls its own."""
    return f"{20 + number % 60}_{number % 2}_0_2017{number:08d}.jpg"


def drawn_photos(folder, count, pictures):
    """So many drawn photos, by turns of so many pictures, no two of which are near duplicates: each
    lies under a light of its own.
    """
    from faceaging_tf.data.drawn_faces import draw_face

    folder.mkdir()
    faces = [Image.fromarray(draw_face(person, 20 + person % 60, 96)) for person in range(100)]
    for number in range(count):
        path = folder / name_of(number)
        if number >= pictures:
            path.hardlink_to(folder / name_of(number % pictures))
            continue
        spots = np.random.default_rng(number).integers(0, 256, (12, 12, 3), dtype=np.uint8)
        light = Image.fromarray(spots).resize((96, 96), Image.Resampling.BICUBIC)
        Image.blend(faces[number % 100], light, 0.5).save(path, quality=95)
    return folder


def work(kind, source, out, run=None, workers=1, inputs=None, progress=None):
    """Ages or prepares the photos."""
    from faceaging_tf.data.readers import Tree, find
    from faceaging_tf.parallel import run_processes
    from faceaging_tf.photo.many import age_photos
    from faceaging_tf.prepare import Settings, prepare

    how = {"run": run or run_processes, "workers": workers, "progress": progress}
    tree = Tree(str(source))
    if kind == "ageing":
        return age_photos(tree, out, 30, Agers(str(inputs), wait=0), **how)
    settings = Settings(image_size=64, part=16)
    return prepare(tree, find("utkface"), out, settings, Judges(wait=0), **how)


@contextlib.contextmanager
def three_nodes(tries=5):
    """A Ray cluster of three nodes of a processor each. Ray gives each node half a minute to start,
    whatever it is told; a machine with other work may need several tries.
    """
    import ray
    from ray.cluster_utils import Cluster

    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "tools")])
    for number in range(tries):
        nodes = None
        try:
            nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
            others = [nodes.add_node(num_cpus=1) for _ in range(2)]
            nodes.wait_for_nodes()
            break
        except Exception as error:
            print(f"Try {number + 1} of {tries}, no cluster: {error}", file=sys.stderr, flush=True)
            if nodes:
                nodes.shutdown()
            if number + 1 == tries:
                raise
            time.sleep(10 * number)
    try:
        yield nodes, others
    finally:
        ray.shutdown()
        nodes.shutdown()


def cluster(proof, scratch, inputs, faces, chosen):
    """Ages and prepares on three nodes, one of which is killed on the way, and then by one process
    of this machine.
    """
    from faceaging_tf.parallel import run_on_ray

    kinds = {"ageing": aged_alike, "preparing": prepared_alike}
    for kind, compare in kinds.items():
        if kind not in chosen:
            continue
        pictures = min(PICTURES, faces) if kind == "ageing" else faces
        source = drawn_photos(scratch / f"{kind}-photos", faces, pictures)
        some = source
        if pictures < faces:
            some = drawn_photos(scratch / f"{kind}-pictures", pictures, pictures)
        out, alone, killed = scratch / f"{kind}-ray", scratch / f"{kind}-alone", []
        # First of all: an hour's work may stand behind what one process makes.
        with three_nodes() as (nodes, others):

            def progress(done, total, nodes=nodes, others=others, killed=killed):
                if done >= 0.4 * total and not killed:
                    killed.append(done)
                    nodes.remove_node(others[0], allow_graceful=False)

            began = time.monotonic()
            work(kind, source, out, run_on_ray(nodes.address), 3, inputs, progress)
            seconds = time.monotonic() - began
        work(kind, some, alone, inputs=inputs)
        failures, told = compare(contents(alone), contents(out), faces, pictures)
        failures += ["no node was killed"] * (not killed)
        told = f"a node killed after {sum(killed):,}: {told}; {seconds:.0f} s"
        proof.row(f"Ray, three nodes, {kind}", faces, failures, told)


def aged_alike(alone, out, faces, pictures):
    """Compares each aged photo, and its row of the table, with those of its picture; failures, and
    what is said.
    """
    rows = [list(csv.DictReader(io.StringIO(found["aged.csv"].decode()))) for found in (alone, out)]
    of_picture, of_photo = ({row["file"]: row for row in some} for some in rows)
    failures = [f"{len(rows[1])} rows of the table"] * (len(rows[1]) != faces)
    expected = {name_of(number) for number in range(faces)}
    failures += [f"other files: {sorted(set(out) ^ expected)[:5]}"] * (
        set(out) != expected | {"aged.csv", "aged.json"}
    )
    for number in range(faces):
        name, picture = name_of(number), name_of(number % pictures)
        row, same = of_photo.get(name, {}), of_picture[picture]
        like = {**row, "file": picture, "out": picture} == same and row["out"] == name
        if not like or out.get(name) != alone[picture] or same["problem"]:
            failures.append(f"{name} is not as its picture is alone")
    return failures, (
        f"each of {faces:,} aged once, and byte for byte as its picture (of {pictures:,}) is by one process"
    )


def prepared_alike(alone, out, faces, pictures):
    """Compares two corpora, of which nothing is left out; failures, and what is said."""
    different = sorted(name for name in {*alone, *out} if alone.get(name) != out.get(name))
    failures = [f"{len(different)} files differ: {different[:3]}"] * bool(different)
    kept = json.loads(out["corpus.json"])["faces"]
    failures += [f"{kept} faces are in the corpus"] * (kept != pictures)
    shards = sum(name.endswith(".parquet") and name.startswith("faces-") for name in out)
    return failures, (
        f"all {faces:,} faces in {shards:,} shards, byte for byte the corpus that one process makes"
    )


def busy():
    """Seconds of processors that all programs of this machine have taken, and that this one has,
    with the processes below it and those of them that ended.
    """
    words = pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    # All but idle and waiting for disks; what guests take is part of the first.
    every = sum(int(word) for place, word in enumerate(words[:8]) if place not in (3, 4))
    took, parents = {}, {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(words[1])
            took[int(folder.name)] = sum(map(int, words[11:15]))
    ours = {os.getpid()}
    while more := {one for one, parent in parents.items() if parent in ours} - ours:
        ours |= more
    ticks = os.sysconf("SC_CLK_TCK")
    return every / ticks, sum(took[one] for one in ours) / ticks


def speed(proof, scratch, inputs, faces, called, run=None, rounds=3):
    """The time with one worker and with two, by turns, the least of some rounds each; how much of
    the processors other programs took meanwhile, and the time of processors that the work itself
    took, which others do not change.
    """
    source = scratch / "some"
    if not source.exists():
        drawn_photos(source, faces, faces)
    for kind in ("ageing", "preparing"):
        least = {}
        for _ in range(rounds):
            for workers in (1, 2):
                out = pathlib.Path(tempfile.mkdtemp(dir=scratch))
                began, before = time.monotonic(), busy()
                work(kind, source, out, run, workers, inputs)
                seconds = time.monotonic() - began
                every, own = (late - soon for late, soon in zip(busy(), before, strict=True))
                found = seconds, own, (every - own) / seconds
                print(f"{called}, {kind}, {workers}: {found}", file=sys.stderr, flush=True)
                least[workers] = min(found, least.get(workers, found))
        (one, of_one, beside_one), (two, of_two, beside_two) = least[1], least[2]
        told = f"{one:.0f} s with one, {two:.0f} s with two, the least of {rounds} each: {one / two:.2f} times as fast, while other programs took {beside_one:.1f} and {beside_two:.1f} of {os.cpu_count()} processors; {of_one:.0f} and {of_two:.0f} s of processors in all"
        proof.row(f"One worker and two, {called}, {kind}", faces, [], told)


def replicas(proof, scratch):
    """Training on two devices and on one."""
    for backend, called in (("tensorflow", "`MirroredStrategy`"), ("jax", "`keras.distribution`")):
        codes = []
        for devices in (1, 2):
            flags = {"XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
            process = start(
                [ROOT / "tools" / "replicas.py", devices, scratch / f"{backend}-{devices}.npz"],
                KERAS_BACKEND=backend,
                **flags,
            )
            codes.append(process.wait())
        if any(codes):
            proof.row(f"Training on two replicas, {called}", 3, [f"ended with {codes}"], "")
            continue
        with (
            np.load(scratch / f"{backend}-1.npz") as one,
            np.load(scratch / f"{backend}-2.npz") as two,
        ):
            gaps = {name: float(np.abs(one[name] - two[name]).max(initial=0)) for name in one.files}
            moved = float(one["moved"])
        name = max(gaps, key=gaps.get)
        failures = [f"{name} is {gaps[name]:.1e} apart"] * (gaps[name] > REPLICAS) + [
            "nothing moved"
        ] * (moved < 1e-3)
        proof.row(
            f"Training on two replicas, {called}",
            3,
            failures,
            f"3 steps: weights and losses within {gaps[name]:.1e} of one replica's (weights moved by {moved:.2f})",
        )


def write_corpus(folder, rows, shard=10_000):
    """A prepared corpus of so many rows, whose faces repeat."""
    from faceaging_tf.data.drawn_faces import draw_face
    from faceaging_tf.prepare.rows import COLUMNS, parquet_bytes

    folder.mkdir()
    faces = []
    for person in range(100):
        target = io.BytesIO()
        Image.fromarray(draw_face(person, 20 + person % 60, 16)).save(target, "PNG")
        faces.append(target.getvalue())
    words = dict.fromkeys(("sex", "source", "flags", "content"), "")
    numbers = dict.fromkeys(("sharpness", "turned", "face_size", "score", "age_estimate"), 0.5)
    shards = []
    for first in range(0, rows, shard):
        some = range(first, min(first + shard, rows))
        table = [
            {**words, **numbers, "image": {"bytes": faces[row % 100], "path": f"{row}.png"}, "file": f"{row}.png", "person": f"p{row // 5}",
             "age_min": 20.0 + row % 60, "age_max": 20.0 + row % 60, "age_estimated": False, "split": "train", "attributes": "{}"}
            for row in some
        ]  # fmt: skip
        name = f"faces-{first // shard:06d}.parquet"
        (folder / name).write_bytes(parquet_bytes(table, COLUMNS))
        shards.append({"file": name, "faces": len(some)})
    told = {"format": 1, "plan": "p", "image_size": 16, "frame": "tight", "shards": shards}
    (folder / "corpus.json").write_text(json.dumps(told))


def read_corpus(folder):
    """Run as a process of its own: reads a corpus as training does, and prints what it took."""
    import keras  # noqa: F401

    from faceaging_tf.data import LabelledBatches, load_corpus

    before, began = memory("RssAnon"), time.process_time()
    corpus = load_corpus(folder, "train", 16, on_disk=True)
    loaded = time.process_time() - began
    began = time.process_time()
    load_corpus(folder, "train", 16, on_disk=True)
    again = time.process_time() - began
    held = memory("RssAnon") - before
    batches = LabelledBatches(corpus, batch_size=16, steps=200)
    began = time.process_time()
    for number in range(200):
        batches[number]
    row = {"rows": len(corpus.age), "seconds": loaded, "again": again, "loaded": held}
    row |= {"batch": (time.process_time() - began) / 200, "megabytes": memory("RssAnon") - before}
    print(json.dumps(row), flush=True)


def million(proof, scratch, rows):
    """A hundredth, a tenth and all of a million rows: memory and time per row."""
    import subprocess

    found = []
    for count in (rows // 100, rows // 10, rows):
        folder = scratch / f"rows-{count}"
        write_corpus(folder, count)
        process = start([__file__, "--read", folder], subprocess.PIPE)
        lines = [line for line in process.stdout if line.startswith(b"{")]
        if process.wait() != 0 or not lines:
            proof.row("A corpus read from disk", count, [f"it ended with {process.returncode}"], "")
            return
        found.append(json.loads(lines[-1]))
    each = [1e6 * one["seconds"] / one["rows"] for one in found]
    batches = [1e3 * one["batch"] for one in found]
    memory = [one["megabytes"] for one in found]
    # What a row takes in memory: what draws it, never its labels or its pixels.
    bytes_a_row = (memory[2] - memory[1]) * 2**20 / (found[2]["rows"] - found[1]["rows"])
    failures = [f"a row takes {bytes_a_row:.0f} bytes"] * (bytes_a_row > 100) + [
        f"time per row grows: {each}"
    ] * (each[2] > 1.5 * each[1])
    joined = lambda values, form: ", ".join(format(value, form) for value in values)
    told = f"at {joined([one['rows'] for one in found], ',')} rows: {joined(each, '.0f')} µs a row to read, {joined(batches, '.1f')} ms a batch, {joined(memory, '.0f')} MB ({joined([one['loaded'] for one in found], '.0f')} before batches are drawn), which is {bytes_a_row:.0f} bytes a row; read again in {1000 * found[2]['again']:.0f} ms"
    proof.row(
        "A corpus read as training reads it, pictures on disk", found[2]["rows"], failures, told
    )


def main(arguments):
    """Runs the proof; 1 where a promise was broken."""
    if arguments[:1] == ["--read"]:
        read_corpus(arguments[1])
        return 0
    names = ("replicas", "rows", "speed", "ageing", "preparing")
    given = parser_of(__doc__, names, faces=20000, rows=1000000).parse_args(arguments)
    chosen = given.only
    proof = Proof(f"python tools/prove_machines.py --faces {given.faces} --rows {given.rows}")
    with tempfile.TemporaryDirectory(prefix="prove-machines-") as place:
        scratch = pathlib.Path(place)
        if "replicas" in chosen:
            replicas(proof, scratch)
        if "rows" in chosen:
            million(proof, scratch, given.rows)
        if chosen & {"speed", "ageing", "preparing"}:
            from faceaging_tf.parallel import run_on_ray

            inputs = made_inputs(scratch)
        if "speed" in chosen:
            speed(proof, scratch, inputs, min(given.faces, 2000), "processes")
            with three_nodes() as (nodes, _):
                own = "Ray of three nodes", run_on_ray(nodes.address)
                speed(proof, scratch, inputs, min(given.faces, 2000), *own)
        if chosen & {"ageing", "preparing"}:
            cluster(proof, scratch, inputs, given.faces, chosen)
    return int(proof.failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
