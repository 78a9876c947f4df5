"""Trains the small network that says where in a photo small faces may be,
`faceaging_tf/runtime/proposals.tflite`: `python tools/fit_proposals.py CORPORA --out FILE`.

CORPORA holds `portraits.zip`, `fairface_wide.zip` and `aaf_wide.zip`. Scenes are put together of
their heads, shrunk, turned and in any light, before parts of the same pictures and textures; a
quarter of an hour on two cores.
"""

import argparse
import functools
import io
from pathlib import Path

import cv2
import keras
import numpy as np
import skimage.data
import tensorflow as tf
from fitting import as_file, fit, logits_of
from PIL import Image

from faceaging_tf.data.heads import load_heads
from faceaging_tf.runtime.proposals import LARGEST, SMALLEST, STRIDE

CORPORA = ("portraits.zip", "fairface_wide.zip", "aaf_wide.zip")
# Sides of heads whose parts are backgrounds: their faces are too large to be searched for.
LARGE = {"portraits.zip": 512, "fairface_wide.zip": 256}
HEAD, SCENE = 128, 160
TEXTURES = ("brick", "grass", "gravel", "coffee", "chelsea", "rocket", "page", "coins", "text")
# Faces up to so many times smaller or larger than what is searched for count neither way.
DOUBT = 1.4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=12000)
    parser.add_argument("--steps", type=int, default=12000)
    options = parser.parse_args()
    scenes, targets = made(options.corpora, options.scenes)
    split = len(scenes) // 12
    network = proposal_network()
    fit(network, loss_of, scenes[split:], targets[split:], options.steps, 4e-3)
    report(network, scenes[:split], targets[:split])
    options.out.write_bytes(as_file(network, (1, None, None, 3)))
    print(f"{options.out}: {options.out.stat().st_size} bytes")


def made(corpora, number):
    """Scenes `(N, 160, 160, 3)` uint8, and `(N, 20, 20)` int8: 1 face, 0 none, -1 in doubt."""
    pictures, boxes = [], []
    large = [
        load_heads(corpora / name, image_size=side, limit=800).corpus.faces
        for name, side in LARGE.items()
    ]
    for name in CORPORA:
        heads = load_heads(corpora / name, image_size=HEAD)
        pictures.append(heads.corpus.faces)
        boxes.append(np.stack([heads.landmarks.min(axis=1), heads.landmarks.max(axis=1)], axis=1))
    pictures, boxes = np.concatenate(pictures), np.concatenate(boxes)
    rng = np.random.default_rng(1)
    scenes = [scene(pictures, boxes, large, rng) for _ in range(number)]
    return tuple(np.stack(each) for each in zip(*scenes, strict=True))


def scene(pictures, boxes, large, rng):
    """A scene and its targets."""
    canvas = background(pictures, large, rng)
    faces = []
    for _ in range(rng.integers(0, 7)):
        number = rng.integers(len(pictures))
        height = np.exp(rng.uniform(np.log(SMALLEST / 2), np.log(2.5 * LARGEST)))
        if rng.random() < 0.75:
            height = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST)))
        paste(canvas, pictures[number], boxes[number], height, rng, faces)
    target = np.zeros((SCENE // STRIDE, SCENE // STRIDE), np.int8)
    for (x, y), height, whole in faces:
        near = np.hypot(*(np.indices(target.shape)[::-1] * STRIDE + STRIDE / 2 - [[[x]], [[y]]]))
        if SMALLEST / DOUBT < height < LARGEST * DOUBT:
            around = (near < max(1.5 * STRIDE, height / 2)) & (target != 1)
            target[around] = -1
        if whole and SMALLEST <= height <= LARGEST:
            target[near == near.min()] = 1
    return in_some_light(canvas, rng), target


def background(pictures, large, rng):
    """A scene `(160, 160, 3)` uint8 with no face of the sizes searched for."""
    kind = rng.random()
    if kind > 0.5:
        # A part of a head as sharp as photos are; its face is larger than what is searched for.
        heads = large[rng.integers(len(large))]
        head = heads[rng.integers(len(heads))]
        side = int(rng.uniform(*(SCENE * share for share in (0.7, 1.5))))
        top, left = rng.integers(0, head.shape[0] - side + 1, 2)
        part = head[top : top + side, left : left + side]
        way = cv2.INTER_AREA if side > SCENE else cv2.INTER_LINEAR
        part = np.rot90(part, rng.integers(4)) if rng.random() < 0.3 else part
        return cv2.resize(np.ascontiguousarray(part), (SCENE, SCENE), interpolation=way)
    if kind < 0.12:
        start = rng.uniform(0, 255, 3)
        ramp = np.linspace(0, rng.uniform(-60, 60), SCENE)
        canvas = np.broadcast_to(start + ramp[:, None, None], (SCENE, SCENE, 3))
        return np.clip(canvas, 0, 255).astype("uint8")
    if kind < 0.35:
        source = textures()[rng.integers(len(TEXTURES))]
    else:
        # A part of a head, so large that no face of the sizes searched for is in it.
        source = pictures[rng.integers(len(pictures))]
    side = int(min(source.shape[:2]) * rng.uniform(0.25, 0.8 if kind < 0.35 else 0.6))
    top, left = (rng.integers(0, length - side + 1) for length in source.shape[:2])
    part = np.rot90(source[top : top + side, left : left + side], rng.integers(4))
    return cv2.resize(np.ascontiguousarray(part), (SCENE, SCENE), interpolation=cv2.INTER_LINEAR)


@functools.cache
def textures():
    """Pictures `(H, W, 3)` uint8 without people."""
    pictures = [getattr(skimage.data, name)() for name in TEXTURES]
    return [np.dstack([each] * 3) if each.ndim == 2 else each[..., :3] for each in pictures]


def paste(canvas, picture, box, height, rng, faces):
    """Puts a head onto the canvas, and to `faces` its centre, height, and whether all is seen."""
    if rng.random() < 0.5:
        picture = picture[:, ::-1]
        box = np.array([[1 - box[1, 0], box[0, 1]], [1 - box[0, 0], box[1, 1]]])
    scale = height / ((box[1, 1] - box[0, 1]) * HEAD)
    degrees = rng.normal(0, 15) if rng.random() < 0.75 else rng.uniform(-180, 180)
    middle = (box[0] + box[1]) / 2 * HEAD - 0.5
    place = rng.uniform(0, SCENE, 2)
    matrix = cv2.getRotationMatrix2D(tuple(map(float, middle)), degrees, scale)
    matrix[:, 2] += place - middle
    shrink = int(1 / scale)
    source = np.ascontiguousarray(picture)
    if shrink > 1:
        source = cv2.blur(source, (shrink, shrink))
    head = cv2.warpAffine(source, matrix, (SCENE, SCENE), flags=cv2.INTER_LINEAR)
    alpha = cv2.warpAffine(outline(rng), matrix, (SCENE, SCENE), flags=cv2.INTER_LINEAR)[..., None]
    canvas[:] = np.rint(canvas * (1 - alpha) + head * alpha)
    for number, (other, tall, whole) in enumerate(faces):
        faces[number] = (other, tall, whole and np.hypot(*(other - place)) > 0.8 * (height + tall))
    inside = (place > height / 4).all() and (place < SCENE - height / 4).all()
    faces.append((place, height, inside))


def outline(rng):
    """What is shown of a head's picture: all of it, or an oval, `(128, 128)` float32."""
    if rng.random() < 0.4:
        return np.ones((HEAD, HEAD), np.float32)
    mask = np.zeros((HEAD, HEAD), np.float32)
    wide, tall = (int(HEAD * rng.uniform(*limits)) for limits in ((0.3, 0.5), (0.4, 0.52)))
    cv2.ellipse(mask, (HEAD // 2, HEAD // 2), (wide, tall), 0, 0, 360, 1.0, -1)
    return cv2.GaussianBlur(mask, (0, 0), rng.uniform(1, 8))


def in_some_light(canvas, rng):
    """A scene as a camera may have taken it: without colour, blurred, dim, noisy, compressed."""
    light = canvas.astype("float32")
    if rng.random() < 0.15:
        light[:] = light.mean(axis=-1, keepdims=True)
    if rng.random() < 0.3:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.3, 1.2))
    light = 255 * (light / 255) ** np.exp(rng.normal(0, 0.25))
    light *= np.exp(rng.uniform(np.log(0.2), np.log(1.25))) * np.exp(rng.normal(0, 0.07, 3))
    light += rng.normal(0, rng.uniform(0, 4), light.shape)
    picture = np.clip(light, 0, 255).astype("uint8")
    if rng.random() < 0.5:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "jpeg", quality=int(rng.integers(35, 95)))
        picture = np.asarray(Image.open(file))
    return picture


def proposal_network():
    """From `(N, H, W, 3)` in -1 to 1 to logits `(N, H / 8, W / 8, 1)`."""
    layers = keras.layers
    inputs = x = keras.Input((None, None, 3))
    x = layers.Conv2D(12, 3, 2, "same", activation="relu")(x)
    for filters in (24, 40):
        x = layers.DepthwiseConv2D(3, 2, "same")(x)
        x = layers.Conv2D(filters, 1, activation="relu")(x)
    for _ in range(4):
        y = layers.DepthwiseConv2D(5, padding="same")(x)
        y = layers.Conv2D(40, 1, activation="relu")(y)
        x = x + layers.Conv2D(40, 1)(y)
    x = layers.Conv2D(1, 1, bias_initializer=keras.initializers.Constant(-4))(layers.ReLU()(x))
    return keras.Model(inputs, x)


def loss_of(logits, target):
    """Cross-entropy; faces weigh more, for one that is missed is lost."""
    is_face, known = tf.cast(target == 1, tf.float32), tf.cast(target >= 0, tf.float32)
    each = tf.nn.sigmoid_cross_entropy_with_logits(is_face, logits)
    weight = known * (1 + 4 * is_face)
    return tf.reduce_sum(weight * each) / tf.maximum(tf.reduce_sum(is_face), 1) / 5


def report(network, scenes, targets):
    """Prints which share of held-out faces is found, and of the rest kept, by threshold."""
    scores = logits_of(network, scenes)
    near = tf.nn.max_pool2d(scores[..., None], 3, 1, "SAME")
    faces = np.asarray(near)[..., 0][targets == 1]
    for logit in range(-6, 3):
        print(
            f"{logit}: {(faces >= logit).mean():.4f} of {len(faces)} faces, {(scores[targets == 0] >= logit).mean():.4f} of the rest"
        )


if __name__ == "__main__":
    main()
