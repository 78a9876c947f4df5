// The mirror: the camera's live picture, and beside it the same face aged, as fast as the model goes.

import {Device} from "faceaging/device";
import {pixels, saveAs} from "faceaging/pictures";
import {attempt, element, inWords, say} from "faceaging/words";

// The longer side of a frame that is aged, in pixels.
const SIDE = 640;
// Two workers age every other frame each: both cores of a small machine work, and what the runtime does one after the other stops neither.
const WORKERS = Math.min(2, navigator.hardwareConcurrency ?? 1);
// Seconds over which frames are counted.
const COUNTED = 3;
// Frames without a face before the page says so.
const MISSED = 5;
const FUTURES = 4;

// Why there is no camera, by the name of the browser's error.
const REASONS = {
  NotFoundError: "No camera was found; connect one",
  NotAllowedError: "The camera is not allowed to this page; allow it in the browser's settings for this page",
  NotReadableError: "The camera is in use by another program, or does not start; close that program and try again",
};
Object.assign(REASONS, {OverconstrainedError: REASONS.NotFoundError, SecurityError: REASONS.NotAllowedError, AbortError: REASONS.NotReadableError});

/** The camera's stream; an error that says why there is none. */
async function camera() {
  if (!self.isSecureContext) throw new Error("Browsers give a camera only to pages of https, of localhost and of this machine's folders, and this page was opened from elsewhere; open it so, or choose a photo.");
  if (!navigator.mediaDevices) throw new Error("This browser gives pages no camera; use another one, or choose a photo.");
  return navigator.mediaDevices.getUserMedia({video: {facingMode: "user", width: {ideal: SIDE}}}).catch((error) => {
    throw new Error(`${REASONS[error.name] ?? `The camera could not be used (${error.name})`}, or choose a photo.`);
  });
}

export class Mirror {
  #contract;
  #devices;
  #open;
  #future;
  #stream = null;
  #face = null;
  // What is shown: {number, frame, aged, years}; frames are numbered as they are taken.
  #shown = null;
  #taken = 0;
  // The video's own count of its frames, when one was taken last.
  #presented = 0;
  #times = [];
  #missed = 0;

  /**
   * @param contract what the model's file says of itself.
   * @param loading a promise of the page's first `Device`, null where it failed.
   * @param open what takes a picture and its name as a photo.
   * @param future what says which of the model's futures is wished.
   */
  constructor(contract, loading, open, future) {
    [this.#contract, this.#devices, this.#open, this.#future] = [contract, [loading], open, future];
    element("camera").addEventListener("click", () => attempt(() => this.start()));
    element("stop").addEventListener("click", () => this.stop());
    element("snapshot").addEventListener("click", () => attempt(() => this.#save()));
    element("take").addEventListener("click", () => attempt(() => this.#take()));
    element("live-years").addEventListener("input", () => this.#caption());
  }

  async start() {
    this.stop();
    say("Starting the camera …");
    const stream = await camera();
    stream.getTracks().forEach((track) => track.addEventListener("ended", () => this.#ended(stream)));
    [this.#stream, this.#face, this.#shown, this.#taken, this.#presented, this.#times, this.#missed] = [stream, null, null, 0, 0, [], 0];
    const video = element("video");
    video.srcObject = stream;
    await video.play();
    element("drop").classList.add("small");
    [element("mirror").hidden, element("result").hidden] = [false, true];
    this.#caption();
    for (let index = 0; index < WORKERS; index++) {
      const device = await (this.#devices[index] ??= Device.open(this.#contract));
      if (device === null || this.#stream !== stream) return;
      attempt(() => this.#run(stream, device));
    }
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = element("video").srcObject = null;
    if (element("mirror").contains(document.activeElement)) element("camera").focus();
    element("mirror").hidden = true;
  }

  #ended(stream) {
    if (this.#stream !== stream) return;
    this.stop();
    say("The camera was taken away, or unplugged; start it again, or choose a photo.", true);
  }

  /** Ages frames as long as a stream lasts. A worker has one at a time; those that come meanwhile are skipped. */
  async #run(stream, device) {
    while (this.#stream === stream) {
      const frame = await this.#next();
      if (this.#stream !== stream) return;
      const [number, years] = [++this.#taken, this.#years];
      const {frame: aged, face} = await device.ask("ageFrame", frame, this.#face, years, this.#future());
      if (this.#stream === stream && number > (this.#shown?.number ?? 0)) this.#show({number, frame, aged, years}, face);
    }
  }

  /** The camera's next frame that no worker has. */
  async #next() {
    const video = element("video");
    for (;;) {
      const presented = await new Promise((resolve) => {
        if (video.requestVideoFrameCallback) video.requestVideoFrameCallback((_, {presentedFrames}) => resolve(presentedFrames));
        else requestAnimationFrame(resolve);
      });
      if (presented === this.#presented || !video.videoWidth) continue;
      this.#presented = presented;
      const scale = Math.min(1, SIDE / Math.max(video.videoWidth, video.videoHeight));
      return pixels(video, Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale));
    }
  }

  #show(shown, face) {
    const canvas = element("older");
    const {width, height, data} = shown.aged;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
    canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
    [this.#shown, this.#face] = [shown, face];
    this.#missed = face ? 0 : this.#missed + 1;
    this.#count(face?.aged);
    if (face) this.#say(face.aged || shown.years === 0 ? `Seen as about ${Math.round(face.age)}.` : `This model has no change of ${inWords(shown.years)} for a face of about ${Math.round(face.age)}: left as seen.`);
    else if (this.#missed >= MISSED) this.#say("No face is seen; look into the camera from the front, and not from too far away.");
  }

  /** Says how many aged frames a second there are. */
  #count(aged) {
    const now = performance.now();
    if (aged) this.#times.push(now);
    this.#times = this.#times.filter((time) => now - time < 1000 * COUNTED);
    const seconds = (this.#times.at(-1) - this.#times[0]) / 1000;
    element("rate").textContent = seconds > 0 ? `${((this.#times.length - 1) / seconds).toFixed(1)} aged frames a second, made on this device.` : "";
  }

  /** Says something once, so that it is not read aloud again and again. */
  #say(text) {
    if (element("status").textContent !== text) say(text);
  }

  get #years() {
    return Number(element("live-years").value);
  }

  #caption() {
    for (const id of ["live-years-text", "older-text"]) element(id).textContent = inWords(this.#years);
    element("older").setAttribute("aria-label", `The same, ${inWords(this.#years)}`);
  }

  #latest() {
    if (!this.#shown) throw new Error("The camera has shown nothing yet; wait a moment.");
    return this.#shown;
  }

  /** Both pictures beside each other as a file, as the camera sees them, so that letters can be read. */
  async #save() {
    const {frame, aged, years} = this.#latest();
    const canvas = new OffscreenCanvas(2 * frame.width, frame.height);
    const context = canvas.getContext("2d");
    [frame, aged].forEach(({width, height, data}, index) => context.putImageData(new ImageData(data, width, height), index * width, 0));
    await saveAs(canvas, "mirror", years);
  }

  async #take() {
    const {frame} = this.#latest();
    await this.#open(frame, "camera.jpg");
  }
}
