"""The painter's features: mouth, eyes, brows, beard and glasses of a drawn face."""

import numpy as np

from faceaging_tf.data.face_canvas import CENTRE, bell, rgb, tinted


def paint_mouth(canvas, face):
    """Paints lips, and teeth where the mouth is open."""
    mouth = face.mouth
    box, u, v = canvas.window(
        0.5 - mouth.half - 0.03, 0.5 + mouth.half + 0.03, mouth.v - 0.09, mouth.v + 0.12
    )
    s = (u - CENTRE) / mouth.half
    arc = np.clip(1 - s * s, 0, None)
    middle = (
        mouth.v
        + mouth.smile * arc
        + 0.0035 * bell(s, 0.16)
        - 0.003 * bell(np.abs(s) - 0.4, 0.25) * arc
    )
    teeth_top, teeth_bottom = middle - 0.4 * mouth.open * arc, middle + 0.6 * mouth.open * arc
    top = teeth_top - mouth.upper * arc**0.9 * (1 - 0.22 * bell(s, 0.13))
    bottom = teeth_bottom + mouth.lower * arc**0.75
    height = np.clip((v - middle) / mouth.lower, -1.5, 1.5)
    shine = 0.90 + 0.16 * bell(height - 0.42, 0.25) * arc - 0.14 * height**2
    light = np.where(height < 0, 0.80 + 0.10 * height, shine)
    coverage = (
        canvas.inside(v - top, 0.007) * canvas.inside(bottom - v, 0.010) * np.clip(arc * 8, 0, 1)
    )
    canvas.paint(
        box,
        coverage * (0.82 - 0.15 * face.old),
        tinted(face.lips, light + 0.10 * face.light[0] * s),
    )
    if mouth.open > 0:
        coverage = (
            canvas.inside(v - teeth_top, 0.004)
            * canvas.inside(teeth_bottom - v, 0.004)
            * np.clip(arc * 3, 0, 1)
        )
        white = rgb(236, 230, 220) * (1 - face.old * rgb(0.04, 0.08, 0.18))
        canvas.paint(box, coverage, tinted(white, 0.72 + 0.28 * np.sqrt(arc)))
    line = np.exp(-(((v - teeth_top) / (0.0048 + 0.001 * arc)) ** 2)) * canvas.inside(
        arc - 0.04, 0.07
    )
    canvas.paint(box, line * (0.72 - 0.10 * face.child), face.lips * 0.36)


def paint_eye(canvas, face, side):
    """Paints an eye: ball, iris, lids and lashes; `side` is -1 or 1."""
    eye, old, traits = face.eye, face.old, face.traits
    centre = CENTRE + side * eye.away
    box, u, v = canvas.window(
        centre - eye.half * 1.5, centre + eye.half * 1.5, eye.v - 0.10, eye.v + 0.07
    )
    out = (u - centre) * (side / eye.half)
    arc, outer = np.clip(1 - out * out, 0, None), np.clip(0.5 + 0.5 * out, 0, 1)
    axis = eye.v + 0.006 - eye.tilt * out
    top = axis - (eye.upper + 0.006) * arc**0.75 * (1 - eye.droop * outer**2)
    bottom = axis + (eye.lower - 0.006) * arc**0.85 * (1 + 0.22 * out)
    opened = (
        canvas.inside(v - top, 0.005) * canvas.inside(bottom - v, 0.005) * np.clip(arc * 10, 0, 1)
    )

    under_lid = np.clip((v - top) * (1 / 0.026), 0, 1)
    white = rgb(238, 234, 230) - old * rgb(4, 14, 20) - traits.tone * rgb(8, 10, 12)
    ball = tinted(white, (0.66 + 0.34 * under_lid) * (0.80 + 0.20 * arc))
    ball -= tinted(rgb(0, 46, 42), bell(out + 0.93, 0.13))
    canvas.paint(box, opened, ball)
    x, y = u - centre - 0.008 * face.mood.gaze[0], v - eye.v + 0.002 - 0.005 * face.mood.gaze[1]
    radius = np.hypot(x, y) * (1 / eye.iris)
    ring = (
        1.06
        + 0.34 * y / eye.iris
        - 0.62 * np.clip((radius - 0.70) / 0.3, 0, 1)
        - 0.20 * (1 - under_lid)
    )
    iris = tinted(traits.eye_colour, ring) + 14 * old * bell(radius - 0.95, 0.1)
    canvas.paint(box, opened * canvas.inside((1 - radius) * eye.iris, 0.006), iris)
    canvas.paint(box, opened * canvas.inside((0.43 - radius) * eye.iris, 0.006), rgb(16, 12, 12))
    glint = 0.36 * eye.iris
    glint = np.hypot(x - (glint if traits.light[0] > 0 else -glint), y + glint)
    canvas.paint(
        box, opened * canvas.inside(eye.iris * 0.23 - glint, 0.006) * 0.92, rgb(255, 255, 255)
    )

    lash = (0.0052 + 0.0022 * (1 - traits.masculine) * face.grown) * (0.75 + 0.35 * out)
    edge = np.exp(-(((v - top + 0.002) / np.clip(lash, 0.002, None)) ** 2)) * canvas.inside(
        arc - 0.07, 0.12
    )
    canvas.paint(box, edge * (0.92 - 0.25 * old - 0.12 * face.child), rgb(38, 26, 24))
    rim = bell(v - bottom - 0.001, 0.0045) * np.clip(arc * 2, 0, 1)
    canvas.paint(box, rim * (0.22 + 0.12 * old), face.skin * rgb(0.62, 0.45, 0.42))
    # The fold of the upper lid: years bring it down over the outer corner.
    fold = (
        (0.013 + 0.012 * traits.lid_fold)
        * (1 - 0.45 * face.child)
        * (1 - 0.5 * old * outer)
        * (0.45 + 0.55 * arc)
    )
    crease = bell(v - top + fold, 0.0052 + 0.002 * old) * np.clip(1.02 - out * out, 0, 1) ** 0.5
    canvas.shade(box, 1 - crease * (0.12 + 0.22 * traits.lid_fold + 0.10 * old))


def paint_brow(canvas, face, side):
    """Paints a brow; `side` is -1 or 1."""
    brow = face.brow
    centre = CENTRE + side * (face.eye.away + 0.006)
    box, u, v = canvas.window(
        centre - brow.half * 1.3, centre + brow.half * 1.3, brow.v - 0.09, brow.v + 0.08
    )
    out = (u - centre) * (side / brow.half)
    arc = np.clip(1 - out * out, 0, None)
    line = brow.v + brow.arch * ((out - 0.15) ** 2 - 0.4) + brow.tilt * out
    thickness = (
        brow.thickness * (1.05 - 0.45 * np.clip(out, -0.2, 1.3)) * np.sqrt(np.clip(arc * 3.2, 0, 1))
    )
    hairs = 0.95 + 0.05 * np.sin(
        240 * (u + 0.45 * side * (v - line)) + 6.28 * face.traits.noise[90]
    )
    coverage = np.exp(-(np.abs((v - line) / np.clip(thickness, 0.002, None)) ** 3)) * np.clip(
        arc * 6, 0, 1
    )
    canvas.paint(box, coverage * hairs * brow.strength, face.brow_hair)


def paint_beard(canvas, face, outline):
    """Paints a beard, where the face has one."""
    traits, mouth = face.traits, face.mouth
    stubble = 0.16 * traits.bearded * (1 - 0.5 * traits.fair_hair)
    beard = face.beard_growth * max(0.9 * traits.beard, stubble)
    moustache = face.beard_growth * max(0.76 * traits.moustache, stubble)
    if max(beard, moustache) < 0.004:
        return
    box, u, v = canvas.window(0.04, 0.96, 0.48, 1.0)
    away = np.abs(u - CENTRE)
    grain = canvas.noise(traits.noise[500:].reshape(30, 30))[box] - 0.5
    upper_edge = 0.785 - 1.25 * np.clip(away - 0.13, 0, 1) ** 1.2 - 0.03 * grain
    lips = np.hypot(
        (u - CENTRE) / (mouth.half + 0.012), (v - mouth.v - 0.008) / (mouth.lower + 0.016)
    )
    chin = canvas.inside(v - upper_edge, 0.05) * np.clip(4 * lips - 4, 0, 1)
    chin *= canvas.inside(outline[box] - canvas.radius[box] - 0.004, 0.02)
    s = away / (mouth.half + 0.02)
    low = mouth.v - mouth.upper + 0.006 + 0.022 * s**3 - mouth.smile * 0.5 * s**2
    lip = canvas.inside(v - (face.nose.v + 0.060 + 0.06 * s**2), 0.04) * canvas.inside(
        low - v, 0.018
    )
    lip *= np.clip(3.36 - 3 * s, 0, 1)
    coverage = np.clip(np.maximum(beard * chin, moustache * lip) * (0.95 + 0.5 * grain), 0, 1)
    canvas.paint(
        box,
        coverage,
        tinted(face.beard_hair, 0.85 + 0.45 * grain + 0.25 * face.light[0] * (u - CENTRE)),
    )


def paint_glasses(canvas, face, outline):
    """Paints glasses, where the face wears some."""
    if face.glasses <= 0:
        return
    eye, shape = face.eye, face.traits.glasses_shape
    power, wide, tall = 2.2 + 2.5 * shape, 0.135, 0.115 - 0.02 * shape
    box, u, v = canvas.window(0.02, 0.98, 0.15, 0.50)
    away = np.abs(u - CENTRE)
    reach = (
        (np.abs(away - eye.away - 0.004) / wide) ** power
        + (np.abs(v - eye.v - 0.022) / tall) ** power
    ) ** (1 / power)
    ring = canvas.inside(0.0065 - np.abs(reach - 1) * tall, 0.004)
    bridge = canvas.inside(0.006 - np.abs(v - eye.v + 0.006 - 0.9 * away**2), 0.004) * (
        away < eye.away - wide * 0.96
    )
    temple = (
        canvas.inside(0.006 - np.abs(v - eye.v), 0.004)
        * (away > eye.away + wide)
        * (outline > canvas.radius)[box]
    )
    canvas.shade(box, 1 - 0.22 * face.glasses * bell((reach - 1.05) * tall, 0.016) * (v > eye.v))
    canvas.paint(
        box,
        canvas.inside((1 - reach) * tall, 0.004) * (0.06 * face.glasses),
        rgb(235, 245, 255),
    )
    frame = rgb(46, 38, 36) if shape > 0.4 else rgb(96, 74, 48)
    canvas.paint(box, np.clip(ring + bridge + temple, 0, 1) * (0.92 * face.glasses), frame)
