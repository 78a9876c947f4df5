"""Things drawn onto real heads: masks, hands, mugs, dark glasses, hats, hoods and scarves, with
where they lie. `tools/fit_covered.py` trains on them what finds such things in photos.
"""

import cv2
import numpy as np
from drawn_shapes import (
    Head,
    area,
    box,
    cloth,
    ellipse,
    eyes_of,
    frame_of,
    lens,
    noise,
    real_cloth,
    rounded,
    strokes,
)

from faceaging_tf.geometry.landmarks import CHIN, OVAL
from faceaging_tf.photo.skin import SIDE

# Points of the mesh: the ridge of the nose; sides of the face, and cheeks.
RIDGE = (6, 197, 195, 5)
SIDES = ((127, 356), (234, 454), (93, 323))
UNDER_EYES = ((117, 346), (50, 280), (205, 425))


def dressed(picture, points, pictures, rng):
    """A head with things drawn onto it.

    Args:
        picture: `(256, 256, 3)` uint8, a head.
        points: `(468, 2)`, fractions of the side.
        pictures: `(N, S, S, 3)` uint8, other heads, whose clothes and backgrounds are cloth.
        rng: a generator.

    Returns:
        The picture `(256, 256, 3)` uint8, and where things lie `(256, 256)` float32, -1 in doubt.
    """
    head = Head(picture.astype("float32"), points.astype("float64"), np.zeros((SIDE, SIDE), "f4"))
    for thing in chosen(rng):
        thing(head, pictures, rng)
    return np.uint8(head.picture.clip(0, 255)), head.hidden


def chosen(rng):
    """What is put on a head: nothing for one in four, one or two things."""
    number = rng.choice(3, p=(0.25, 0.55, 0.2))
    weights = np.array([weight for _, weight in THINGS], "float64")
    order = rng.choice(len(THINGS), number, replace=False, p=weights / weights.sum())
    return [THINGS[each][0] for each in sorted(order)]


def face_mask(head, pictures, rng):
    points, middle = head.points, head.points[4]
    nose = points[2] if rng.random() < 0.12 else points[RIDGE[rng.integers(len(RIDGE))]]
    sides, under = (choices[rng.integers(3)] for choices in (SIDES, UNDER_EYES))
    start = rng.integers(7, 10)
    jaw = middle + (points[list(OVAL[start : 37 - start])] - middle) * rng.uniform(1.0, 1.15)
    upper = np.array([points[sides[0]], points[under[0]], nose, points[under[1]], points[sides[1]]])
    upper += rng.normal(0, 0.006, upper.shape)
    outline = np.concatenate([upper, jaw])
    width = np.linalg.norm(points[454] - points[234])
    if rng.random() < 0.7:
        up = points[10] - points[CHIN]
        straps = [
            [points[sides[0]], points[127] + rng.uniform(-0.04, 0.02) * up],
            [points[sides[1]], points[356] + rng.uniform(-0.04, 0.02) * up],
        ]
        head.put(strokes(np.array(straps), 0.02 * width), rng.uniform(20, 240, 3), 0.0, hides=0.0)
    colour = cloth(head, pictures, rng)
    if rng.random() < 0.4:
        y = np.mgrid[:SIDE, :SIDE][0] + 6 * noise(rng, 60)
        colour = colour * (1 + 0.08 * np.cos(y * 2 * np.pi / rng.uniform(9, 22)))[..., None]
    mask = area(rounded(outline, rng.integers(1, 3)))
    if rng.random() < 0.12:
        half, top = rng.uniform(0.3, 0.55), upper[2]
        mask = area(
            box(head, top, half, np.linalg.norm(points[CHIN] - top) / width * rng.uniform(0.8, 1.2))
        )
    inner = cv2.GaussianBlur(mask, (0, 0), rng.uniform(3, 9))[..., None]
    head.put(mask, colour * (0.75 + 0.25 * inner), rng.uniform(0, 0.5))


def strip(head, pictures, rng):
    """A strip across mouth, eyes or all above the brows, from side to side or not quite."""
    brows, _, up, width = frame_of(head.points)
    half = rng.choice([0.3, 0.5, 1.5])
    kind = rng.integers(3)
    if kind == 0:
        top, tall = brows + 1.5 * up * width, 1.5 - rng.uniform(0.0, 0.35)
    elif kind == 1:
        top, tall = (
            np.mean(eyes_of(head.points), axis=0) + rng.uniform(0.06, 0.14) * width * up,
            rng.uniform(0.16, 0.3),
        )
    else:
        top, tall = head.points[RIDGE[rng.integers(1, 4)]], rng.uniform(0.35, 0.8)
    head.put(area(box(head, top, half, tall)), cloth(head, pictures, rng), rng.choice([0.0, 0.3]))


def scarf(head, pictures, rng):
    brows, right, up, width = frame_of(head.points)
    top = head.points[(2, 0, 17, 5, CHIN)[rng.integers(5)]] - 0.02 * up * width
    half = rng.uniform(0.5, 0.8) * width
    edge = [
        top - half * right + rng.normal(0, 0.02) * up,
        top + half * right + rng.normal(0, 0.02) * up,
    ]
    low = [top + 1.2 * right - 1.5 * up, top - 1.2 * right - 1.5 * up]
    middle = top - rng.uniform(-0.05, 0.12) * width * up
    outline = np.array([edge[0], middle, edge[1], *low])
    head.put(area(rounded(outline, 1)), cloth(head, pictures, rng), rng.uniform(0, 0.5))


def hand(head, pictures, rng):
    _, right, up, width = frame_of(head.points)
    target = head.points[(13, 17, 205, 425, 4, 159, 386, CHIN, 151, 61, 291)[rng.integers(11)]]
    turn = rng.uniform(0, 2 * np.pi) if rng.random() < 0.25 else rng.normal(-np.pi / 2, 0.9)
    back = np.cos(turn) * right + np.sin(turn) * up
    aside = np.array([-back[1], back[0]])
    thick = rng.uniform(0.1, 0.15) * width
    number, spread = rng.integers(1, 6), rng.uniform(0.95, 1.5)
    skin = head.skin() * rng.uniform(0.8, 1.1) * (1 + rng.normal(0, 0.03, 3))
    grain = 1 + 0.02 * noise(rng, 2) + 0.05 * noise(rng, 25)
    palm = target + back * rng.uniform(0.45, 0.7) * width
    fingers = []
    for each in range(number):
        place = (each - (number - 1) / 2) * spread * thick
        tip = target + place * aside + back * abs(place) * rng.uniform(0.2, 0.6)
        knuckle = palm + 0.8 * place * aside
        bend = (tip + knuckle) / 2 + rng.normal(0, 0.03) * width * aside
        fingers.append(strokes(np.array([[tip, bend, knuckle]]), thick))
    wide = max(number, 3) * thick * 0.55
    arm = palm + back * rng.uniform(0.3, 1.2) * width
    fingers.insert(0, area(ellipse(palm + back * wide, wide * aside, wide * 1.3 * back)))
    fingers.insert(0, strokes(np.array([[palm + back * wide, arm + back]]), 1.5 * wide))
    for each in fingers:
        inside = cv2.distanceTransform(np.uint8(each > 0.5), cv2.DIST_L2, 3)
        round_ = np.clip(inside / (thick * SIDE * 0.5), 0, 1) ** 0.5
        colour = skin * ((0.6 + 0.4 * round_) * grain)[..., None] * head.light() ** 0.5
        head.put(each, colour, rng.uniform(0.1, 0.4))


def held(head, pictures, rng):
    """A mug, a telephone, a microphone, a card before the face."""
    _, right, up, width = frame_of(head.points)
    target = head.points[(13, 17, 205, 425, 4, 159, 386, CHIN)[rng.integers(8)]]
    turn = rng.normal(0, 0.35)
    across = np.cos(turn) * right + np.sin(turn) * up
    high = np.array([across[1], -across[0]])
    half, tall = rng.uniform(0.12, 0.45) * width, rng.uniform(0.15, 0.6) * width
    middle = target - rng.uniform(0.0, 1.0) * tall * up
    if rng.random() < 0.4:
        outline = ellipse(middle, half * across, tall * high)
    else:
        corners = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
        outline = np.array([middle + x * half * across + y * tall * high for x, y in corners])
        outline = rounded(outline, rng.integers(0, 3))
    head.put(area(outline), cloth(head, pictures, rng), rng.uniform(0.1, 0.5))


def blot(head, pictures, rng):
    """A thing of any form anywhere about the face."""
    _, right, up, width = frame_of(head.points)
    middle = head.points[rng.integers(468)] + rng.normal(0, 0.1, 2)
    turn = rng.uniform(0, np.pi)
    across = np.cos(turn) * right + np.sin(turn) * up
    high = np.array([across[1], -across[0]])
    one, other = rng.uniform(0.1, 0.5, 2) * width
    outline = ellipse(middle, one * across, other * high, rng, rng.choice([0.0, 0.1, 0.25]))
    head.put(area(outline), cloth(head, pictures, rng), rng.uniform(0, 0.5))


def dark_glasses(head, pictures, rng):
    points = head.points
    _, right, up, width = frame_of(points)
    kind = (rng.uniform(0.16, 0.25), rng.uniform(0.09, 0.18))
    drop, state = rng.uniform(-0.02, 0.06) * width * up, rng.bit_generator.state
    outlines = []
    for eye, outwards in zip(eyes_of(points), (-right, right), strict=True):
        rng.bit_generator.state = state
        place = eye + rng.uniform(0, 0.03) * width * outwards - drop
        outlines.append(lens(kind, place, outwards, up, width, rng))
    rim, thick = rng.uniform(5, 120) * np.ones(3) + rng.normal(0, 15, 3), rng.uniform(0.006, 0.03)
    arms = np.array(
        [
            [one.mean(axis=0) - 0.15 * width * way * right, points[side]]
            for one, way, side in zip(outlines, (1, -1), SIDES[0], strict=True)
        ]
    )
    bridge = np.array(
        [
            [
                one.mean(axis=0) + 0.1 * width * way * right + 0.02 * up * width
                for one, way in zip(outlines, (1, -1), strict=True)
            ]
        ]
    )
    head.put(strokes(arms, thick * width * 1.5), rim, 0.1, hides=0.0)
    glass = np.maximum(*(area(outline) for outline in outlines))
    opaque = rng.choice([rng.uniform(0.75, 1.0), rng.uniform(0.35, 0.75)], p=(0.5, 0.5))
    tint = [
        (20, 20, 22),
        (70, 42, 25),
        (120, 78, 52),
        (30, 40, 60),
        (60, 30, 60),
        (40, 60, 40),
        (130, 90, 40),
    ]
    colour = np.array(tint[rng.integers(len(tint))]) * rng.uniform(0.4, 1.4) + np.zeros(
        (SIDE, SIDE, 3)
    )
    if rng.random() < 0.35:
        colour = colour * 0.6 + rng.uniform(0.2, 0.6) * real_cloth(pictures, rng)
    y = np.mgrid[:SIDE, :SIDE][0] / SIDE - eyes_of(points)[0][1]
    fade = (1 - rng.choice([0.0, rng.uniform(0, 0.5)]) * (0.5 + y / 0.2).clip(0, 1)).astype("f4")
    # Light lenses let through light of their own colour, dark ones hardly any.
    behind = head.picture * (0.4 + 0.6 * np.array(colour.mean(axis=(0, 1)) / max(colour.mean(), 1)))
    share = (opaque * fade)[..., None]
    shine = 25 * np.maximum(noise(rng, 18), 0)[..., None] * rng.choice([0, 1])
    seen = share * colour + (1 - share) * behind.clip(0, 255) + shine
    head.put(glass, seen, rng.uniform(0, 0.2), hides=1.0)
    rims = strokes([np.concatenate([outline, outline[:1]]) for outline in outlines], thick * width)
    head.put(np.maximum(rims, strokes(bridge, thick * width * 1.2)), rim, 0.1)


def clear_glasses(head, pictures, rng):
    """Frames hide next to nothing: nobody need say."""
    before = head.hidden.copy()
    points = head.points
    _, right, up, width = frame_of(points)
    kind, state = (rng.uniform(0.15, 0.22), rng.uniform(0.08, 0.15)), rng.bit_generator.state
    outlines = []
    for eye, outwards in zip(eyes_of(points), (-right, right), strict=True):
        rng.bit_generator.state = state
        outlines.append(lens(kind, eye - 0.02 * up * width, outwards, up, width, rng))
    bridge = [
        outlines[0].mean(axis=0) + 0.1 * width * right,
        outlines[1].mean(axis=0) - 0.1 * width * right,
    ]
    lines = [*(np.concatenate([outline, outline[:1]]) for outline in outlines), np.array(bridge)]
    lines += [
        np.array([one.mean(axis=0) - 0.18 * width * way * right, points[side]])
        for one, way, side in zip(outlines, (1, -1), SIDES[0], strict=True)
    ]
    rims = strokes(lines, rng.uniform(0.008, 0.035) * width)
    head.put(rims, rng.uniform(5, 160) * np.ones(3) + rng.normal(0, 20, 3), 0.2)
    head.hidden = np.where(cv2.dilate(rims, np.ones((5, 5))) > 0.05, -1, before)


def goggles(head, pictures, rng):
    _, right, up, width = frame_of(head.points)
    middle = np.mean(eyes_of(head.points), axis=0) + rng.uniform(-0.02, 0.05) * width * up
    outline = ellipse(
        middle, rng.uniform(0.42, 0.52) * width * right, rng.uniform(0.17, 0.3) * width * up
    )
    strap = np.array([[middle - 0.8 * width * right, middle + 0.8 * width * right]])
    head.put(strokes(strap, rng.uniform(0.08, 0.2) * width), cloth(head, pictures, rng))
    head.put(area(outline), rng.uniform(10, 120, 3), 0.3)
    inner = middle + 0.88 * (outline - middle)
    head.put(
        area(inner), cloth(head, pictures, rng, [(20, 20, 25), (120, 60, 20), (40, 70, 110)]), 0
    )


def tilted(points, rng):
    """The frame of a head, tilted a little as hats are."""
    brows, right, up, width = frame_of(points)
    turn = rng.normal(0, 0.06)
    cos, sin = np.cos(turn), np.sin(turn)
    return brows, cos * right + sin * up, cos * up - sin * right, width


def dome(frame, low, arch, wide=0.62, tall=0.95):
    brows, right, up, width = frame
    x = np.linspace(-wide, wide, 41)[:, None]
    turn = np.linspace(0, np.pi, 41)[:, None]
    end = low - arch * wide**2
    edge = brows + width * (x * right + (low - arch * x**2) * up)
    top = brows + width * (wide * np.cos(turn) * right + (end + tall * np.sin(turn)) * up)
    return np.concatenate([edge, top])


def knitted(head, pictures, rng):
    """A knitted or another hat without a brim, a turban, a bathing cap."""
    frame = tilted(head.points, rng)
    low = rng.uniform(-0.08, 0.4)
    outline = dome(
        frame, low, rng.uniform(-0.1, 0.5), rng.uniform(0.54, 0.7), rng.uniform(0.6, 1.1)
    )
    colour = cloth(head, pictures, rng)
    y, x = np.mgrid[:SIDE, :SIDE].astype("f4")
    if rng.random() < 0.6:
        turn, step = rng.normal(0, 0.3), rng.uniform(4, 12)
        ribs = np.cos(2 * np.pi * (np.cos(turn) * x + np.sin(turn) * y) / step)
        colour = colour * (1 + rng.uniform(0.03, 0.18) * ribs)[..., None]
    head.put(area(outline), round_about(frame, colour), rng.uniform(0.1, 0.5))
    if rng.random() < 0.5:
        brows, right, up, width = frame
        x, tall = np.linspace(-0.6, 0.6, 41)[:, None], rng.uniform(0.1, 0.25)
        under = brows + width * (x * right + (low - 0.25 * x**2) * up)
        over = under + tall * width * up
        head.put(area(np.concatenate([under, over[::-1]])), cloth(head, pictures, rng), 0.15)


def round_about(frame, colour):
    """Darker to the sides, as what is round is."""
    brows, right, _, width = frame
    x = (np.mgrid[:SIDE, :SIDE][1] + 0.5) / SIDE
    aside = (x - brows[0]) / width
    return colour * (1 - 0.7 * np.abs(aside).clip(0, 0.65) ** 2)[..., None]


def cap(head, pictures, rng):
    """A cap or a helmet with a brim to the front, or a hat with one all around."""
    frame = brows, right, up, width = tilted(head.points, rng)
    low = rng.uniform(-0.02, 0.35)
    colour = cloth(head, pictures, rng)
    shade = rng.uniform(0.1, 0.6)
    # What a brim keeps the light from.
    y, x = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE
    down = brows[1] - low * width + rng.uniform(0.0, 0.4) * width
    head.picture *= 1 - shade * 0.5 * (1 / (1 + np.exp((y - down) * 60)))[..., None].astype("f4")
    head.put(
        area(dome(frame, low, 0.25, rng.uniform(0.55, 0.65), rng.uniform(0.6, 1))),
        round_about(frame, colour),
    )
    around = rng.random() < 0.4
    half = rng.uniform(0.75, 1.2) if around else rng.uniform(0.42, 0.62)
    x = np.linspace(-half, half, 41)[:, None]
    drop, arch = rng.uniform(0.05, 0.22), rng.uniform(-0.05, 0.15)
    under = brows + width * (x * right + (low - drop + (drop + arch) * (x / half) ** 2) * up)
    over = brows + width * (
        x * right + (low + rng.uniform(0.02, 0.1) - rng.uniform(0, 0.1) * (x / half) ** 2) * up
    )
    brim = cloth(head, pictures, rng) if rng.random() < 0.3 else colour * rng.uniform(0.55, 1.1)
    head.put(area(np.concatenate([under, over[::-1]])), brim, rng.uniform(0.1, 0.5))


def band(head, pictures, rng):
    """A band or a kerchief across the forehead."""
    brows, right, up, width = tilted(head.points, rng)
    low, tall, arch = rng.uniform(0.05, 0.45), rng.uniform(0.08, 0.35), rng.uniform(-0.1, 0.4)
    x = np.linspace(-0.6, 0.6, 41)[:, None]
    under = brows + width * (x * right + (low - arch * x**2) * up)
    over = brows + width * (x * right + (low + tall - arch * x**2) * up)
    head.put(area(np.concatenate([under, over[::-1]])), cloth(head, pictures, rng), 0.25)


def hood(head, pictures, rng):
    """A hood, a scarf about the head, or a balaclava, from the crown to the shoulders."""
    _, right, up, width = frame_of(head.points)
    points = head.points
    middle, tall = points[list(OVAL)].mean(axis=0), np.linalg.norm(points[10] - points[CHIN])
    gap, high = rng.uniform(0.86, 1.3), rng.uniform(0.72, 1.25)
    ring = lambda w, h: ellipse(middle, w * width / 2 * right, h * tall / 2 * up)
    shoulders = [(-1.6, -0.75 * tall), (1.6, -0.75 * tall), (1.8, -3.0), (-1.8, -3.0)]
    body = np.array([middle + x * width * right + y * up for x, y in shoulders])
    wide = rng.uniform(1.5, 2.1)
    around = np.maximum(area(ring(wide, rng.uniform(1.45, 1.85))), area(body))
    shift = rng.uniform(-0.08, 0.06) * tall * up
    opening = ellipse(middle + shift, gap * width / 2 * right, high * tall / 2 * up, rng, 0.01)
    if rng.random() < 0.3:
        # Straight down from the temples, as a loose scarf hangs.
        low = np.array([middle + x * gap * width / 2 * right - 1.5 * up for x in (0.9, -0.9)])
        side = np.array([middle + x * gap * width / 2 * right for x in (-1, 1)])
        free = np.maximum(area(opening), area(np.concatenate([side, low])))
    else:
        free = area(opening)
    head.put(around * (1 - free), cloth(head, pictures, rng), rng.uniform(0.1, 0.5))


# What is drawn, and how often, from below to above: what hides hair first.
THINGS = (
    (hood, 2.5),
    (knitted, 2.0),
    (cap, 2.5),
    (band, 0.7),
    (clear_glasses, 1.0),
    (dark_glasses, 5.0),
    (goggles, 0.6),
    (face_mask, 2.5),
    (scarf, 0.7),
    (held, 1.2),
    (blot, 0.8),
    (strip, 0.8),
    (hand, 3.0),
)
