// Ages the faces of a photo with an exported LiteRT file: faceaging_tf/mobile/ager.py, for the browser.

import {addChange, asImage, inverse, moved, similarity, square} from "faceaging/geometry";
import {LARGEST_SQUARE, MOVING_CORE, WHOLE_HEAD_CORE, blurRows, byRows, featheredMask, resizeRows} from "faceaging/resampling";

/** The direction that a face takes: of the first route of the contract that fits; null where none does, or that one is not in the file. */
export function directionOf(contract, years, age) {
  const within = ([low, high], reached) => (low === null || reached >= low) && (high === null || reached < high);
  const route = contract.routes.find(
    (one) => years !== 0 && Math.abs(years) > one.beyond && one.sign * years >= 0 && within(one.source, age) && within(one.target, age + years),
  );
  return route && route.direction in contract.signatures ? route.direction : null;
}

export class Ager {
  /**
   * @param run (signature, inputs) => outputs, all Float32Arrays by name.
   * @param contract what the file says of itself.
   */
  constructor(run, contract) {
    this.run = run;
    this.contract = contract;
    this.size = contract.image_size;
    this.moves = Object.values(contract.signatures).some((one) => one.outputs.includes("flow"));
    this.masks = new Map();
  }

  /** The age in years that the file's age network sees in a face of a photo. */
  async estimateAge(photo, landmarks) {
    const {face} = this.#aligned(photo, landmarks);
    return (await this.run("estimate_age", {face: this.#small(face).data})).age[0];
  }

  /**
   * A photo with one face made older or younger, at the photo's own resolution; beyond the face every pixel stays.
   * @param photo {width, height, data}, data RGBA bytes.
   * @param landmarks five points in pixels: left and right eye as seen in the picture, nose, left and right corner of the mouth.
   * @param years years to age by.
   * @param age the age now.
   * @param future which of the model's futures, where it has several.
   * @returns another photo.
   */
  async agePhoto(photo, landmarks, years, age, future = 0) {
    const aged = {width: photo.width, height: photo.height, data: new Uint8ClampedArray(photo.data)};
    const direction = directionOf(this.contract, years, age);
    if (direction === null) return aged;
    const {face, toSquare} = this.#aligned(photo, landmarks);
    addChange(aged, await this.#change(face, direction, years, age, future), toSquare);
    return aged;
  }

  /** What the model does to an aligned face of its size, levels of -1 to 1. Hair and strengths, where the file takes them, are as it says. */
  edit(direction, face, years, age, future) {
    const wishes = {...this.contract.defaults};
    if (wishes.future) wishes.future = [future];
    const arrays = Object.entries({...wishes, years: [years], age: [age]}).map(([name, values]) => [name, Float32Array.from(values)]);
    return this.run(direction, {...Object.fromEntries(arrays), face});
  }

  /** The face at its own size in the photo, and the matrix that brings the photo's pixels there. */
  #aligned(photo, landmarks) {
    const [a, b] = similarity(landmarks, this.contract.template);
    const own = 4 * Math.ceil(1 / Math.hypot(a, b) / 4);
    const size = Math.min(Math.max(own, this.size), LARGEST_SQUARE);
    const toSquare = similarity(landmarks, this.contract.template.map(([x, y]) => [x * size - 0.5, y * size - 0.5]));
    const seen = square(asImage(photo), inverse(toSquare), size);
    const data = new Float32Array(size * size * 3);
    const bytes = Uint8ClampedArray.from(seen.data);
    for (let from = 0, to = 0; to < data.length; from++) if (from % 4 !== 3) data[to++] = bytes[from];
    return {face: {width: size, height: size, channels: 3, data}, toSquare};
  }

  #small(face) {
    const scaled = {...face, data: face.data.map((level) => level / 127.5 - 1)};
    return face.width === this.size ? scaled : byRows(scaled, resizeRows(face.width, this.size));
  }

  /** The change of a face in levels, fading towards the edge of its square. */
  async #change(face, direction, years, age, future) {
    const own = face.width;
    const small = this.#small(face);
    const outputs = await this.edit(direction, small.data, years, age, future);
    const goal = this.moves ? outputs.changed : outputs.face;
    let change = {...small, data: goal.map((value, place) => value - small.data[place])};
    if (own > this.size) change = byRows(change, blurRows(this.size, 0.6 * Math.min(own / this.size - 1, 1)));
    if (own !== this.size) change = byRows(change, resizeRows(this.size, own, "cubic"));
    const mask = this.mask(own);
    if (!this.moves) return {...change, data: change.data.map((value, place) => 127.5 * value * mask[Math.floor(place / 3)])};
    // A face that moves must come to rest before the mask ends; what is painted may fade with it.
    let result = {...face, data: change.data.map((value, place) => face.data[place] / 127.5 - 1 + value * mask[Math.floor(place / 3)])};
    const side = Math.sqrt(outputs.flow.length / 2);
    const flow = byRows({width: side, height: side, channels: 2, data: outputs.flow}, resizeRows(side, own, "cubic"));
    result = moved(result, {...flow, data: flow.data.map((value, place) => value * mask[Math.floor(place / 2)])});
    const levels = Uint8ClampedArray.from(result.data, (value) => (value + 1) * 127.5);
    return {...result, data: Float32Array.from(levels, (level, place) => level - face.data[place])};
  }

  /** How much of an edit each pixel of an aligned square takes. */
  mask(size) {
    if (!this.masks.has(size)) this.masks.set(size, featheredMask(size, this.moves ? (this.contract.frame === "whole_head" ? WHOLE_HEAD_CORE : MOVING_CORE) : undefined));
    return this.masks.get(size);
  }
}
