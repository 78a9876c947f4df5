// Faces in and out of photos: faceaging_tf/mobile/geometry.py, for the browser.
// A matrix is [a, b, c, d, e, f]: x' = a x + b y + c, y' = d x + e y + f. Points are [x, y].

import {image} from "faceaging/resampling";

/** The photo, an ImageData or alike, as an image of four channels. */
export function asImage({width, height, data}) {
  return {width, height, channels: 4, data};
}

/** The matrix of the turn, scale and shift that brings points nearest to others (Umeyama, PAMI 1991). */
export function similarity(points, target) {
  const mean = (list, axis) => list.reduce((sum, point) => sum + point[axis], 0) / list.length;
  const [cx, cy, gx, gy] = [mean(points, 0), mean(points, 1), mean(target, 0), mean(target, 1)];
  let [along, across, spread] = [0, 0, 0];
  points.forEach(([px, py], index) => {
    const [x, y, u, v] = [px - cx, py - cy, target[index][0] - gx, target[index][1] - gy];
    along += x * u + y * v;
    across += x * v - y * u;
    spread += x * x + y * y;
  });
  const [a, b] = [along / spread, across / spread];
  return [a, -b, gx - a * cx + b * cy, b, a, gy - b * cx - a * cy];
}

/** The matrix that undoes another. */
export function inverse([a, b, c, d, e, f]) {
  const determinant = a * e - b * d;
  const [p, q, r, s] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [p, q, -(p * c + q * f), r, s, -(r * c + s * f)];
}

/** Where a matrix takes a point. */
export function apply([a, b, c, d, e, f], [x, y]) {
  return [a * x + b * y + c, d * x + e * y + f];
}

/** Adds to `to`, from `place` on, the pixel of an image at (x, y), linearly between four, edges repeated. Called for every pixel, so without arrays. */
function fetch({width, height, channels, data}, x, y, to, place) {
  const u = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const v = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const left = Math.floor(u);
  const top = Math.floor(v);
  const across = u - left;
  const down = v - top;
  const above = (top * width + left) * channels;
  const below = top < height - 1 ? above + width * channels : above;
  const next = left < width - 1 ? channels : 0;
  for (let channel = 0; channel < channels; channel++) {
    const upper = data[above + channel] * (1 - across) + data[above + next + channel] * across;
    const lower = data[below + channel] * (1 - across) + data[below + next + channel] * across;
    to[place + channel] += upper * (1 - down) + lower * down;
  }
}

/** The square of `size` pixels whose own pixels a matrix takes to places of the image. */
export function square(picture, [a, b, c, d, e, f], size) {
  const result = image(size, size, picture.channels);
  for (let y = 0, place = 0; y < size; y++) {
    for (let x = 0; x < size; x++, place += picture.channels) fetch(picture, a * x + b * y + c, d * x + e * y + f, result.data, place);
  }
  return result;
}

/** The image at half its size, each pixel the mean of four; an odd last row or column is left out. */
export function halved({width, height, channels, data}) {
  const half = image(Math.max(width >> 1, 1), Math.max(height >> 1, 1), channels);
  const [next, below] = [width > 1 ? channels : 0, height > 1 ? width * channels : 0];
  for (let y = 0, to = 0; y < half.height; y++) {
    for (let x = 0; x < half.width; x++) {
      const from = 2 * (y * width + x) * channels;
      for (let channel = from; channel < from + channels; channel++, to++) half.data[to] = (data[channel] + data[channel + next] + data[channel + below] + data[channel + below + next]) / 4;
    }
  }
  return half;
}

/**
 * The square of `square`, from the image halved as often as keeps two of its pixels from falling between two of the square's.
 * @param pyramid a list of the image, and of its halves as far as they were needed, which are added to it.
 */
export function shrunk(pyramid, matrix, size) {
  const level = Math.max(Math.floor(Math.log2(Math.hypot(matrix[0], matrix[3]))), 0);
  while (pyramid.length <= level) pyramid.push(halved(pyramid.at(-1)));
  const scale = 2 ** -level;
  const centred = matrix.map((value, place) => (place % 3 === 2 ? (value + 0.5) * scale - 0.5 : value * scale));
  return square(pyramid[level], centred, size);
}

/** The image moved by a flow of its size, in fractions of it: each pixel is fetched from where the flow says. */
export function moved(picture, flow) {
  const {width, height, channels} = picture;
  const result = image(width, height, channels);
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      fetch(picture, x + flow.data[2 * pixel] * width, y + flow.data[2 * pixel + 1] * height, result.data, pixel * channels);
    }
  }
  return result;
}

/**
 * Adds a square's change to the pixels of a photo, where the square lies.
 * @param photo {width, height, data}, data RGBA bytes of an ImageData; changed in place.
 * @param change the square's change in levels, of three channels.
 * @param toSquare the matrix from pixels of the photo to pixels of the square.
 */
export function addChange(photo, change, toSquare) {
  const most = change.width - 1;
  const [left, right, top, bottom] = bounds(photo, inverse(toSquare), most);
  const here = new Float32Array(3);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [u, v] = apply(toSquare, [x, y]);
      if (u < 0 || v < 0 || u > most || v > most) continue;
      here.fill(0);
      fetch(change, u, v, here, 0);
      const place = 4 * (y * photo.width + x);
      // The bytes are clamped, and rounded, by their own array.
      for (let channel = 0; channel < 3; channel++) photo.data[place + channel] += here[channel];
    }
  }
}

/**
 * A photo with a square's edit painted where the square lies: each pixel is fetched from where the flow says, and changed by what is there. Written out, for a camera has many pixels.
 * @param photo {width, height, data}, data RGBA bytes; it stays.
 * @param change the square's change in levels, an image of three channels; nothing at its edges.
 * @param flow the square's flow in pixels of it, an image of two channels of the same size, or null; nothing at its edges.
 * @param toSquare the matrix from pixels of the photo to pixels of the square.
 * @returns another photo.
 */
export function paintEdit(photo, change, flow, toSquare) {
  const {width, height, data} = photo;
  const [size, most] = [change.width, change.width - 1];
  const [changes, flows] = [change.data, flow?.data];
  const painted = new Uint8ClampedArray(data);
  const back = inverse(toSquare);
  const [backA, backB, backC, backD, backE, backF] = back;
  const [a, b, c, d, e, f] = toSquare;
  const [left, right, top, bottom] = bounds(photo, back, most);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      let u = a * x + b * y + c;
      let v = d * x + e * y + f;
      if (u < 0 || v < 0 || u >= most || v >= most) continue;
      let [column, row] = [u | 0, v | 0];
      let [across, down] = [u - column, v - row];
      if (flows) {
        const at = 2 * (row * size + column);
        const below = at + 2 * size;
        u += (flows[at] * (1 - across) + flows[at + 2] * across) * (1 - down) + (flows[below] * (1 - across) + flows[below + 2] * across) * down;
        v += (flows[at + 1] * (1 - across) + flows[at + 3] * across) * (1 - down) + (flows[below + 1] * (1 - across) + flows[below + 3] * across) * down;
        u = u < 0 ? 0 : u > most ? most : u;
        v = v < 0 ? 0 : v > most ? most : v;
        [column, row] = [u | 0, v | 0];
        [across, down] = [u - column, v - row];
      }
      let fromX = backA * u + backB * v + backC;
      let fromY = backD * u + backE * v + backF;
      fromX = fromX < 0 ? 0 : fromX > width - 1 ? width - 1 : fromX;
      fromY = fromY < 0 ? 0 : fromY > height - 1 ? height - 1 : fromY;
      const [fromColumn, fromRow] = [fromX | 0, fromY | 0];
      const [beside, under] = [fromX - fromColumn, fromY - fromRow];
      const at = 3 * (row * size + column);
      const below = row < most ? at + 3 * size : at;
      const next = column < most ? 3 : 0;
      const from = 4 * (fromRow * width + fromColumn);
      const fromBelow = fromRow < height - 1 ? from + 4 * width : from;
      const fromNext = fromColumn < width - 1 ? 4 : 0;
      const to = 4 * (y * width + x);
      for (let channel = 0; channel < 3; channel++) {
        painted[to + channel] =
          (changes[at + channel] * (1 - across) + changes[at + next + channel] * across) * (1 - down) +
          (changes[below + channel] * (1 - across) + changes[below + next + channel] * across) * down +
          (data[from + channel] * (1 - beside) + data[from + fromNext + channel] * beside) * (1 - under) +
          (data[fromBelow + channel] * (1 - beside) + data[fromBelow + fromNext + channel] * beside) * under;
      }
    }
  }
  return {width, height, data: painted};
}

/** The part of a photo that a square of `most` + 1 pixels covers, by the matrix that takes its pixels there: [left, right, top, bottom]. */
function bounds({width, height}, back, most) {
  const corners = [[0, 0], [most, 0], [0, most], [most, most]].map((corner) => apply(back, corner));
  const [xs, ys] = [0, 1].map((axis) => corners.map((corner) => corner[axis]));
  return [
    Math.max(Math.floor(Math.min(...xs)), 0),
    Math.min(Math.ceil(Math.max(...xs)) + 1, width),
    Math.max(Math.floor(Math.min(...ys)), 0),
    Math.min(Math.ceil(Math.max(...ys)) + 1, height),
  ];
}
