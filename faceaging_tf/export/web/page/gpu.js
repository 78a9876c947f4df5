// The model on the GPU, for the mirror, where that is worth it.

import {Device} from "faceaging/device";

// Mean differences from what the processor makes of the same face, in levels and in pixels, that nobody sees; a GPU computes in half precision.
const LEVELS = 0.5;
const PIXELS = 0.1;

/**
 * A worker whose model runs on the GPU; null where there is none, where it does something else than the processor, or where it is slower.
 * @param given what `editOf` was asked for.
 * @param edit what it made of that on the processor.
 * @param took the milliseconds of that.
 */
export async function gpuDevice(contract, given, edit, took) {
  const device = await Device.open(contract, "gpu");
  if (device === null) return null;
  // The first time is that of compiling.
  await device.ask("editOf", ...given);
  const begun = performance.now();
  const {edit: made} = await device.ask("editOf", ...given);
  const faster = performance.now() - begun < took;
  if (faster && apart(made.change, edit.change) < LEVELS && (edit.flow === null || apart(made.flow, edit.flow) < PIXELS)) return device;
  device.close();
  return null;
}

const apart = (one, other) => one.data.reduce((sum, value, place) => sum + Math.abs(value - other.data[place]), 0) / one.data.length;
