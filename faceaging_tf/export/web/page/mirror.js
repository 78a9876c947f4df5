// The mirror: the camera's live picture, and beside it the same face aged, as fast as the model goes.

import {SIDE, camera} from "faceaging/camera";
import {Device} from "faceaging/device";
import {gpuDevice} from "faceaging/gpu";
import {pixels, saveAs} from "faceaging/pictures";
import {attempt, element, inWords, say} from "faceaging/words";

// Seconds over which frames are counted.
const COUNTED = 3;
// Frames without a face before the page says so.
const MISSED = 5;

export class Mirror {
  #contract;
  #open;
  #future;
  // Promises of workers: the page's, with the model, and one that paints, so that neither waits for the other.
  #ager;
  #painter = null;
  // A worker that runs the model on the GPU, from when it has shown that it is worth it.
  #gpu = null;
  #tried = false;
  // Another one from each start and stop to the next.
  #turn = 0;
  #stream = null;
  // What was seen last: {frame, aged, face, years}, years of what is painted.
  #seen = null;
  // Whom the camera sees, as `editOf` knows them; another object for everybody new.
  #person = null;
  #presented = 0;
  #painted = new Rate();
  #edited = new Rate();
  #missed = 0;
  #said = "";

  /**
   * @param contract what the model's file says of itself.
   * @param loading a promise of the page's `Device`, null where it failed.
   * @param open what takes a picture and its name as a photo.
   * @param future what says which of the model's futures is wished.
   */
  constructor(contract, loading, open, future) {
    [this.#contract, this.#ager, this.#open, this.#future] = [contract, loading, open, future];
    element("camera").addEventListener("click", () => attempt(() => this.start()));
    element("stop").addEventListener("click", () => this.stop());
    element("snapshot").addEventListener("click", () => attempt(() => this.#save()));
    element("take").addEventListener("click", () => attempt(() => this.#take()));
    element("live-years").addEventListener("input", () => this.#caption());
  }

  async start() {
    this.stop();
    const turn = this.#turn;
    say("Starting the camera …");
    const stream = await camera();
    // A photo may have been opened in the meantime.
    if (turn !== this.#turn) return halt(stream);
    stream.getTracks().forEach((track) => track.addEventListener("ended", () => this.#ended(stream)));
    [this.#stream, this.#missed, this.#said] = [stream, 0, ""];
    const video = element("video");
    video.srcObject = stream;
    await video.play();
    element("drop").classList.add("small");
    [element("mirror").hidden, element("result").hidden] = [false, true];
    this.#caption();
    this.#painter ??= Device.open(this.#contract, "painting");
    const [ager, painter] = [await this.#ager, await this.#painter];
    if (ager === null) return;
    try {
      await painter.ask("forget");
      await Promise.all([this.#paint(stream, painter), this.#edit(stream, ager, painter)]);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop() {
    this.#turn++;
    if (this.#stream) halt(this.#stream);
    this.#stream = this.#seen = element("video").srcObject = null;
    element("rate").textContent = "";
    if (element("mirror").contains(document.activeElement)) element("camera").focus();
    element("mirror").hidden = true;
  }

  #ended(stream) {
    if (this.#stream !== stream) return;
    this.stop();
    say("The camera was taken away, or unplugged; start it again, or choose a photo.", true);
  }

  /** Paints frames as long as a stream lasts; those that come while one is painted are skipped. */
  async #paint(stream, painter) {
    for (let frame = await this.#next(); this.#stream === stream; frame = await this.#next()) {
      const {frame: aged, face, years} = await painter.ask("paint", frame);
      if (this.#stream !== stream) return;
      if (!face?.known) this.#person = {looks: 0, age: 0};
      this.#seen = {frame, aged, face, years};
      this.#show();
    }
  }

  /** Renews the edit as long as a stream lasts, each time from the frame that was painted last. */
  async #edit(stream, ager, painter) {
    for (let last = null; this.#stream === stream; ) {
      const [seen, person, years] = [this.#seen, this.#person, this.#years];
      if (!seen?.face || seen === last) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      last = seen;
      const [given, begun] = [[seen.frame, seen.face, person, years, this.#future()], performance.now()];
      const made = await (this.#gpu ?? ager).ask("editOf", ...given);
      // A face that is new costs more: its age is estimated too.
      if (made.edit && made.person.looks === person.looks) this.#tryGpu(given, made.edit, performance.now() - begun);
      // Somebody else may have come in the meantime.
      if (this.#stream !== stream || this.#person !== person) continue;
      this.#person = made.person;
      await painter.ask("take", made.edit);
      this.#edited.count();
      const age = Math.round(made.person.age);
      this.#say(made.edit || years === 0 ? `Seen as about ${age}.` : `This model has no change of ${inWords(years)} for a face of about ${age}: left as seen.`);
    }
  }

  async #tryGpu(given, edit, took) {
    if (this.#tried) return;
    this.#tried = true;
    this.#gpu = await gpuDevice(this.#contract, given, edit, took).catch(() => null);
  }

  /** The camera's next frame, smaller where it is large. */
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

  #show() {
    const {aged, face, years} = this.#seen;
    const canvas = element("older");
    const {width, height, data} = aged;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
    canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
    if (years !== null) this.#painted.count();
    element("rate").textContent = years === null ? "" : `${this.#painted} aged frames a second; the model runs ${this.#edited} times a second.`;
    this.#missed = face ? 0 : this.#missed + 1;
    if (this.#missed === MISSED) this.#say("No face is seen; look into the camera from the front, and not from too far away.");
  }

  /** Says something once, so that it is not read aloud again and again, and what else the page says can be read. */
  #say(text) {
    if (text !== this.#said) say(text);
    this.#said = text;
  }

  get #years() {
    return Number(element("live-years").value);
  }

  #caption() {
    for (const id of ["live-years-text", "older-text"]) element(id).textContent = inWords(this.#years);
    element("older").setAttribute("aria-label", `The same, ${inWords(this.#years)}`);
  }

  #latest() {
    if (!this.#seen) throw new Error("The camera has shown nothing yet; wait a moment.");
    return this.#seen;
  }

  /** Both pictures beside each other as a file, as the camera sees them, so that letters can be read. */
  async #save() {
    const {frame, aged, years} = this.#latest();
    const canvas = new OffscreenCanvas(2 * frame.width, frame.height);
    const context = canvas.getContext("2d");
    [frame, aged].forEach(({width, height, data}, index) => context.putImageData(new ImageData(data, width, height), index * width, 0));
    await saveAs(canvas, "mirror", years ?? 0);
  }

  async #take() {
    await this.#open(this.#latest().frame, "camera.jpg");
  }
}

const halt = (stream) => stream.getTracks().forEach((track) => track.stop());

/** How often something happens. */
class Rate {
  #times = [];

  count() {
    const now = performance.now();
    this.#times = [...this.#times, now].filter((time) => now - time < 1000 * COUNTED);
  }

  /** Times a second, over the last seconds. */
  toString() {
    const seconds = (this.#times.at(-1) - this.#times[0]) / 1000;
    return (seconds > 0 ? (this.#times.length - 1) / seconds : 0).toFixed(1);
  }
}
