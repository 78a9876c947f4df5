// The worker's side: the runtime, the face detector and the model, as tasks that the page asks for (device.js).

import {Ager} from "faceaging/ager";
import {Detector} from "faceaging/detector";
import {Painter, editOf} from "faceaging/live";
import {form, model, start} from "faceaging/runtime";

let detector = null;
let ager = null;
let painter = null;

/** Loads the runtime, and what there are bytes for of the two networks of the detector, and of the model. */
async function load(contract, gpu, {loader, wasm, guesses, landmarks, ages}) {
  await start(loader, wasm);
  if (ages) ager = new Ager(await model(ages, {accelerator: gpu ? "webgpu" : "wasm"}), contract);
  if (!guesses) return;
  const [guess, mesh] = [await model(guesses, {numThreads: 1}), await model(landmarks, {numThreads: 1})];
  detector = new Detector(
    async (levels) => {
      const {regressors: boxes, classificators: scores} = await guess(null, {input: levels});
      return {boxes, scores};
    },
    async (levels) => {
      const {conv2d_21: points, conv2d_31: presence} = await mesh(null, {input_1: levels});
      return {points, presence};
    },
  );
  tasks.forget();
}

const tasks = {
  form,
  load,
  find: (photo) => detector.find(photo),
  estimateAge: (...given) => ager.estimateAge(...given),
  agePhoto: (...given) => ager.agePhoto(...given),
  editOf: (...given) => editOf(ager, ...given),
  paint: (frame) => painter.paint(frame),
  take: (edit) => painter.take(edit),
  forget: () => {
    painter = new Painter(detector);
  },
};

self.addEventListener("message", async ({data: {number, task, given}}) => {
  try {
    self.postMessage({number, result: await tasks[task](...given)});
  } catch (error) {
    self.postMessage({number, error: error.message});
  }
});
self.postMessage({ready: true});
