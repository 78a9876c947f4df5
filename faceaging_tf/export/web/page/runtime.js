// LiteRT.js in a worker, from bytes that the page hands over: nothing is fetched, so that the page works from a folder, offline.

import {Tensor, loadAndCompile, loadLiteRt, supportsFeature} from "@litertjs/core";

// More threads than so many gain little, and keep a phone from everything else.
const THREADS = Math.min(navigator.hardwareConcurrency ?? 1, 4);

/**
 * The name of the runtime's form that this browser can run: with threads where the page is isolated (isolation.js), and there are cores for them.
 * @param gpu whether a form for the GPU is wanted, which is null where there is no GPU, or the browser cannot wait for one.
 */
export async function form(gpu) {
  const has = (feature) => supportsFeature(feature);
  if (gpu) return (await has("relaxedSimd")) && (await has("jspi")) && (await navigator.gpu?.requestAdapter()) ? "litert-jspi" : null;
  if (!(await has("relaxedSimd"))) return "litert-compat";
  return self.crossOriginIsolated && THREADS > 1 && (await has("threads")) ? "litert-threaded" : "litert";
}

/** Starts the runtime from its two files, Uint8Arrays. */
export async function start(loader, wasmBinary) {
  const address = URL.createObjectURL(new Blob([loader], {type: "text/javascript"}));
  self.Module = {wasmBinary, mainScriptUrlOrBlob: address};
  // The runtime wants an address that ends so.
  await loadLiteRt(`${address}#.js`);
}

/**
 * A model of the page, from its bytes.
 * @param options of LiteRT: the accelerator, and the processor's threads.
 * @returns (signature, inputs) => outputs, Float32Arrays by name; signature null for the only one. Inputs that the signature does not have are left out.
 */
export async function model(bytes, {accelerator = "wasm", numThreads = THREADS} = {}) {
  const compiled = await loadAndCompile(bytes, {accelerator, cpuOptions: {numThreads}});
  return async (signature, inputs) => {
    const runner = signature === null ? compiled : compiled.signatures[signature];
    const given = Object.fromEntries(runner.getInputDetails().map(({name, shape}) => [name, new Tensor(inputs[name], Array.from(shape))]));
    const outputs = await runner.run(given);
    const values = {};
    for (const [name, tensor] of Object.entries(outputs)) values[name] = await tensor.data();
    [...Object.values(given), ...Object.values(outputs)].forEach((tensor) => tensor.delete());
    return values;
  };
}
