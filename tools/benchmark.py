"""Times what users wait for, in this tree and in another one, in turn, and prints the ratios.

    git worktree add ../before HEAD~10
    python tools/benchmark.py --against ../before
    python tools/benchmark.py --works help,photo,warm --rounds 5

Works: `help`, `list`, `import` (a process each), `photo` (`faceaging age` on a picture of 12
megapixels, cold, JPEG to JPEG), `warm` (`zoo.age` on it, the third call of a process), `folder`
(pictures of 2 megapixels, photos a second) and `video` (720p, frames per second). A work takes its
turn in each tree before the next round begins, so that whatever else the machine does meets both;
the median of the rounds is shown, with the peak memory of the largest process. Only the ratio means
anything on another machine.
"""

import json
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from absl import app, flags

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORKS = ("help", "list", "import", "photo", "warm", "folder", "video")
flags.DEFINE_string(
    "against",
    None,
    "Another tree of this project, such as a git worktree of an earlier commit; none for this one alone.",
)
flags.DEFINE_list("works", list(WORKS), f"Of {', '.join(WORKS)}.")
flags.DEFINE_integer("rounds", 3, "Turns of each work.", lower_bound=1)
flags.DEFINE_integer("photos", 20, "Photos of the folder.", lower_bound=1)
flags.DEFINE_float("seconds", 4.0, "Length of the video.", lower_bound=0.2)
FLAGS = flags.FLAGS

SIDE, FOLDER_SIDE, VIDEO_SIZE, RATE = 3464, 1414, (1280, 720), 25
# What a process does, and how it says its figure; {0} is the folder of the inputs.
PROGRAMS = {
    "help": ("zoo", "--help"),
    "list": ("zoo", "list"),
    "import": "import zoo",
    "photo": ("zoo", "age", "{0}/photo.jpg", "--years", "30", "--out", "{0}/out.jpg"),
    "warm": (
        "import json, time, zoo\n"
        "for _ in range(3):\n"
        "    begun = time.perf_counter(); zoo.age('{0}/photo.jpg', 30, out='{0}/out.jpg'); taken = time.perf_counter() - begun\n"
        "print(json.dumps(taken))"
    ),
    "folder": ("zoo", "age", "{0}/photos", "--years", "30", "--workers", "2", "--out", "{0}/aged"),
    "video": ("zoo", "video", "{0}/video.mp4", "--years", "30", "--out", "{0}/aged.mp4"),
}


def inputs(folder, photos, frames):
    """Writes the pictures and the video that are timed, all of one face."""
    import av
    import numpy as np
    from PIL import Image
    from skimage.data import astronaut

    whole = Image.fromarray(astronaut())
    whole.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(folder / "photo.jpg", quality=92)
    (folder / "photos").mkdir()
    for number in range(photos):
        whole.resize((FOLDER_SIDE, FOLDER_SIDE), Image.Resampling.BICUBIC).save(
            folder / f"photos/{number:03}.jpg", quality=92
        )
    width, height = VIDEO_SIZE
    frame = np.asarray(whole.resize((width, width), Image.Resampling.BICUBIC))
    with av.open(str(folder / "video.mp4"), "w") as file:
        stream = file.add_stream("libx264", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            shown = np.ascontiguousarray(np.roll(frame, number % 10, axis=1)[:height])
            file.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        file.mux(stream.encode(None))


def timed(work, tree, folder):
    """Seconds of a work in a tree (for `folder` and `video`, of a photo or a frame), and the
    megabytes of its largest process.
    """
    for left in ("aged", "aged.mp4", "out.jpg"):
        subprocess.run(["rm", "-rf", str(folder / left)], check=True)
    program = PROGRAMS[work]
    if isinstance(program, str):
        command = ["-c", program.format(folder)]
    else:
        command = ["-m", *(part.format(folder) for part in program)]
    environment = {**os.environ, "PYTHONPATH": str(tree), "TF_CPP_MIN_LOG_LEVEL": "3"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, error = process.stdout.read(), process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{work} failed in {tree}:\n{error.decode()}")
    parts = {"folder": FLAGS.photos, "video": round(FLAGS.seconds * RATE)}.get(work, 1)
    return (json.loads(output) if work == "warm" else taken) / parts, usage.ru_maxrss / 1024


def main(argv):
    unknown = sorted(set(FLAGS.works) - set(WORKS))
    if len(argv) > 1 or unknown:
        raise app.UsageError(
            f"--works names {', '.join(unknown) or argv[1]}; there are {', '.join(WORKS)}."
        )
    trees = [ROOT] + ([pathlib.Path(FLAGS.against).resolve()] if FLAGS.against else [])
    if not all((tree / "zoo" / "__init__.py").is_file() for tree in trees):
        raise app.UsageError(f"There is no tree of this project at {FLAGS.against}.")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        # In a process of its own: a child's peak memory begins with its parent's.
        maker = multiprocessing.get_context("spawn").Process(
            target=inputs, args=(folder, FLAGS.photos, round(FLAGS.seconds * RATE))
        )
        maker.start()
        maker.join()
        if maker.exitcode:
            raise SystemExit("The inputs could not be made.")
        print("work    seconds     MB" + ("    before     MB  ratio" if len(trees) > 1 else ""))
        for work in FLAGS.works:
            turns = [[timed(work, tree, folder) for tree in trees] for _ in range(FLAGS.rounds)]
            medians = [
                [statistics.median(turn[place][figure] for turn in turns) for figure in (0, 1)]
                for place in range(len(trees))
            ]
            line = f"{work:7} {medians[0][0]:7.3f} {medians[0][1]:6.0f}"
            if len(trees) > 1:
                ratio = statistics.median(turn[0][0] / turn[1][0] for turn in turns)
                line += f"   {medians[1][0]:7.3f} {medians[1][1]:6.0f}  {ratio:.2f}"
            print(line, flush=True)


if __name__ == "__main__":
    app.run(main)
