"""Trains the small network that says what lies on a face, `faceaging_tf/photo/covered.tflite`:
`python tools/fit_covered.py CORPORA --out FILE`.

CORPORA holds `portraits.zip`, `fairface_wide.zip` and `aaf_wide.zip`. Masks, hands, glasses, hats
and more are drawn onto their heads (`tools/drawn_things.py`), and other people's hands are laid
before them (`tools/real_hands.py`). Heads that wear or hold something themselves are in
`tools/covered.csv`: what, but, hands aside, not where. Where, the network of one round says for the
next. Half an hour on two cores; a run that was stopped goes on with the round it was in.
"""

import argparse
import csv
import dataclasses
import functools
import io
import multiprocessing
from pathlib import Path

import cv2
import drawn_things
import keras
import numpy as np
import tensorflow as tf
from drawn_shapes import drawn_head, eyes_of, frame_of
from fitting import as_file, fit, logits_of
from PIL import Image
from real_hands import HeldHand, hand_area, hands_of_heads, with_hand

from faceaging_tf.data.corpus import rows_of_corpus
from faceaging_tf.data.heads import load_heads
from faceaging_tf.geometry.exposure import in_common_light
from faceaging_tf.photo.covered import SEEN
from faceaging_tf.photo.skin import SIDE

CORPORA = ("portraits.zip", "fairface_wide.zip", "aaf_wide.zip")
# Heads of these that wear or hold something, looked at one by one: "headwear", "lenses", "held",
# "hand" (see `real_hands`) with a plus between them, or "unclear".
TABLE = Path(__file__).with_name("covered.csv")
# Pictures and steps of each round.
ROUNDS = ((24000, 3000), (28000, 5000), (32000, 8000), (24000, 5000))
# Of the pictures: heads that wear something themselves, and bare ones on which something was found;
# onto the rest things are drawn. Of these, heads that are drawn themselves.
WORN, MISTAKEN, DRAWN = 0.18, 0.06, 0.06
# Of those with things drawn, with somebody's hand before them as well.
HAND = 0.2
# Of all, those whose square ends at the forehead.
TIGHT = 0.15
# On how much of a bare head something must be found, and how surely, to be shown again.
MISTAKE, FOUND = 0.002, 0.3


@dataclasses.dataclass
class Heads:
    """Heads of the corpora, `(N, 256, 256, 3)` uint8, their points `(N, 468, 2)`, fractions of the
    side, what they wear, N words as in `TABLE`, empty where nothing, and their hands, `(21, 2)`,
    a list for each head by its number.
    """

    pictures: np.ndarray
    points: np.ndarray
    wears: np.ndarray
    hands: dict

    @classmethod
    def read(cls, corpora, split):
        with TABLE.open() as file:
            worn = {row["file"]: row["wears"] for row in csv.DictReader(file)}
        pictures, points, files = [], [], []
        for name in CORPORA:
            heads = load_heads(corpora / name, split)
            rows = [row for row in rows_of_corpus(corpora / name) if row.split == split]
            files += [f"{Path(name).stem}/{row.file}" for row in rows]
            pictures.append(heads.corpus.faces)
            points.append(heads.landmarks)
        wears = np.array([worn.get(file, "") for file in files])
        held = hands_of_heads()
        hands = {row: held[file] for row, file in enumerate(files) if file in held}
        return cls(np.concatenate(pictures), np.concatenate(points), wears, hands)

    def bare(self):
        return np.flatnonzero(self.wears == "")

    def wearing(self):
        return np.flatnonzero((self.wears != "") & (self.wears != "unclear"))

    def held_hands(self):
        return [
            HeldHand(self.pictures[row], self.points[row].astype("f8"), hand)
            for row, hands in self.hands.items()
            for hand in hands
        ]


@dataclasses.dataclass(frozen=True)
class Learned:
    """What the round before says: where on heads that wear something, `(N, 256, 256)` float32, -1
    in doubt, and bare heads on which it found something, by their numbers.
    """

    worn: np.ndarray
    mistaken: np.ndarray

    @classmethod
    def by(cls, network, heads):
        rows, bare = heads.wearing(), heads.bare()
        said = said_of(network, heads.pictures[rows])
        worn = [
            worn_where(
                heads.wears[row],
                heads.points[row].astype("f8"),
                cv2.resize(one, (SIDE,) * 2),
                heads.hands.get(row, ()),
            )
            for row, one in zip(rows, said, strict=True)
        ]
        found = [
            (said_of(network, heads.pictures[bare[at : at + 500]]) > FOUND).mean(axis=(1, 2))
            for at in range(0, len(bare), 500)
        ]
        return cls(np.array(worn), bare[np.concatenate(found) > MISTAKE])


def said_of(network, pictures):
    """What a network says of heads, probabilities `(N, 128, 128)` float32."""
    seen = [
        cv2.resize(each, (SEEN, SEEN), interpolation=cv2.INTER_AREA)
        for each in in_common_light(pictures, "whole_head")
    ]
    return tf.sigmoid(logits_of(network, np.stack(seen))).numpy()


def worn_where(wears, points, said, hands=()):
    """Where a head wears what it is known to wear, `(256, 256)` float32, -1 in doubt.

    Args:
        wears: "headwear", "lenses", "held" or "hand", or several with a plus between.
        points: `(468, 2)`, fractions of the side.
        said: `(256, 256)`, how likely something lies there by the round before.
        hands: `(21, 2)` each.
    """
    brows, right, up, width = frame_of(points)
    place = np.stack(np.meshgrid(*2 * [(np.arange(SIDE) + 0.5) / SIDE]), axis=-1)
    from_ = lambda point: ((place - point) @ right / width, (place - point) @ up / width)
    known = np.zeros((SIDE, SIDE), "float32")
    if "headwear" in wears:
        aside, above = from_(brows)
        known[(above > -0.02) | (np.abs(aside) > 0.42)] = -1
        crown = (above > 0.3) & (np.abs(aside) < 0.4)
        if said[crown & (above < 0.7)].mean() < 0.4:
            # A hat that was not found; a band or a visor would leave hair.
            known[crown] = 1
        known[(said > 0.5) & ((above > 0) | ((np.abs(aside) > 0.42) & (above > -1)))] = 1
    eyes = eyes_of(points)
    aside, above = from_(np.mean(eyes, axis=0))
    if "lenses" in wears:
        known[(np.abs(aside) < 0.55) & (np.abs(above) < 0.17)] = -1
        for eye in eyes:
            beside, over = from_(eye)
            known[(beside / 0.13) ** 2 + (over / 0.07) ** 2 < 1] = 1
        known[(np.abs(aside) < 0.5) & (np.abs(above) < 0.17) & (said > 0.6)] = 1
    if "held" in wears:
        known[above < -0.1] = np.where(said > 0.6, 1, -1)[above < -0.1]
    for hand in hands:
        # An arm goes on from there, and the other hand may be another place that is not known.
        around = cv2.dilate(hand_area(hand), np.ones((9, 9)))
        known[(known == 0) & ((above < -0.25) | (around > 0) | (said > 0.3))] = -1
    for hand in hands:
        known[hand_area(hand) > 0.5] = 1
    return known


def made(heads, learned, number, seed):
    """Pictures `(N, 128, 128, 3)` uint8 and where things lie, as `photographed` says it."""
    workers = multiprocessing.cpu_count()
    share = [number // workers + (rest < number % workers) for rest in range(workers)]
    # What forks after TensorFlow has begun may hang: only NumPy and OpenCV run there.
    shared = {"initializer": _from.extend, "initargs": ((heads, learned),)}
    with multiprocessing.get_context("fork").Pool(workers, **shared) as pool:
        parts = pool.starmap(
            _made, [(each, 100 * seed + worker) for worker, each in enumerate(share)]
        )
    return tuple(np.concatenate(each) for each in zip(*parts, strict=True))


# The heads, and what is learned of them, in a process that makes pictures.
_from: list = []


def _made(number, seed):
    heads, learned = _from
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    bare, wearing = heads.bare(), heads.wearing()
    cloths = heads.pictures[rng.choice(bare, min(len(bare), 1500), replace=False)]
    hands = heads.held_hands()
    found = []
    for _ in range(number):
        kind, row = rng.random(), rng.choice(bare)
        if learned and kind < WORN:
            one = rng.integers(len(wearing))
            row, hidden = wearing[one], learned.worn[one]
            picture = heads.pictures[row]
        elif learned and kind < WORN + MISTAKEN and len(learned.mistaken):
            row, hidden = rng.choice(learned.mistaken), np.zeros((SIDE, SIDE), "float32")
            picture = heads.pictures[row]
        else:
            picture = heads.pictures[row]
            if rng.random() < DRAWN:
                picture = drawn_head(heads.points[row].astype("f8"), rng)
            picture, hidden = drawn_things.dressed(picture, heads.points[row], cloths, rng)
            if hands and rng.random() < HAND:
                hand = hands[rng.integers(len(hands))]
                picture, hidden = with_hand(picture, hidden, heads.points[row], hand, rng)
        found.append(photographed(picture, hidden, heads.points[row], rng))
    return tuple(np.stack(each) for each in zip(*found, strict=True))


def photographed(picture, hidden, points, rng):
    """A head as it may be met: turned, shrunk, in some light, blurred, noisy, compressed;
    `(128, 128, 3)` uint8 and where things lie on it `(128, 128)` uint8 of 0 to 254, 255 in doubt.
    """
    turn, zoom = rng.normal(0, 5), np.exp(rng.normal(0, 0.06))
    middle = np.array([0.5, 0.5])
    if rng.random() < TIGHT:
        zoom, middle = zoom * rng.uniform(1.5, 2.3), points.mean(axis=0)
    matrix = cv2.getRotationMatrix2D(tuple(map(float, middle * SIDE)), turn, zoom)
    matrix[:, 2] += SIDE * (0.5 + rng.normal(0, 0.015, 2) - middle)
    warped = functools.partial(cv2.warpAffine, M=matrix, dsize=(SIDE, SIDE))
    picture = warped(picture, borderMode=cv2.BORDER_REFLECT_101)
    doubt = warped(np.float32(hidden < 0), borderMode=cv2.BORDER_REFLECT_101)
    hidden = warped(np.maximum(hidden, 0), borderMode=cv2.BORDER_REFLECT_101)
    if rng.random() < 0.5:
        picture, hidden, doubt = picture[:, ::-1], hidden[:, ::-1], doubt[:, ::-1]
    small = lambda values: cv2.resize(values, (SEEN, SEEN), interpolation=cv2.INTER_AREA)
    hidden = np.uint8(np.where(small(doubt) > 0.2, 255, np.rint(254 * small(hidden))))
    return in_some_light(picture, rng), hidden


def in_some_light(picture, rng):
    """A head `(256, 256, 3)` as `(128, 128, 3)` uint8, without colour, blurred, dim, noisy or
    compressed.
    """
    light = picture.astype("float32")
    if rng.random() < 0.1:
        light[:] = light.mean(axis=-1, keepdims=True)
    if rng.random() < 0.3:
        side = int(rng.uniform(48, 140))
        light = cv2.resize(light, (side, side), interpolation=cv2.INTER_AREA)
    light = cv2.resize(
        light, (SEEN, SEEN), interpolation=cv2.INTER_AREA if len(light) > SEEN else cv2.INTER_LINEAR
    )
    light = 255 * (light.clip(0, 255) / 255) ** np.exp(rng.normal(0, 0.15))
    light *= np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.06, 3))
    light += rng.normal(0, rng.uniform(0, 4), light.shape)
    picture = np.clip(light, 0, 255).astype("uint8")
    if rng.random() < 0.3:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "jpeg", quality=int(rng.integers(40, 95)))
        picture = np.asarray(Image.open(file))
    return picture


def covered_network():
    """From `(N, 128, 128, 3)` in -1 to 1 to logits `(N, 128, 128, 1)`: a U-Net."""
    layers = keras.layers
    inputs = keras.Input((SEEN, SEEN, 3))

    def block(x, filters, times=2, stride=1):
        for each in range(times):
            x = layers.Conv2D(filters, 3, stride if each == 0 else 1, "same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.98)(x))
        return x

    one = block(inputs, 16, 2, 2)
    two = block(one, 24, 2, 2)
    three = block(two, 40, 2, 2)
    four = block(three, 56, 3, 2)
    # Whether anything is worn at all is seen from all of the head.
    whole = layers.Dense(56)(layers.GlobalAveragePooling2D(keepdims=True)(four))
    x = four + whole
    for skip, filters in ((three, 40), (two, 24), (one, 16)):
        x = layers.UpSampling2D(interpolation="bilinear")(layers.Conv2D(filters, 1)(x))
        x = block(x + layers.Conv2D(filters, 1)(skip), filters, 1 if filters == 16 else 2)
    x = layers.Conv2D(4, 3, padding="same")(x)
    logits = keras.ops.reshape(x, (-1, SEEN // 2, SEEN // 2, 2, 2))
    logits = keras.ops.transpose(logits, (0, 1, 3, 2, 4))
    return keras.Model(inputs, keras.ops.reshape(logits, (-1, SEEN, SEEN, 1)))


def loss_of(logits, target):
    """Cross-entropy, and how little what is said and what is so overlap, of each head."""
    known = tf.cast(target < 255, tf.float32)
    is_so = tf.cast(target, tf.float32) / 254 * known
    each = known * tf.nn.sigmoid_cross_entropy_with_logits(is_so, logits)
    said = known * tf.sigmoid(logits)
    both, all_ = tf.reduce_sum(said * is_so, (1, 2)), tf.reduce_sum(said + is_so, (1, 2))
    return tf.reduce_mean(each) * 4 + 0.3 * tf.reduce_mean(1 - (2 * both + 60) / (all_ + 60))


def report(network, pictures, targets):
    """Prints how much of what is drawn is found, and of the rest, by probability."""
    said = tf.sigmoid(logits_of(network, pictures)).numpy()
    things, bare = (targets > 127) & (targets < 255), targets == 0
    for least in (0.2, 0.35, 0.5, 0.8):
        print(
            f"{least}: {(said[things] >= least).mean():.3f} of things, {(said[bare] >= least).mean():.4f} of the rest"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("runs/covered"))
    parser.add_argument("--share", type=float, default=1.0, help="of pictures and steps, for a try")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    heads, network = Heads.read(options.corpora, "train"), covered_network()
    print(f"{len(heads.bare())} bare heads, {len(heads.wearing())} that wear something", flush=True)
    for number, (count, steps) in enumerate(ROUNDS):
        saved = options.work / f"{number}.weights.h5"
        if not saved.exists():
            learned = Learned.by(network, heads) if number else None
            pictures, targets = made(heads, learned, int(count * options.share), number)
            steps = int(steps * options.share)
            fit(network, loss_of, pictures, targets, steps, 2e-3, clipnorm=1.0)
            network.save_weights(saved)
        network.load_weights(saved)
    report(network, *made(Heads.read(options.corpora, "validation"), None, 1000, len(ROUNDS)))
    options.out.write_bytes(as_file(network, (1, SEEN, SEEN, 3), half=True))
    print(f"{options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
