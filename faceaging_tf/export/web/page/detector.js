// Finds the faces of a photo with BlazeFace (Bazarevsky et al., 2019), the short-range network of 128 pixels, and their landmarks with MediaPipe's face mesh
// (Kartynnik et al., 2019).

import {apply, asImage, inverse, shrunk, similarity} from "faceaging/geometry";

const SIDE = 128;
const MESH_SIDE = 192;
// Cells a side of the two grids, and boxes guessed in each cell.
const GRIDS = [[16, 2], [8, 6]];
const SURE = 0.6;
// Found in the whole photo, and in overlapping squares of these parts of its shorter side, so that small faces of groups are found too.
const PARTS = [1, 0.5, 0.25];
// Where the five landmarks lie in the tight aligned square, in fractions of it: faceaging_tf/geometry/align.py. A face is looked at in that square whatever the
// frame of a model, whose contract says where the same five points lie in it.
const TEMPLATE = [[0.31, 0.31], [0.69, 0.31], [0.5, 0.52], [0.335, 0.69], [0.665, 0.69]];
// Where BlazeFace sees eyes, nose and mouth of aligned faces, and where the mesh sees the five landmarks, in fractions of the square: medians over 600 validation
// faces, made symmetric. It is the detectors' own idea of these places that a template must take away.
const SEEN = [[0.3125, 0.3235], [0.6875, 0.3235], [0.5, 0.5425], [0.5, 0.729]];
const SEEN_CLOSELY = [[0.3152, 0.3242], [0.6848, 0.3242], [0.5, 0.5609], [0.3381, 0.6999], [0.6619, 0.6999]];
// Points of the mesh: the corners of each eye, the nose's tip, the mouth's corners.
const MESH = [[33, 133], [362, 263], [1], [61], [291]];
// The close look at a face: its aligned square with a border on every side, in fractions of the whole.
const BORDER = 36 / 264;
const LOOKS = 2;

const ANCHORS = GRIDS.flatMap(([cells, boxes]) =>
  Array.from({length: cells * cells * boxes}, (_, index) => {
    const cell = Math.floor(index / boxes);
    return [((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells];
  }),
);

export class Detector {
  /**
   * @param guess (levels of -1 to 1 of a square of 128 pixels) => {boxes, scores}, Float32Arrays.
   * @param mesh (levels of 0 to 1 of a square of 192 pixels) => {points, presence}, Float32Arrays.
   */
  constructor(guess, mesh) {
    this.guess = guess;
    this.mesh = mesh;
  }

  /**
   * The faces of a photo, the largest first.
   * @param photo {width, height, data}, data RGBA bytes.
   * @param parts looked at beside the whole: squares of these parts of the photo's shorter side.
   * @returns a list of {landmarks, size}: five points, and the tight aligned square's side, in pixels of the photo.
   */
  async find(photo, parts = PARTS) {
    const found = [];
    this.pyramid = [asImage(photo)];
    for (const [left, top, side] of windows(photo.width, photo.height, parts)) {
      const scale = side / SIDE;
      const guesses = await this.#look([scale, 0, left + scale / 2 - 0.5, 0, scale, top + scale / 2 - 0.5]);
      found.push(...guesses);
    }
    const faces = [];
    for (const guess of distinct(found)) {
      let face = guess;
      for (let look = 0; look < LOOKS && face; look++) face = await this.#lookClosely(face);
      if (face && same(face, guess)) faces.push(face);
    }
    return distinct(faces).sort((one, other) => other.size - one.size);
  }

  /** A face of an earlier frame of a video, in this one; null where it is not there any more. */
  async follow(photo, before) {
    this.pyramid = [asImage(photo)];
    return this.#lookClosely(before);
  }

  /** What the network sees in a square, given by the matrix that takes its pixels to the photo's: {points, size, score} in pixels of the photo. */
  async #look(matrix) {
    const {boxes, scores} = await this.guess(this.#levels(matrix, SIDE, (level) => level / 127.5 - 1));
    const guesses = [];
    ANCHORS.forEach(([cx, cy], index) => {
      const score = 1 / (1 + Math.exp(-scores[index]));
      if (score < SURE) return;
      const place = (pair) => [boxes[16 * index + 2 * pair] + cx * SIDE - 0.5, boxes[16 * index + 2 * pair + 1] + cy * SIDE - 0.5];
      // The centre and the size of the box; then eyes, nose and mouth; then ears.
      guesses.push({points: [2, 3, 4, 5].map((pair) => apply(matrix, place(pair))), weight: score});
    });
    return merged(guesses).map(({points, score}) => this.#face(points, SEEN, score));
  }

  /** The face again, alone, upright and at one size; null where it is no face after all. */
  async #lookClosely(face) {
    const target = TEMPLATE.map((point) => point.map((value) => (BORDER + value * (1 - 2 * BORDER)) * MESH_SIDE - 0.5));
    const matrix = inverse(similarity(face.landmarks, target));
    const {points, presence} = await this.mesh(this.#levels(matrix, MESH_SIDE, (level) => level / 255));
    if (presence[0] < 0) return null;
    const at = (axis, list) => list.reduce((sum, index) => sum + points[3 * index + axis], 0) / list.length;
    return this.#face(MESH.map((list) => apply(matrix, [at(0, list), at(1, list)])), SEEN_CLOSELY, face.score);
  }

  /** A face whose points lie as `seen` in an aligned square; its landmarks are where the template's would be. */
  #face(points, seen, score) {
    const toPhoto = similarity(seen, points);
    return {landmarks: TEMPLATE.map((point) => apply(toPhoto, point)), size: Math.hypot(toPhoto[0], toPhoto[3]), score};
  }

  /** The colours of a square, given by the matrix that takes its pixels to the photo's. */
  #levels(matrix, side, scaled) {
    const seen = shrunk(this.pyramid, matrix, side);
    const [{width, height}] = this.pyramid;
    const levels = new Float32Array(side * side * 3);
    const [a, b, c, d, e, f] = matrix;
    for (let pixel = 0; pixel < side * side; pixel++) {
      const [column, row] = [pixel % side, Math.floor(pixel / side)];
      const [x, y] = [a * column + b * row + c, d * column + e * row + f];
      // Beyond the photo is black, as the networks were taught.
      const inside = x > -1 && y > -1 && x < width && y < height;
      for (let channel = 0; channel < 3; channel++) levels[3 * pixel + channel] = scaled(inside ? seen.data[4 * pixel + channel] : 0);
    }
    return levels;
  }
}

/** Squares to look at: [left, top, side] in pixels. */
function windows(width, height, parts) {
  const squares = [[(width - Math.max(width, height)) / 2, (height - Math.max(width, height)) / 2, Math.max(width, height)]];
  for (const part of parts) {
    const side = Math.min(width, height) * part;
    if (side < SIDE || (part === 1 && width === height)) continue;
    const places = (length) => {
      const count = Math.ceil((length - side) / (side * 0.6)) + 1;
      return Array.from({length: count}, (_, step) => (count === 1 ? (length - side) / 2 : (step * (length - side)) / (count - 1)));
    };
    for (const top of places(height)) for (const left of places(width)) squares.push([left, top, side]);
  }
  return squares;
}

const centre = ({landmarks}) => [0, 1].map((axis) => landmarks.reduce((sum, point) => sum + point[axis], 0) / 5);

function same(one, other) {
  const [[x, y], [u, v]] = [centre(one), centre(other)];
  return Math.hypot(x - u, y - v) < 0.4 * Math.max(one.size, other.size);
}

/** One face of those that are the same seen twice: the one with the best score. */
function distinct(faces) {
  const kept = [];
  for (const face of [...faces].sort((one, other) => other.score - one.score)) if (!kept.some((other) => same(face, other))) kept.push(face);
  return kept;
}

/** Guesses of neighbouring cells at the same face, as their weighted mean. */
function merged(guesses) {
  const clusters = [];
  for (const guess of [...guesses].sort((one, other) => other.weight - one.weight)) {
    const apart = Math.hypot(guess.points[0][0] - guess.points[1][0], guess.points[0][1] - guess.points[1][1]);
    const near = clusters.find(([first]) => Math.hypot(first.points[2][0] - guess.points[2][0], first.points[2][1] - guess.points[2][1]) < apart);
    if (near) near.push(guess);
    else clusters.push([guess]);
  }
  return clusters.map((cluster) => {
    const total = cluster.reduce((sum, {weight}) => sum + weight, 0);
    const points = [0, 1, 2, 3].map((index) => [0, 1].map((axis) => cluster.reduce((sum, {points, weight}) => sum + points[index][axis] * weight, 0) / total));
    return {points, score: cluster[0].weight};
  });
}
