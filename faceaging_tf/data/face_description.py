"""What a drawn face looks like, in numbers: the traits of a person, what the years do to them, and
the mood of a picture.

Traits between -1 and 1 are about a middle, those between 0 and 1 are amounts. Lengths are fractions
of the picture's side, ages are years, colours 0..255. The curves over age are this project's own
choice; they follow what is known of growth (eyes and skull nearly full-grown in a child, jaw and
nose not) and of old age (greying from the thirties on, thinner lips, longer ears, a jaw that sags).
"""

import colorsys
from types import SimpleNamespace

import numpy as np

from faceaging_tf.data.face_canvas import ramp

_SKIN = (
    (242, 208, 188),
    (236, 196, 172),
    (226, 178, 148),
    (208, 154, 118),
    (178, 124, 90),
    (136, 90, 64),
    (98, 66, 50),
)
_EYES = ((92, 58, 36), (66, 42, 28), (112, 84, 48), (96, 112, 72), (86, 120, 146), (118, 134, 142))
_HAIR = (
    (42, 34, 34),
    (58, 42, 34),
    (86, 58, 38),
    (124, 84, 50),
    (142, 70, 38),
    (190, 148, 92),
    (222, 190, 132),
)
_STYLES_OF_MEN = ("short", "short", "short", "swept", "swept", "swept", "curly", "curly")
_STYLES_OF_WOMEN = ("long", "long", "long", "parted", "parted", "parted", "curly", "fringe")

# Three independent streams of random numbers: traits, texture, mood.
_TRAITS, _TEXTURE, _MOOD = 1, 2, 3


def describe_face(person, age, pose):
    """The numbers that `paint_face` needs: a person's traits, carried to an age, in the mood of a
    pose.
    """
    traits, mood = _traits(person), _mood(person, pose)
    child = float(np.exp(-((age / 9) ** 1.4)))
    # Some live harder than others: skin is up to four years ahead of the calendar, or behind it.
    lived = age + 4 * traits.weathering
    face = SimpleNamespace(
        age=age,
        traits=traits,
        mood=mood,
        child=child,
        baby=float(np.exp(-((age / 3) ** 1.5))),
        grown=ramp(age, 11, 26),
        man=traits.masculine * ramp(age, 11, 26),
        mature=ramp(lived, 8, 64),
        lines=ramp(lived, 14, 104),
        old=ramp(lived, 36, 112),
        receding=traits.receding * ramp(age, 22, 74),
        beard_growth=ramp(age, 17, 27),
        hair_growth=ramp(age, -2, 14),
        glasses=traits.glasses * ramp(age, 3, 8),
    )
    face.outline = _outline(face)
    _place_features(face)
    _choose_colours(face)
    face.cover = 1 - 0.40 * face.baby - 0.35 * max(face.receding, 0.5 * traits.thinning * face.old)
    light = np.add(traits.light, mood.light)
    face.light = (light / np.linalg.norm(light)).tolist()
    return face


def _traits(person):
    """What stays with a person for life. The order of the draws is part of every face: a new one
    goes to the end.
    """
    values = iter(np.random.default_rng([_TRAITS, person]).random(64).tolist())
    draw = lambda low=0.0, high=1.0: low + (high - low) * next(values)
    sway = lambda: draw(-1.0, 1.0)
    it = SimpleNamespace(masculine=ramp(draw(), 0.3, 0.7), tone=draw(), warmth=sway())
    it.face_width, it.jaw_width, it.chin_length = sway(), sway() + 0.5 * it.masculine, sway()
    it.chin_point, it.cheeks, it.fullness = sway() - 0.5 * it.masculine, sway(), sway()
    it.eye_size, it.eye_open, it.eye_tilt, it.eye_spacing, it.lid_fold = (
        sway(),
        sway(),
        sway(),
        sway(),
        draw(),
    )
    it.brow_height, it.brow_arch, it.brow_tilt, it.brow_thickness = (
        sway(),
        sway(),
        sway(),
        sway() + 0.6 * it.masculine,
    )
    it.nose_width, it.nose_length, it.nose_bridge = sway() + 0.5 * (it.tone - 0.4), sway(), sway()
    it.mouth_width, it.mouth_height = sway(), sway()
    it.upper_lip, it.lower_lip = sway() + 0.6 * (it.tone - 0.4), sway() + 0.6 * (it.tone - 0.4)
    it.lip_red = draw() * (1 - 0.6 * it.masculine)
    it.ear_size = sway()

    # Pale eyes, fair hair and freckles go with pale skin, as they mostly do.
    pale = ramp(it.tone, 0.62, 0.2)
    it.skin = _along(_SKIN, it.tone) + it.warmth * np.array([2, 0, -5], np.float32)
    it.eye_colour = _along(_EYES, min(0.32 * draw() + 0.72 * pale * draw(), 1))
    it.fair_hair = pale * draw()
    it.hair_colour = _along(_HAIR, min(1.15 * it.fair_hair, 1) ** 1.2)
    it.freckles = pale * ramp(draw(), 0.55, 1.0)

    styles = _STYLES_OF_MEN if it.masculine > 0.5 else _STYLES_OF_WOMEN
    it.style = styles[int(draw() * len(styles))]
    it.parting, it.curl, it.hairline, it.volume, it.thinning = (
        sway(),
        draw() ** 2,
        sway(),
        sway(),
        draw(),
    )
    it.greying = draw(34, 60)
    it.receding = it.masculine * ramp(draw(), 0.15, 0.85)
    it.bearded = ramp(it.masculine, 0.5, 0.9)
    it.beard = it.bearded * ramp(draw(), 0.6, 0.95)
    it.moustache = max(it.beard, it.bearded * ramp(draw(), 0.8, 0.95))
    it.glasses, it.glasses_shape = float(draw() > 0.9), draw()
    it.weathering = sway()
    it.light = (draw(-0.55, 0.55), draw(-0.55, -0.2), 0.85)
    it.background = _from_hsv(draw(), draw(0.04, 0.24), draw(0.50, 0.86))
    it.clothes = _from_hsv(draw(), draw(0.2, 0.65), draw(0.25, 0.85))
    it.noise = np.random.default_rng([_TEXTURE, person]).random(1400).astype(np.float32)
    return it


def _mood(person, pose):
    """What differs between two pictures of a person. Pose 0 is the calm one: straight, with a faint
    smile.
    """
    if pose == 0:
        return SimpleNamespace(
            smile=0.5, brows=0.2, squint=0.0, gaze=(0.0, 0.0), light=(0.0, 0.0, 0.0), backdrop=(0.3, 0.3, 0.0),
            exposure=np.ones(3, np.float32), shift=(0.0, 0.0), angle=0.0, zoom=1.0,
        )  # fmt: skip
    values = iter(np.random.default_rng([_MOOD, person, pose]).random(24).tolist())
    draw = lambda low, high: low + (high - low) * next(values)
    mood = SimpleNamespace(
        smile=draw(-0.25, 1.0),
        brows=draw(-1, 1),
        squint=draw(0, 1),
        gaze=(draw(-1, 1), draw(-0.6, 0.6)),
    )
    mood.light = (draw(-0.2, 0.2), draw(-0.1, 0.1), 0.0)
    mood.backdrop = (draw(0, 1), draw(0, 1), draw(-1, 1))
    mood.exposure = (draw(0.93, 1.06) * np.array([draw(0.97, 1.03), 1, draw(0.97, 1.03)])).astype(
        np.float32
    )
    mood.shift, mood.angle, mood.zoom = (
        (draw(-0.004, 0.004), draw(-0.004, 0.004)),
        draw(-0.02, 0.02),
        draw(0.99, 1.01),
    )
    return mood


def _outline(face):
    """The face's edge: angles in degrees from straight up, and the distance from the picture's
    middle at each.
    """
    it, child, grown, old = face.traits, face.child, face.grown, face.old
    width = 0.374 + 0.019 * it.face_width + 0.018 * child + 0.004 * face.man
    full = it.fullness * 0.010 * (1 - child) + 0.014 * face.mature
    jaw = 0.376 + 0.017 * it.jaw_width * (0.3 + 0.7 * grown) + full + 0.010 * face.man
    chin = 0.018 * it.chin_length * (0.2 + 0.8 * grown) + 0.010 * face.man
    return (0, 30, 58, 78, 95, 112, 128, 143, 156, 168, 180), (
        0.62 + 0.04 * child,
        0.56 + 0.03 * child,
        width + 0.036 + 0.016 * child - 0.012 * old,
        width + 0.010 + 0.006 * child - 0.014 * old,
        width + 0.004 * it.cheeks + 0.004 * child,
        width - 0.004 + 0.012 * child + 0.4 * full,
        jaw + 0.015 * child + 0.010 * old,
        jaw + 0.014 - 0.006 * child + 0.026 * old,
        jaw + 0.036 - 0.034 * child - 0.009 * it.chin_point + 0.020 * old,
        0.440 - 0.054 * child + 0.8 * chin - 0.009 * it.chin_point + 0.010 * old,
        0.452 - 0.060 * child + chin + 0.005 * it.chin_point + 0.004 * old,
    )


def _place_features(face):
    it, mood, child, old, grown, man = (
        face.traits,
        face.mood,
        face.child,
        face.old,
        face.grown,
        face.man,
    )
    smile = max(mood.smile, 0)
    face.eye = SimpleNamespace(
        away=0.19 + 0.005 * it.eye_spacing,
        v=0.31,
        half=0.085 + 0.005 * it.eye_size + 0.010 * child - 0.004 * old,
        upper=0.035 + 0.004 * it.eye_open + 0.013 * child - 0.006 * old - 0.004 * mood.squint,
        lower=0.023
        + 0.002 * it.eye_size
        + 0.010 * child
        - 0.001 * old
        - 0.002 * mood.squint
        - 0.003 * smile,
        iris=0.0395 + 0.0015 * it.eye_size + 0.0120 * child,
        tilt=0.007 * it.eye_tilt - 0.005 * old + 0.002,
        droop=0.10 + 0.45 * old,
    )
    face.brow = SimpleNamespace(
        v=0.220
        - 0.008 * it.brow_height
        + 0.003 * man
        - 0.016 * child
        + 0.010 * old
        - 0.007 * mood.brows,
        half=0.098 - 0.006 * child,
        arch=0.015 + 0.006 * it.brow_arch - 0.005 * man - 0.002 * child,
        tilt=0.005 + 0.006 * it.brow_tilt + 0.006 * old,
        thickness=0.0125 + 0.0028 * it.brow_thickness * (0.4 + 0.6 * grown) - 0.0045 * child,
        strength=0.85 - 0.40 * child - 0.20 * face.baby - 0.10 * old,
    )
    face.nose = SimpleNamespace(
        v=0.519 - 0.010 * child + 0.006 * old + 0.002 * it.nose_length,
        wing=0.062 + 0.010 * it.nose_width - 0.011 * child + 0.004 * man + 0.006 * old,
        bridge=(0.75 + 0.25 * it.nose_bridge - 0.60 * child + 0.15 * man) * (1 + 0.2 * old),
        tip=0.9 - 0.15 * child + 0.25 * old,
    )
    face.mouth = SimpleNamespace(
        half=0.161 + 0.004 * it.mouth_width - 0.017 * child + 0.004 * mood.smile,
        v=0.694 + 0.004 * it.mouth_height - 0.012 * child + 0.004 * old - 0.008 * mood.smile,
        smile=0.011 + 0.022 * mood.smile + 0.003 * child - 0.010 * old,
        upper=(0.031 + 0.005 * it.upper_lip + 0.004 * child - 0.004 * smile) * (1 - 0.5 * old),
        lower=(0.039 + 0.006 * it.lower_lip + 0.002 * child - 0.004 * smile) * (1 - 0.35 * old),
        open=0.030 * ramp(mood.smile, 0.55, 1.05),
    )
    face.ear = SimpleNamespace(
        v=0.405 + 0.02 * old,
        half=0.078 + 0.008 * it.ear_size - 0.006 * child + 0.026 * old,
        out=0.030 + 0.006 * it.ear_size,
    )


def _choose_colours(face):
    it, age, old = face.traits, face.age, face.old
    natural = _mix(it.hair_colour, (214, 178, 122), 0.35 * it.fair_hair * face.child)
    silver = _mix((150, 148, 146), (226, 224, 220), ramp(age, it.greying + 5, it.greying + 60))
    face.hair = _mix(natural, silver, 0.96 * ramp(age, it.greying - 8, it.greying + 26))
    face.brow_hair = 0.72 * _mix(natural, silver, 0.75 * ramp(age, it.greying + 4, it.greying + 38))
    face.beard_hair = _mix(0.80 * natural, silver, ramp(age, it.greying - 4, it.greying + 22))
    face.skin = it.skin * _mix(
        (1.03, 1.03, 1.03), (0.94, 0.92, 0.87), 0.6 * face.mature + 0.4 * old
    )
    face.rosy = 0.7 + 0.6 * face.child - 0.5 * face.mature - 0.1 * old
    tint = _mix((0.92, 0.66, 0.65), (0.90, 0.74, 0.72), old) + 0.12 * it.tone
    tint += it.lip_red * face.grown * (1 - 0.6 * old) * np.array([-0.02, -0.16, -0.12], np.float32)
    face.lips = face.skin * tint


def _mix(first, second, share):
    return np.asarray(first, np.float32) * (1 - share) + np.asarray(second, np.float32) * share


def _along(colours, share):
    """The colour a share of the way along a list of colours."""
    place = share * (len(colours) - 1)
    first = min(int(place), len(colours) - 2)
    return _mix(colours[first], colours[first + 1], place - first)


def _from_hsv(hue, saturation, value):
    return 255 * np.array(colorsys.hsv_to_rgb(hue, saturation, value), np.float32)
