// LiteRT.js in a worker, from bytes that the page hands over: nothing is fetched, so that the page works from a folder, offline.

import {Tensor, loadAndCompile, loadLiteRt, supportsFeature} from "@litertjs/core";

/** The name of the runtime's form that this browser can run. */
export async function form() {
  return (await supportsFeature("relaxedSimd")) ? "litert" : "litert-compat";
}

/** Starts the runtime from its two files, Uint8Arrays. */
export async function start(loader, wasmBinary) {
  self.Module = {wasmBinary};
  // The runtime wants an address that ends so.
  await loadLiteRt(`${URL.createObjectURL(new Blob([loader], {type: "text/javascript"}))}#.js`);
}

/**
 * A model of the page, from its bytes.
 * @returns (signature, inputs) => outputs, Float32Arrays by name; signature null for the only one. Inputs that the signature does not have are left out.
 */
export async function model(bytes) {
  const compiled = await loadAndCompile(bytes, {accelerator: "wasm"});
  return async (signature, inputs) => {
    const runner = signature === null ? compiled : compiled.signatures[signature];
    const given = Object.fromEntries(runner.getInputDetails().map(({name, shape}) => [name, new Tensor(inputs[name], Array.from(shape))]));
    const outputs = await runner.run(given);
    const values = Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, tensor.toTypedArray()]));
    [...Object.values(given), ...Object.values(outputs)].forEach((tensor) => tensor.delete());
    return values;
  };
}
