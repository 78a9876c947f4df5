"""The hair of drawn faces: what lies between an inner line about the face and an outer one."""

import numpy as np

from faceaging_tf.data.face_canvas import CENTRE, HALF_TURN, ramp, round_table

_DIRECTIONS = np.linspace(-np.pi, np.pi, 2 * HALF_TURN + 1)


class Hair:
    """Hair of one face on one canvas: painted once behind the neck and once before the forehead.

    `depth` and `height` are distances, at every point, inside the hairline and inside the outer
    edge.
    """

    def __init__(self, canvas, face, outline):
        traits = face.traits
        self._canvas, self._face, self._style = canvas, face, traits.style
        self._falls = traits.style in ("long", "parted")
        volume = 0.018 * traits.volume - 0.03 * face.old * traits.thinning - 0.03 * face.baby
        self._inner = canvas.around(round_table(*self._hairline()) + self._sweep())
        self._outer = canvas.around(round_table(*self._crown(volume)))
        self._strands = self._strand_pattern()
        if traits.style == "curly":
            ruffle = 0.030 * self._strands
        else:
            ruffle = canvas.around(self._waves() * (0.006 + 0.012 * traits.curl * self._falls))
        depth = canvas.radius - self._inner - 0.5 * ruffle
        height = self._outer - canvas.radius + ruffle
        if self._falls:
            bottom = 0.30 + 0.95 * face.hair_growth
        else:
            bottom = 0.385
            depth = np.maximum(depth, canvas.radius - outline + 0.006)
        bottom = bottom + ruffle - canvas.axis[:, None]
        self.depth, self.height = np.minimum(depth, bottom), np.minimum(height, bottom)

    def _hairline(self):
        face, traits = self._face, self._face.traits
        gone = face.receding
        v = (
            0.048
            + 0.014 * traits.hairline
            - 0.030 * face.child
            - 0.15 * gone
            - 0.02 * face.old * traits.thinning
        )
        if self._style == "fringe":
            points = (
                (0, v + 0.095),
                (0.10, v + 0.10),
                (0.20, v + 0.11),
                (0.28, v + 0.13),
                (0.34, 0.22),
                (0.362, 0.28),
            )
        elif self._style == "parted":
            points = (
                (0, v - 0.01),
                (0.08, v + 0.01),
                (0.18, v + 0.06),
                (0.26, v + 0.12),
                (0.325, 0.22),
                (0.352, 0.30),
            )
        else:
            corner = 0.05 * gone
            points = (
                (0, v),
                (0.12, v + 0.004),
                (0.22, v + 0.02 - corner),
                (0.30, v + 0.075 - corner),
            )
            points += (0.345, 0.175), (0.366, 0.26)
        x, y = np.array(points).T - [[0], [CENTRE]]
        side = face.outline[1][3]
        if self._style == "long":
            tail = (80, 100, 130, 148, 180), (side - 0.016, side - 0.018, 0.42, 0.50, 0.60)
        elif self._style == "parted":
            tail = (80, 100, 130, 148, 180), (side - 0.016, side - 0.018, 0.44, 0.54, 0.66)
        else:
            tail = (76, 180), (side, side)
        return [*np.degrees(np.arctan2(x, -y)), *tail[0]], [*np.hypot(x, y), *tail[1]]

    def _sweep(self):
        """The hairline's lean to one side, in fractions, over the direction."""
        amount = (
            {"short": 0.3, "curly": 0.0}.get(self._style, 1.0) * 0.030 * self._face.traits.parting
        )
        return (amount * np.sin(2 * _DIRECTIONS) * np.exp(-((0.7 * _DIRECTIONS) ** 4))).astype(
            np.float32
        )

    def _crown(self, volume):
        face = self._face
        side = face.outline[1][3]
        if self._falls:
            wide = side + 0.004 + (0.116 + volume) * face.hair_growth
            return (0, 40, 65, 85, 110, 130, 180), (
                0.63,
                0.60,
                wide + 0.035,
                wide,
                wide + 0.02,
                wide + 0.08,
                0.9,
            )
        puff = (
            0.05 * face.hair_growth * (1 - 0.8 * face.receding) if self._style == "curly" else 0.0
        )
        top, corner, temple = (
            0.60 + volume,
            0.51 + volume + puff,
            side + 0.055 + 0.6 * volume + puff,
        )
        return (0, 40, 58, 70, 80, 90, 180), (
            0.63,
            top,
            corner,
            temple,
            side + 0.016 + 0.5 * puff,
            side - 0.03,
            0.1,
        )

    def _waves(self):
        """Smooth random waves over the direction, about -1..1."""
        noise = self._face.traits.noise[1080:1096]
        waves = [
            np.sin(_DIRECTIONS * (4 + 3 * row) + 6.28 * noise[row]) * (0.4 + noise[8 + row])
            for row in range(8)
        ]
        return (sum(waves) / 2.6).astype(np.float32)

    def _strand_pattern(self):
        """The brightness of the strands, -1..1: curls, locks that follow the face, or short hair
        that points away from it.
        """
        traits, canvas = self._face.traits, self._canvas
        if self._style == "curly":
            return canvas.noise(traits.noise[:1369].reshape(37, 37)) * 2 - 1
        fine = np.interp(np.linspace(0, 900, 4096), np.arange(900), traits.noise[300:1200])
        coarse = np.interp(np.linspace(0, 200, 4096), np.arange(200), traits.noise[900:1100])
        # Single hairs are finer than a small picture's pixels and would only shimmer there.
        seen = ramp(canvas.size, 48, 192)
        table = (1.1 * seen * (fine - 0.5) + (1.5 - 0.4 * seen) * (coarse - 0.5)).astype(np.float32)
        if self._falls:
            place = 0.35 * (canvas.radius - self._inner) + 0.4
            place = place + 0.004 * traits.curl * np.sin(28 * canvas.axis[:, None] + 28 * place)
        else:
            slant = {"swept": 0.25, "fringe": 0.025}.get(self._style, 0.06) * traits.parting
            place = canvas.turn * (0.45 / HALF_TURN) + slant * (canvas.radius - 0.4) + 0.1
        return np.take(table, (place * 4096).astype(np.int32), mode="wrap")

    def shade_on_skin(self):
        """How much, 0..1, the hair darkens the skin beside it."""
        return np.clip(1 + self.depth * 20, 0, 1) ** 2 * (0.24 * self._face.cover)

    def _colours(self, box, dim):
        face, depth, strands = self._face, self.depth[box], self._strands[box]
        share = np.clip(depth * 5, 0, 1)
        v = self._canvas.axis[box[0], None]
        if self._falls:
            shine = np.exp(-(((v - 0.17 + 0.5 * depth) * 10) ** 2)) + 0.35 * np.exp(
                -(((v - 0.72) * 6) ** 2)
            )
        else:
            shine = np.exp(-(((share - 0.45) * 4.5) ** 2)) * (
                0.3 if self._style == "curly" else 1.0
            )
        shine = shine * (1 + 0.6 * strands)
        tone = 0.70 + 0.20 * strands + 0.26 * shine - 0.16 * (1 - share) ** 3
        tone = tone + 0.30 * face.light[0] * (self._canvas.axis[None, :] - 0.5)
        return face.hair[:, None, None] * (tone * dim) + 14 * shine

    def _box(self):
        # Short hair ends above the ears: the rest of the canvas need not be worked on.
        return self._canvas.window(bottom=2.0 if self._falls else 0.47)[0]

    def paint_behind(self):
        """The hair behind neck and ears."""
        if self._falls:
            box = self._box()
            self._canvas.paint(
                box, self._canvas.inside(self.height, 0.012), self._colours(box, 0.55)
            )

    def paint_before(self):
        """The hair before ears and forehead; thin hair shows the skin between its strands."""
        canvas, cover, box = self._canvas, self._face.cover, self._box()
        coverage = canvas.inside(self.depth[box], 0.014 + 0.05 * (1 - cover)) * canvas.inside(
            self.height[box], 0.012
        )
        coverage *= np.clip(
            cover * 1.3 + (self._strands[box] * 0.5 + 0.5) * (1 - cover) - 0.15, 0, 1
        )
        canvas.paint(box, coverage, self._colours(box, 1.0))
