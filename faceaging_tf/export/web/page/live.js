// A camera's frames. The face is followed and painted in every frame; what the model does to it, the edit, is renewed as fast as the model goes, in another worker.

import {directionOf} from "faceaging/ager";
import {asImage, inverse, paintEdit, shrunk, similarity} from "faceaging/geometry";
import {byRows, resizeRows} from "faceaging/resampling";

// Landmarks that move by less than this part of the face's square are the network's jitter, mostly, and are followed slowly; by more, at once.
const STILL = 0.03;
const SLOWEST = 0.3;
// Squares to look for a face in, parts of the frame's shorter side: nobody is far from a mirror.
const PARTS = [1];
// How much of an edit is the newest one; the rest is what was painted before, so that it does not flicker.
const NEWEST = 0.5;
// Frames of a face whose estimated ages are averaged; later ones cost nothing.
const AGES = 5;

/** Follows the largest face from frame to frame, and paints the latest edit onto it. */
export class Painter {
  #face = null;
  #edit = null;

  constructor(detector) {
    this.detector = detector;
  }

  /**
   * A frame with its face painted.
   * @param frame {width, height, data}, data RGBA bytes.
   * @returns {frame, face, years}: another frame, or the same; {landmarks, size, known}, known where it is the face of the frame before, null where none is seen; years of what was
   *   painted, null where nothing was.
   */
  async paint(frame) {
    const before = this.#face;
    const face = (before && (await this.detector.follow(frame, before))) ?? (await this.detector.find(frame, PARTS))[0] ?? null;
    if (face) face.known = before !== null && apart(face, before) < 0.5;
    if (face?.known) face.landmarks = steadied(face, before);
    else this.#edit = null;
    this.#face = face;
    if (this.#edit === null) return {frame, face, years: null};
    const {change, flow, template, years} = this.#edit;
    return {frame: paintEdit(frame, change, flow, similarity(face.landmarks, template)), face, years};
  }

  /** Takes an edit of `editOf`, for the frames to come; null for none. */
  take(edit) {
    const last = this.#edit;
    this.#edit = this.#face && edit;
    if (!edit || edit.years !== last?.years || edit.future !== last.future) return;
    for (const name of ["change", "flow"]) if (edit[name]) mix(edit[name].data, last[name].data);
  }
}

/**
 * What a model does to a face of a frame, to be painted onto the next ones.
 * @param person {looks, age}: how often this person's age was estimated, and what it is.
 * @param years years to age by.
 * @param future which of the model's futures, where it has several.
 * @returns {edit, person}; edit null where the model has none for these years.
 */
export async function editOf(ager, frame, {landmarks}, person, years, future) {
  const {size, contract, moves} = ager;
  if (person.looks < AGES) {
    const seen = contract.estimates_age ? await ager.estimateAge(frame, landmarks) : 35;
    person = {looks: person.looks + 1, age: (person.age * person.looks + seen) / (person.looks + 1)};
  }
  const direction = directionOf(contract, years, person.age);
  if (direction === null) return {edit: null, person};
  const template = contract.template.map(([x, y]) => [x * size - 0.5, y * size - 0.5]);
  const seen = shrunk([asImage(frame)], inverse(similarity(landmarks, template)), size);
  const face = new Float32Array(size * size * 3);
  for (let from = 0, to = 0; to < face.length; from++) if (from % 4 !== 3) face[to++] = seen.data[from] / 127.5 - 1;
  const outputs = await ager.edit(direction, face, years, person.age, future);
  const [goal, mask] = [moves ? outputs.changed : outputs.face, ager.mask(size)];
  const change = {width: size, height: size, channels: 3, data: new Float32Array(face.length)};
  for (let place = 0; place < face.length; place++) change.data[place] = 127.5 * (goal[place] - face[place]) * mask[Math.floor(place / 3)];
  return {edit: {change, flow: moves ? flowOf(outputs.flow, mask, size) : null, template, years, future}, person};
}

/** A flow in fractions of the square as an image of its size, in pixels of it. */
function flowOf(flow, mask, size) {
  const side = Math.sqrt(flow.length / 2);
  const large = byRows({width: side, height: side, channels: 2, data: flow}, resizeRows(side, size));
  for (let place = 0; place < large.data.length; place++) large.data[place] *= size * mask[place >> 1];
  return large;
}

function mix(newest, before) {
  for (let place = 0; place < newest.length; place++) newest[place] = NEWEST * newest[place] + (1 - NEWEST) * before[place];
}

/** How far the landmarks of two faces are from each other, in sides of the face's square. */
function apart({landmarks, size}, other) {
  return landmarks.reduce((sum, [x, y], index) => sum + Math.hypot(x - other.landmarks[index][0], y - other.landmarks[index][1]), 0) / (landmarks.length * size);
}

/** The landmarks between where they are seen now and where they were, nearer to now the farther they moved. */
function steadied(face, before) {
  const share = Math.min(Math.max(apart(face, before) / STILL, SLOWEST), 1);
  return face.landmarks.map((point, index) => point.map((value, axis) => share * value + (1 - share) * before.landmarks[index][axis]));
}
