// The page's side of a worker that finds and ages faces (worker.js), so that the page stays alive while it works.

// The files of the networks that a worker needs, by what it is for: photos, painting the mirror's frames, or running the model on the GPU.
const DETECTOR = {guesses: "detector", landmarks: "landmarks"};
const NEEDED = {photos: {...DETECTOR, ages: "model"}, painting: DETECTOR, gpu: {ages: "model"}};

/** The bytes of a file of the page; each file is a script that leaves its bytes, as gzip in base64, under its name. */
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
  const packed = new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);
  return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

/** The address of a module with all that it imports inside, for import maps do not reach workers. */
function standalone(name) {
  const {imports} = JSON.parse(document.querySelector("script[type=importmap]").textContent);
  const source = atob(imports[name].split(",")[1]);
  return `data:text/javascript;base64,${btoa(source.replace(/(?<=from ")(faceaging|@litertjs)\/[\w-]+(?=";)/g, standalone))}`;
}

/** Loads the page once more if that gives it threads: through isolation.js, which a folder of a disk cannot have. */
async function isolate() {
  const seen = "faceaging-isolation";
  if (self.crossOriginIsolated || !navigator.serviceWorker || !location.protocol.startsWith("http") || sessionStorage.getItem(seen)) return;
  sessionStorage.setItem(seen, "tried");
  await navigator.serviceWorker.register("isolation.js");
  await navigator.serviceWorker.ready;
  location.reload();
  await new Promise(() => {});
}

export class Device {
  #worker;
  #waiting = new Map();
  #asked = 0;

  /**
   * A worker of a kind of `NEEDED`; for "gpu" null where there is no GPU that it can use.
   * @param contract what the model's file says of itself.
   */
  static async open(contract, kind = "photos") {
    if (!("WebAssembly" in self)) throw new Error("This browser has no WebAssembly, which the model needs; use a newer one.");
    // Without threads it is slower, and does the same.
    await isolate().catch(() => {});
    const device = new Device();
    await device.#start();
    const form = await device.ask("form", kind === "gpu");
    if (form === null) {
      device.close();
      return null;
    }
    const files = {loader: await bytesOf(`${form}-loader`), wasm: await bytesOf(`${form}-wasm`)};
    for (const [name, file] of Object.entries(NEEDED[kind])) files[name] = await bytesOf(file);
    await device.ask("load", contract, kind === "gpu", files);
    return device;
  }

  async #start() {
    const script = new Blob([`import(${JSON.stringify(standalone("faceaging/worker"))});`], {type: "text/javascript"});
    this.#worker = new Worker(URL.createObjectURL(script));
    await new Promise((resolve, reject) => {
      this.#worker.onmessage = resolve;
      this.#worker.onerror = () => reject(new Error("This browser cannot start the page's worker; use a newer one."));
    });
    this.#worker.onmessage = ({data: {number, result, error}}) => {
      const {resolve, reject} = this.#waiting.get(number);
      this.#waiting.delete(number);
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    };
  }

  /** What a task of the worker gives. */
  ask(task, ...given) {
    const number = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, {resolve, reject});
      this.#worker.postMessage({number, task, given});
    });
  }

  close() {
    this.#worker.terminate();
  }
}
