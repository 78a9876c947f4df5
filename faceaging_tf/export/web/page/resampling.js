// Resizing and masks: faceaging_tf/resampling.py, for the browser.
// An image is {width, height, channels, data}, data a Float32Array row by row.

export const MOVING_CORE = 0.85;
export const WHOLE_HEAD_CORE = 0.94;
export const LARGEST_SQUARE = 1024;

const KERNELS = {
  linear: (x) => Math.max(1 - x, 0),
  // Keys (1981), a = -0.5.
  cubic: (x) => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0),
};
const REACH = {linear: 1, cubic: 2};

/** An empty image. */
export function image(width, height, channels) {
  return {width, height, channels, data: new Float32Array(width * height * channels)};
}

/**
 * The rows of the matrix that resizes a line of `start` pixels to `end`, with half-pixel centres, smoothing before it shrinks.
 * Each row is {first, weights}: what is not 0 of it.
 */
export function resizeRows(start, end, kernel = "linear") {
  const stretch = Math.max(start / end, 1);
  return Array.from({length: end}, (_, place) => {
    const centre = ((place + 0.5) * start) / end - 0.5;
    const first = Math.max(Math.ceil(centre - REACH[kernel] * stretch), 0);
    const last = Math.min(Math.floor(centre + REACH[kernel] * stretch), start - 1);
    const weights = Array.from({length: last - first + 1}, (_, step) => KERNELS[kernel](Math.abs(centre - first - step) / stretch));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return {first, weights: weights.map((weight) => weight / sum)};
  });
}

/** The rows of the matrix that blurs a line of pixels with a Gaussian, edges repeated. */
export function blurRows(size, sigma) {
  const reach = Math.max(Math.trunc(4 * sigma + 0.5), 1);
  const gauss = Array.from({length: 2 * reach + 1}, (_, step) => Math.exp(-0.5 * ((step - reach) / sigma) ** 2));
  const sum = gauss.reduce((total, weight) => total + weight, 0);
  return Array.from({length: size}, (_, row) => {
    const first = Math.max(row - reach, 0);
    const weights = new Array(Math.min(row + reach, size - 1) - first + 1).fill(0);
    gauss.forEach((weight, step) => {
      weights[Math.min(Math.max(row + step - reach, 0), size - 1) - first] += weight / sum;
    });
    return {first, weights};
  });
}

/** A square image with a matrix, given by its rows, applied to its columns and to its rows. */
export function byRows(picture, rows) {
  const {width, height, channels, data} = picture;
  const tall = image(width, rows.length, channels);
  const line = width * channels;
  rows.forEach(({first, weights}, row) => {
    weights.forEach((weight, step) => {
      for (let to = row * line, from = (first + step) * line, end = to + line; to < end; to++, from++) tall.data[to] += weight * data[from];
    });
  });
  const result = image(rows.length, rows.length, channels);
  for (let y = 0, to = 0; y < rows.length; y++) {
    for (const {first, weights} of rows) {
      for (let channel = 0; channel < channels; channel++, to++) {
        let from = y * line + first * channels + channel;
        let sum = 0;
        for (let step = 0; step < weights.length; step++, from += channels) sum += weights[step] * tall.data[from];
        result.data[to] = sum;
      }
    }
  }
  return result;
}

/** How much of the change each pixel of an aligned square takes: a Float32Array, 1 within `core`, 0 at the edge, a quintic step between. */
export function featheredMask(size, core = 0.7) {
  const axis = Float64Array.from({length: size}, (_, place) => ((2 * place) / (size - 1) - 1) ** 4);
  const mask = new Float32Array(size * size);
  for (let y = 0, to = 0; y < size; y++) {
    for (let x = 0; x < size; x++, to++) {
      const step = Math.min(Math.max((1 - (axis[x] + axis[y]) ** 0.25) / (1 - core), 0), 1);
      mask[to] = step ** 3 * (step * (6 * step - 15) + 10);
    }
  }
  return mask;
}
