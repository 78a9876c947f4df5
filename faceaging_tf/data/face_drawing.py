"""The painter of drawn faces: from numbers that describe a face to its picture, layer upon layer.

Skin is a relief that is lit: a dome, some thirty Gaussian bumps (nose, cheeks, chin) and a groove
for each wrinkle give a slope at every point, and the slope meets a light. Lengths are fractions of
the picture's side, colours 0..255.
"""

import numpy as np

from faceaging_tf.data.face_canvas import (
    CENTRE,
    Canvas,
    Relief,
    bell,
    both_sides,
    ramp,
    rgb,
    round_table,
    tinted,
)
from faceaging_tf.data.face_features import (
    paint_beard,
    paint_brow,
    paint_eye,
    paint_glasses,
    paint_mouth,
)
from faceaging_tf.data.face_hair import Hair


def paint_face(face, size):
    """Paints one face.

    Args:
        face: the numbers that describe it, from `drawn_faces`.
        size: side of the picture, in pixels.

    Returns:
        `(size, size, 3)` uint8, RGB.
    """
    canvas = Canvas(size, face.traits.background)
    outline = canvas.around(round_table(*face.outline))
    hair = Hair(canvas, face, outline)
    _backdrop(canvas, face)
    hair.paint_behind()
    _neck(canvas, face)
    _ears(canvas, face)
    _skin(canvas, face, outline, hair)
    paint_mouth(canvas, face)
    for side in (-1, 1):
        paint_eye(canvas, face, side)
    paint_beard(canvas, face, outline)
    for side in (-1, 1):
        paint_brow(canvas, face, side)
    paint_glasses(canvas, face, outline)
    hair.paint_before()
    canvas.image *= face.mood.exposure[:, None, None]
    return canvas.picture(face.mood.shift, face.mood.angle, face.mood.zoom)


def _backdrop(canvas, face):
    _, u, v = canvas.window()
    x, y, strength = face.mood.backdrop
    canvas.image *= 0.90 - 0.12 * v + bell(u - x, 0.5) * bell(v - y, 0.5) * (0.16 + 0.06 * strength)


def _neck(canvas, face):
    half = 0.235 - 0.045 * face.child + 0.03 * face.man + 0.01 * face.traits.face_width
    box, u, v = canvas.window(top=0.6)
    away, lean = np.abs(u - CENTRE), face.light[0] * (u - CENTRE)
    light = 0.80 - 0.9 * away**2 + 0.35 * lean - 0.30 * bell(v - 0.93, 0.06)
    flare = half + 0.10 * np.clip(v - 0.9, 0, 1)
    canvas.paint(
        box, canvas.inside(flare - away, 0.01), tinted(face.skin * rgb(1.0, 0.95, 0.92), light)
    )
    collar = (
        0.995
        - 0.035 * face.child
        + 0.16 * np.clip(half + 0.02 - away, -0.1, 0)
        + 0.12 * np.clip(half + 0.01 - away, 0, 1)
    )
    canvas.paint(
        box,
        canvas.inside(v - collar, 0.01),
        tinted(face.traits.clothes, 1.05 - 0.5 * away + 0.3 * lean),
    )


def _ears(canvas, face):
    ear = face.ear
    for side in (-1, 1):
        centre = CENTRE + side * (face.outline[1][3] + 0.004)
        box, u, v = canvas.window(centre - 0.08, centre + 0.08, ear.v - 0.16, ear.v + 0.16)
        y = (v - ear.v) / ear.half
        reach = np.hypot((u - centre) * (side / ear.out) + 0.25 * y, y)
        light = 0.86 + 0.25 * side * face.light[0] - 0.30 * bell(reach - 0.55, 0.22) + 0.06 * reach
        canvas.paint(
            box,
            canvas.inside((1 - reach) * ear.out, 0.012),
            tinted(face.skin * rgb(1.0, 0.90, 0.87), light),
        )


def _features(face):
    """The bumps of the skin's relief: (u, v, width, height, amount)."""
    child, old, man, traits = face.child, face.old, face.man, face.traits
    eye, nose, mouth, brow = face.eye, face.nose, face.mouth, face.brow
    gaunt = old * (0.8 - 0.5 * traits.fullness) + 0.15 * (1 - child) * (1 - traits.cheeks) / 2
    smile = max(face.mood.smile, 0)
    cheek = 0.026 + 0.012 * child + 0.006 * smile - 0.004 * old
    return [
        (0.5, 0.10, 0.24, 0.11, 0.034 + 0.012 * child),
        (0.5, 0.36, 0.030, 0.10, 0.019 * nose.bridge),
        (0.5, nose.v - 0.012, 0.036, 0.034, 0.029 * nose.tip),
        (0.5, nose.v + 0.070, 0.018, 0.03, -0.003),
        (0.5, mouth.v - 0.005, 0.13, 0.08, 0.030),
        (
            0.5,
            mouth.v - mouth.upper * 0.6,
            mouth.half * 0.5,
            mouth.upper * 0.55,
            0.22 * mouth.upper,
        ),
        (0.5, mouth.v + mouth.lower * 0.5, mouth.half * 0.5, mouth.lower * 0.5, 0.30 * mouth.lower),
        (0.5, mouth.v + mouth.lower + 0.032, 0.07, 0.017, -0.010),
        (0.5, 0.862 - 0.02 * child, 0.072, 0.045, 0.026 + 0.004 * man),
    ] + both_sides(
        (0.16, brow.v + 0.01, 0.10, 0.028, 0.004 + 0.007 * man),
        (eye.away, eye.v - 0.004, 0.095, 0.050, -0.024 + 0.006 * child - 0.006 * old),
        (0.085, eye.v - 0.012, 0.028, 0.036, -0.013 + 0.006 * child),
        (eye.away, eye.v, 0.060, 0.034, 0.015),
        (nose.wing - 0.012, nose.v + 0.010, 0.020, 0.020, 0.010 + 0.002 * old),
        (0.225 + 0.01 * child, 0.500 + 0.045 * child - 0.01 * smile, 0.085, 0.070, cheek),
        (0.255, 0.640, 0.06, 0.07, 0.012 * child - 0.020 * gaunt),
        (0.365, 0.200, 0.04, 0.08, -0.014 * old),
        (0.215, 0.800, 0.050, 0.045, 0.016 * old),
        (eye.away, eye.v + 0.072, 0.050, 0.016, 0.0055 * face.mature * (0.5 + traits.thinning)),
        (mouth.half + 0.035, mouth.v + 0.01, 0.022, 0.022, 0.004 * child),
    )


def _wrinkles(relief, face):
    """Grooves that deepen with the years: folds and lower lids first, then forehead and eyes, the
    fine lines last.
    """
    lines, old, mature, smile = face.lines, face.old, face.mature, max(face.mood.smile, 0)
    eye, mouth, brow = face.eye, face.mouth, face.brow
    noise = iter(2 * face.traits.noise[:80] - 1)
    vary = lambda amount: amount * float(next(noise))
    for row in range(4):
        depth = (
            (0.0018 * lines + 0.0010 * old)
            * (1 - 0.1 * row)
            * (1 + vary(0.35))
            * (1 + 0.3 * face.mood.brows * lines)
        )
        v, reach = brow.v - 0.052 - 0.031 * row + vary(0.005), 0.20 - 0.018 * row + vary(0.02)
        relief.groove(0.5 + vary(0.03), v, reach, 0.0070, depth, vary(0.004), 0.010 + vary(0.004))
    for side in (-1, 1):
        place = lambda away, side=side: CENTRE + side * away
        upright = lambda away, v, reach, width, depth, tilt, bend=0.0, side=side: relief.groove(
            CENTRE + side * away, v, reach, width, depth, side * tilt, side * bend, upright=True
        )
        upright(0.024 + vary(0.004), brow.v + 0.012, 0.034, 0.0065, 0.0022 * lines, 0.004)
        fold = 0.0002 + 0.0052 * mature + 0.0054 * old + 0.0024 * smile - 0.0008 * face.baby
        upright(0.152, mouth.v - 0.070, 0.110, 0.0135, fold, 0.054, -0.022)
        upright(mouth.half - 0.004, mouth.v + 0.070, 0.055, 0.0095, 0.0036 * old, 0.008)
        upright(0.250, 0.835, 0.085, 0.012, 0.0075 * old, -0.050, -0.006)
        lid = 0.0010 + 0.0022 * mature + 0.0024 * old
        relief.groove(
            place(eye.away - 0.006),
            eye.v + 0.060 + 0.008 * old,
            0.078,
            0.0075,
            lid,
            side * 0.010,
            -0.020,
        )
        relief.groove(
            place(eye.away - 0.020),
            eye.v + 0.092 + 0.008 * old,
            0.064,
            0.0085,
            0.0030 * old,
            side * 0.016,
            -0.014,
        )
        for ray in range(4):
            depth = ((0.0024 + 0.0008 * smile) * lines + 0.0014 * old) * (1 + vary(0.3))
            tilt, v = (
                side * (0.030 * (ray - 1.4) + vary(0.006)),
                eye.v + 0.004 + 0.019 * (ray - 1.3),
            )
            relief.groove(place(eye.away + eye.half + 0.040), v, 0.036, 0.0052, depth, tilt, 0.004)
        for line in range(3):
            cheek = 0.0036 * max(old - 0.3, 0)
            away, reach = eye.away + 0.05 + 0.035 * line, 0.085 - 0.012 * line
            upright(away, 0.60 + 0.02 * line, reach, 0.007, cheek, 0.02 + 0.006 * line, 0.01)
            fine = 0.0010 * max(old - 0.25, 0)
            upright(0.018 + 0.034 * line, mouth.v - mouth.upper - 0.016, 0.017, 0.0052, fine, 0.003)


def _redness(face):
    eye, nose, rosy, old = face.eye, face.nose, face.rosy, face.old
    return [
        (0.5, nose.v, 0.05, 0.04, 0.5 * rosy + 0.25 * old),
        (0.5, 0.86, 0.08, 0.05, 0.25),
    ] + both_sides(
        (0.245, 0.535 + 0.02 * face.child, 0.075, 0.060, rosy),
        (eye.away, eye.v, 0.08, 0.04, 0.35 + 0.3 * old),
    )


def _hollows(face):
    """Where no light comes: under the nose, in its openings, beside it, about the eyes, under the
    lip.
    """
    eye, nose, mouth, child, lean = face.eye, face.nose, face.mouth, face.child, face.light[0]
    beside = (0.05 + 0.22 * abs(lean)) * nose.bridge
    return [
        (0.5 - 0.03 * lean, nose.v + 0.040, nose.wing * 0.62, 0.013, 0.30),
        (0.5 - 0.05 * lean, nose.v + 0.055, nose.wing * 0.9, 0.022, 0.12),
        (0.5, mouth.v + mouth.lower + 0.022, 0.075, 0.013, 0.13),
        (0.456 if lean > 0 else 0.544, nose.v - 0.085, 0.016, 0.065, beside),
    ] + both_sides(
        (0.098, eye.v - 0.012, 0.030, 0.032, 0.09 - 0.04 * child),
        (eye.away, eye.v - 0.030, 0.075, 0.020, 0.10),
        (
            eye.away - 0.015,
            eye.v + 0.052,
            0.062,
            0.016,
            0.03 + 0.07 * face.mature + 0.06 * face.old,
        ),
        (
            0.5 * nose.wing + 0.004,
            nose.v + 0.034,
            0.014 - 0.002 * child,
            0.007,
            0.62 - 0.16 * child,
        ),
        (nose.wing + 0.004, nose.v + 0.016, 0.0075, 0.018, 0.34 - 0.12 * child),
        (mouth.half + 0.008, mouth.v, 0.013, 0.010, 0.16),
        (0.26, 0.66, 0.05, 0.07, 0.07 * face.old),
    )


def _pigment(face):
    """Freckles across nose and cheeks, and the larger, paler spots of age on forehead
    and cheeks.
    """
    traits = face.traits
    noise = traits.noise[100:380].reshape(70, 4)
    freckles, spots = noise[:45], noise[45:]
    strength = traits.freckles * ramp(face.age, 2, 8) * (1 - 0.5 * face.old) * 0.26
    size = 0.0042 + 0.003 * freckles[:, 3]
    u, v = 0.5 + 0.62 * (freckles[:, 0] - 0.5), 0.42 + 0.16 * freckles[:, 1]
    first = (u, v, size, size, strength * (0.3 + 0.7 * freckles[:, 2]))
    high = spots[:, 0] < 0.5
    v = np.where(high, 0.13 + 0.14 * spots[:, 1], 0.45 + 0.3 * spots[:, 1])
    u = 0.5 + np.where(high, 0.6, 0.66) * (spots[:, 0] * 7 % 1 - 0.5)
    size = 0.009 + 0.011 * spots[:, 3]
    second = (u, v, size, size * 0.85, 0.11 * np.clip(1.5 * face.old - 0.9 * spots[:, 2], 0, 1))
    return np.concatenate([np.stack(first, 1), np.stack(second, 1)])


def _skin(canvas, face, outline, hair):
    box, u, v = canvas.window()
    relief = Relief(canvas)
    relief.bump(_features(face))
    _wrinkles(relief, face)
    x, y = (u - CENTRE) / 0.42, (v - 0.47) / 0.56
    dome = 0.12 + 0.55 * (x * x + y * y)
    across, down = relief.across + dome * x, relief.down + dome * (0.75 * y)
    length = 1 / np.sqrt(1 + across * across + down * down)
    facing = lambda light: np.clip(
        (across * light[0] + down * light[1] + light[2]) * length, 0, None
    )
    lit = facing(face.light)
    # Blinn's highlight: the slope against the direction half way between light and viewer.
    half_way = np.add(face.light, (0, 0, 1))
    gloss = facing((half_way / np.linalg.norm(half_way)).tolist())
    for _ in range(5):
        gloss *= gloss

    edge = outline - canvas.radius
    rim = np.clip(1 - edge * (1 / 0.09), 0, 1)
    tone = (0.38 + 0.66 * lit) * (1 - canvas.spots(_hollows(face)))
    tone *= (1 - np.clip(relief.shadow, 0, 0.5)) * (1 - 0.16 * rim * rim)
    tone *= 1 + (0.02 + 0.07 * face.old) * (
        canvas.noise(face.traits.noise[500:1076].reshape(24, 24)) - 0.5
    )
    tone *= 1 - hair.shade_on_skin()
    warm = tone * np.clip(1 - tone, 0, 1)
    red, pigment = (
        canvas.spots(_redness(face)) * (1 - 0.5 * face.traits.tone),
        canvas.spots(_pigment(face)),
    )
    colour = np.empty_like(canvas.image)
    # In shade skin turns warmer; blood takes green and blue, pigment takes blue most.
    for channel, (glow, blood, brown) in enumerate(
        ((0.10, 0.0, 0.55), (0.0, 0.115, 0.80), (-0.03, 0.10, 0.95))
    ):
        colour[channel] = (tone + glow * warm) * (
            face.skin[channel] * (1 - blood * red - brown * pigment)
        )
    colour += (16 + 8 * face.grown - 6 * face.old + 6 * face.traits.tone) * gloss
    canvas.paint(box, canvas.inside(edge, 0.010), colour)
