// LiteRT.js from the files beside the page: nothing is fetched, so that the page works from a folder, offline.

import {Tensor, loadAndCompile, loadLiteRt, supportsFeature} from "@litertjs/core";

/** The bytes of a file of the page; each file is a script that leaves its bytes, as base64, under its name. */
async function bytesOf(name) {
  self.faceagingFiles ??= {};
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `files/${name}.js`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`The file files/${name}.js is missing beside this page.`));
    document.head.append(script);
  });
  const text = self.faceagingFiles[name];
  delete self.faceagingFiles[name];
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Starts the runtime, in the form that this browser can run. */
export async function start() {
  const form = (await supportsFeature("relaxedSimd")) ? "litert" : "litert-compat";
  const [loader, wasmBinary] = [await bytesOf(`${form}-loader`), await bytesOf(`${form}-wasm`)];
  self.Module = {wasmBinary};
  // The runtime wants an address that ends so.
  await loadLiteRt(`${URL.createObjectURL(new Blob([loader], {type: "text/javascript"}))}#.js`);
}

/**
 * A model of the page.
 * @returns (signature, inputs) => outputs, Float32Arrays by name; signature null for the only one.
 */
export async function model(name) {
  const compiled = await loadAndCompile(await bytesOf(name), {accelerator: "wasm"});
  return async (signature, inputs) => {
    const runner = signature === null ? compiled : compiled.signatures[signature];
    const shapes = Object.fromEntries(runner.getInputDetails().map((detail) => [detail.name, detail.shape]));
    const given = Object.fromEntries(Object.keys(shapes).map((key) => [key, new Tensor(inputs[key], Array.from(shapes[key]))]));
    const outputs = await runner.run(given);
    const values = Object.fromEntries(Object.entries(outputs).map(([key, tensor]) => [key, Float32Array.from(tensor.toTypedArray())]));
    [...Object.values(given), ...Object.values(outputs)].forEach((tensor) => tensor.delete());
    return values;
  };
}
