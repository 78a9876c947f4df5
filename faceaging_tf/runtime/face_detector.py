"""Where the faces of a photo are: MediaPipe's BlazeFace on LiteRT, over a photo and its tiles.

Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", CVPR Workshop
on Computer Vision for Augmented and Virtual Reality, 2019.
"""

import concurrent.futures
import dataclasses

import numpy as np
from PIL import Image

from faceaging_tf.runtime.litert import interpreter_of
from faceaging_tf.runtime.proposals import face_proposals
from faceaging_tf.runtime.squares import looked_at

FILE, SIDE = "face_detection_back.tflite", 256
# Of each of the network's two grids: pixels between its points, and how many boxes lie at each.
GRIDS = ((16, 2), (32, 6))
# Eyes, tip of the nose, mouth; the other two of its six points are ears.
POINTS = 4
# Faces from so many pixels on are found; at each level of the search the next smaller ones, at
# most so many times smaller than at the one before.
SMALLEST, STEP = 16, 2.6
# Around the whole photo there is a border of its own mirror image, in fractions of the longer
# side: without it a face that fills its picture is missed.
BORDER = 0.15
# How much of the network's square a face takes when it is looked at alone.
CLOSE = 0.4
# Boxes that share this much of their joint area are of one face.
SAME = 0.3
# In the box of a face that is so sure no smaller one is searched for.
KNOWN = 0.7
# Places that are proposed with so many logits are followed up, which those of faces have by far;
# the boxes of a tile are believed wherever a place is proposed at all.
FOLLOWED = -1.0
# Of a face whose middle is nearer to a tile's edge too little is seen there.
EDGE = 8


@dataclasses.dataclass(frozen=True, eq=False)
class Boxes:
    """N faces as the network sees them.

    Attributes:
        scores: `(N,)` float64, 0 to 1.
        boxes: `(N, 4)` float64 `(left, top, right, bottom)` in pixels, square: from the brows to
            the chin.
        points: `(N, 4, 2)` float64 `(x, y)` in pixels, the centre of the first at (0, 0): the
            eyes, "left" as seen in the picture, the tip of the nose, the mouth.
    """

    scores: np.ndarray
    boxes: np.ndarray
    points: np.ndarray

    def __getitem__(self, which):
        return Boxes(self.scores[which], self.boxes[which], self.points[which])

    def __len__(self):
        return len(self.scores)

    def mapped(self, matrix):
        """The same after a `(2, 3)` similarity; boxes stay upright, around the same centres."""
        turn, shift = matrix[:, :2], matrix[:, 2]
        centres = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2 @ turn.T + shift
        halves = (self.boxes[:, 2:] - self.boxes[:, :2]) / 2 * np.sqrt(np.linalg.det(turn))
        boxes = np.concatenate([centres - halves, centres + halves], axis=1)
        return Boxes(self.scores, boxes, self.points @ turn.T + shift)

    @classmethod
    def joined(cls, parts):
        """All boxes of several."""
        names = [field.name for field in dataclasses.fields(cls)]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class BoxNetwork:
    """The network alone, on one thread: from a square to boxes.

    Raises:
        NetworkFileError: the network is not installed.
    """

    def __init__(self):
        self._interpreter = interpreter_of(FILE)
        self._input = self._interpreter.get_input_details()[0]["index"]
        # The scores are the smaller of its two outputs.
        outputs = self._interpreter.get_output_details()
        by_size = sorted(outputs, key=lambda output: np.prod(output["shape"]))
        self._scores, self._boxes = (output["index"] for output in by_size)
        self._anchors = anchors()

    def __call__(self, square, minimum_score):
        """The `Boxes` of `(256, 256, 3)` uint8 with such a score at least, many of each face."""
        given = self._interpreter.tensor(self._input)()[0]
        np.divide(square, np.float32(127.5), out=given)
        given -= 1
        # The interpreter does not run while somebody holds what is its own.
        del given
        self._interpreter.invoke()
        logits = self._interpreter.get_tensor(self._scores).ravel().astype("float64")
        scores = 1 / (1 + np.exp(-np.clip(logits, -60, 60)))
        kept = np.flatnonzero(scores >= minimum_score)
        # Rows of x and y: the centre and the size of the box, then six points.
        places = self._interpreter.get_tensor(self._boxes)[0, kept].reshape(-1, 8, 2)
        places = places.astype("float64")
        around = self._anchors[kept] - 0.5
        centres, halves = places[:, 0] + around, places[:, 1] / 2
        boxes = np.concatenate([centres - halves, centres + halves], axis=1)
        return Boxes(scores[kept], boxes, places[:, 2 : 2 + POINTS] + around[:, None])


def anchors():
    """The places that boxes are counted from, `(896, 2)` `(x, y)` from the square's corner."""
    grids = []
    for stride, boxes in GRIDS:
        places = np.arange(stride / 2, SIDE, stride)
        rows, columns = np.meshgrid(places, places, indexing="ij")
        grids.append(np.repeat(np.stack([columns, rows], axis=-1).reshape(-1, 2), boxes, axis=0))
    return np.concatenate(grids)


def merged(found):
    """One box a face: the mean of those that share most of their area, weighted by their scores.

    Args:
        found: `Boxes`.

    Returns:
        `Boxes`, the best score first; each has the best score of those it is made of.
    """
    left, parts = found[np.argsort(-found.scores, kind="stable")], []
    while len(left):
        same = _shared(left.boxes[0], left.boxes) > SAME
        same[0] = True
        ones = left[same]
        shares = ones.scores / ones.scores.sum()
        points = np.tensordot(shares, ones.points, 1)
        parts.append(Boxes(ones.scores[:1], (shares @ ones.boxes)[None], points[None]))
        left = left[~same]
    return Boxes.joined(parts) if parts else left


def _shared(box, boxes):
    """The shared area of one box `(4,)` and each of others by their joint one."""
    sides = np.clip(np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]), 0, None)
    shared = sides.prod(axis=1)
    areas = np.prod(box[2:] - box[:2]) + np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return shared / np.maximum(areas - shared, 1e-9)


class FaceSearch:
    """Every place of a photo that may hold a face: the whole photo, then, at larger scales, those
    tiles in which a smaller network proposes faces.

    Args:
        threads: tiles that are looked at at a time, each by a network of its own.

    Raises:
        NetworkFileError: the network is not installed.

    Example:
        >>> from skimage.data import astronaut
        >>> from faceaging_tf.runtime.face_detector import FaceSearch
        >>> found = FaceSearch()(astronaut(), smallest=40, minimum_score=0.5)
        >>> len(found), found.points.shape
        (1, (1, 4, 2))
    """

    def __init__(self, threads=1):
        # A network is too small to be shared out among threads; they would wait for each other.
        self._networks = [BoxNetwork() for _ in range(threads)]

    def __call__(self, pixels, smallest, minimum_score, in_tiles=None):
        """The `Boxes` of a photo, one per place.

        Args:
            pixels: `(H, W, 3)` uint8.
            smallest: height of the smallest faces that are searched for, in pixels.
            minimum_score: 0 to 1.
            in_tiles: the same for tiles; as for the whole photo when None.
        """
        in_tiles = minimum_score if in_tiles is None else in_tiles
        found = [self.whole(pixels, minimum_score)]
        known = found[0].boxes[found[0].scores >= KNOWN]
        longer = max(pixels.shape[:2])
        for scale, overlap in levels(longer, smallest):
            found.extend(self._tiles(pixels, scale, overlap, in_tiles, known))
        return merged(Boxes.joined(found))

    def whole(self, pixels, minimum_score, degrees=0, border=BORDER):
        """The `Boxes` of a photo seen at one look, turned clockwise by so many degrees."""
        height, width = pixels.shape[:2]
        angle, scale = np.deg2rad(degrees), SIDE / (max(height, width) * (1 + 2 * border))
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        middle = np.array([width - 1, height - 1]) / 2
        to_square = np.column_stack([turn, (SIDE - 1) / 2 - turn @ middle])
        back = np.linalg.inv(turn)
        to_photo = np.column_stack([back, -back @ to_square[:, 2]])
        found = self._networks[0](looked_at(pixels, to_square, SIDE), minimum_score)
        return merged(found.mapped(to_photo))

    def sees(self, pixels, to_unit, thread=0):
        """How sure the network is of one face in its own square, 0 to 1.

        Args:
            pixels: `(H, W, 3)` uint8.
            to_unit: `(2, 3)` similarity from the photo's pixels to the face's tight unit square.
            thread: which of `threads` asks.
        """
        side = CLOSE * SIDE
        # The middle of the unit square is at (0, 0).
        to_square = np.column_stack([to_unit[:, :2] * side, to_unit[:, 2] * side + (SIDE - 1) / 2])
        found = self._networks[thread](looked_at(pixels, to_square, SIDE), 0.0)
        away = (found.boxes[:, :2] + found.boxes[:, 2:]) / 2 - SIDE / 2
        return float(found.scores[np.linalg.norm(away, axis=1) < side / 4].max(initial=0))

    def _tiles(self, pixels, scale, overlap, minimum_score, known):
        """The `Boxes` of each tile of one level that may show a face beside the known ones."""
        level, to_photo = shrunk(pixels, scale)
        places, logits = face_proposals(level, len(self._networks))
        on_photo = (places @ to_photo[:, :2].T + to_photo[:, 2])[:, None]
        there = (known[:, :2] < on_photo) & (on_photo < known[:, 2:])
        followed = places[(logits >= FOLLOWED) & ~there.all(axis=2).any(axis=1)]
        if not len(followed):
            return
        missing = np.maximum(SIDE - np.array(level.shape[:2]), 0)
        level = np.pad(level, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="symmetric")
        corners = [
            (left, top)
            for top in starts(level.shape[0], overlap)
            for left in starts(level.shape[1], overlap)
            if _inside(followed, (left, top)).any()
        ]

        def seen(number):
            """What one of the networks finds in its share of the tiles."""
            network = self._networks[number]
            return [
                network(level[top : top + SIDE, left : left + SIDE], minimum_score)
                for left, top in corners[number :: len(self._networks)]
            ]

        tiles = [None] * len(corners)
        with concurrent.futures.ThreadPoolExecutor(len(self._networks)) as pool:
            for number, found in enumerate(pool.map(seen, range(len(self._networks)))):
                tiles[number :: len(self._networks)] = found
        for corner, found in zip(corners, tiles, strict=True):
            found = merged(found[_whole_in_tile(found.boxes, corner, level.shape)])
            found = found[_proposed(found.boxes, places - corner)]
            shift = to_photo[:, :2] @ corner + to_photo[:, 2]
            yield found.mapped(np.column_stack([to_photo[:, :2], shift]))


def shrunk(pixels, scale):
    """A photo at a scale below 1, by area.

    Returns:
        `(h, w, 3)` uint8, and the `(2, 3)` matrix from its pixels to the photo's; the photo itself
        where the scale is 1 or more.
    """
    size = np.array([pixels.shape[1], pixels.shape[0]])
    small = np.maximum(np.rint(size * min(scale, 1)).astype(int), 1)
    back = size / small
    to_photo = np.column_stack([np.diag(back), (back - 1) / 2])
    if (small == size).all():
        return pixels, to_photo
    image = Image.fromarray(pixels).resize(tuple(small), Image.Resampling.BOX, reducing_gap=2.0)
    return np.asarray(image), to_photo


def levels(longer, smallest):
    """The levels of a search beyond the look at the whole photo.

    Args:
        longer: side of the photo in pixels.
        smallest: height of the smallest faces, in pixels of the photo.

    Returns:
        A list of scales, level by photo, and how far tiles overlap, in pixels of the level.
    """
    first, last = SIDE / (longer * (1 + 2 * BORDER)), SMALLEST / smallest
    number = int(np.ceil(np.log(max(last / first, 1)) / np.log(STEP) - 1e-9))
    step = (last / first) ** (1 / max(number, 1))
    # What is larger than the overlap was found at the level before.
    overlap = int(np.ceil(1.25 * SMALLEST * step))
    return [(first * step ** (level + 1), overlap) for level in range(number)]


def starts(side, overlap):
    """Where tiles begin, evenly, so that each overlaps the next by so much at least."""
    number = 1 + int(np.ceil((side - SIDE) / (SIDE - overlap)))
    return np.rint(np.linspace(0, side - SIDE, number)).astype(int)


def _inside(places, corner):
    """Which places lie in a tile, and not just at its edge, where another tile shows more."""
    within = places - corner
    return ((within >= EDGE) & (within <= SIDE - EDGE)).all(axis=1)


def _proposed(boxes, places):
    """Which boxes hold a place where a face was proposed."""
    after = boxes[:, None, :2] <= places[None]
    return (after & (places[None] <= boxes[:, None, 2:])).all(axis=2).any(axis=1)


def _whole_in_tile(boxes, corner, shape):
    """Which boxes do not reach over an edge of the tile at which the level goes on."""
    left, top = corner
    inside = [left > 0, top > 0, left + SIDE < shape[1], top + SIDE < shape[0]]
    over = np.column_stack([boxes[:, :2] < 0, boxes[:, 2:] > SIDE - 1])
    return ~(over & inside).any(axis=1)
