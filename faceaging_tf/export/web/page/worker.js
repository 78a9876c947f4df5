// The worker's side: the runtime, the face detector and the model, as tasks that the page asks for (device.js).

import {Ager} from "faceaging/ager";
import {Detector} from "faceaging/detector";
import {Live} from "faceaging/live";
import {form, model, start} from "faceaging/runtime";

let detector = null;
let ager = null;
let live = null;

async function load(contract, loader, wasm, ...networks) {
  await start(loader, wasm);
  const [guess, mesh, run] = [await model(networks[0]), await model(networks[1]), await model(networks[2])];
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
  ager = new Ager(run, contract);
  live = new Live(detector, ager);
}

const tasks = {
  form,
  load,
  find: (photo) => detector.find(photo),
  estimateAge: (photo, landmarks) => ager.estimateAge(photo, landmarks),
  agePhoto: (...given) => ager.agePhoto(...given),
  ageFrame: (...given) => live.ageFrame(...given),
};

self.addEventListener("message", async ({data: {number, task, given}}) => {
  try {
    self.postMessage({number, result: await tasks[task](...given)});
  } catch (error) {
    self.postMessage({number, error: error.message});
  }
});
self.postMessage({ready: true});
