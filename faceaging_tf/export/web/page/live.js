// A camera's frames, one by one: the face is followed from frame to frame, aged at the model's size, and the edit painted at the frame's own.

import {directionOf} from "faceaging/ager";
import {asImage, inverse, paintEdit, shrunk, similarity} from "faceaging/geometry";
import {byRows, resizeRows} from "faceaging/resampling";

// Frames of a face whose estimated ages are averaged; later ones cost nothing.
const AGES = 5;
// Landmarks that move by less than this part of the face's square are the network's jitter, mostly, and are followed slowly; by more, at once.
const STILL = 0.03;
const SLOWEST = 0.3;
// Squares to look for a face in, parts of the frame's shorter side: nobody is far from a mirror.
const PARTS = [1];

export class Live {
  constructor(detector, ager) {
    this.detector = detector;
    this.ager = ager;
  }

  /**
   * A frame with its largest face aged.
   * @param frame {width, height, data}, data RGBA bytes.
   * @param before the face in an earlier frame, as this gave it, or null.
   * @returns {frame, face}: another frame, and {landmarks, size, age, looks, aged}; the frame as it is where it has no face (null), or none that the model changes.
   */
  async ageFrame(frame, before, years, future) {
    const found = (before && (await this.detector.follow(frame, before))) ?? (await this.detector.find(frame, PARTS))[0];
    if (!found) return {frame, face: null};
    const known = before && Math.hypot(...[0, 1].map((axis) => found.landmarks[2][axis] - before.landmarks[2][axis])) < found.size;
    const face = known ? {...found, landmarks: steadied(found, before)} : found;
    Object.assign(face, await this.#age(frame, face, known ? before : {looks: 0, age: 0}));
    const direction = directionOf(this.ager.contract, years, face.age);
    face.aged = direction !== null;
    return {frame: face.aged ? await this.#edited(frame, face, direction, years, future) : frame, face};
  }

  async #age(frame, face, {looks, age}) {
    if (looks >= AGES) return {looks, age};
    const seen = this.ager.contract.estimates_age ? await this.ager.estimateAge(frame, face.landmarks) : 35;
    return {looks: looks + 1, age: (age * looks + seen) / (looks + 1)};
  }

  async #edited(frame, face, direction, years, future) {
    const {size, contract, moves} = this.ager;
    const toSquare = similarity(face.landmarks, contract.template.map(([x, y]) => [x * size - 0.5, y * size - 0.5]));
    const seen = shrunk([asImage(frame)], inverse(toSquare), size);
    const levels = new Float32Array(size * size * 3);
    for (let from = 0, to = 0; to < levels.length; from++) if (from % 4 !== 3) levels[to++] = seen.data[from] / 127.5 - 1;
    const outputs = await this.ager.edit(direction, levels, years, face.age, future);
    const mask = this.ager.mask(size);
    const goal = moves ? outputs.changed : outputs.face;
    const change = levels.map((level, place) => 127.5 * (goal[place] - level) * mask[Math.floor(place / 3)]);
    return paintEdit(frame, {size, change, flow: moves ? this.#flow(outputs.flow, mask) : null}, toSquare);
  }

  /** The flow in pixels of the square, of its size. */
  #flow(flow, mask) {
    const [side, size] = [Math.sqrt(flow.length / 2), this.ager.size];
    const {data} = byRows({width: side, height: side, channels: 2, data: flow}, resizeRows(side, size));
    return data.map((value, place) => value * size * mask[place >> 1]);
  }
}

/** The landmarks between where they are seen now and where they were, nearer to now the farther they moved. */
function steadied({landmarks, size}, before) {
  const apart = landmarks.reduce((sum, [x, y], index) => sum + Math.hypot(x - before.landmarks[index][0], y - before.landmarks[index][1]), 0) / landmarks.length;
  const share = Math.min(Math.max(apart / (STILL * size), SLOWEST), 1);
  return landmarks.map((point, index) => point.map((value, axis) => share * value + (1 - share) * before.landmarks[index][axis]));
}
