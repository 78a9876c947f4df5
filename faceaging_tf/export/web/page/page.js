// The page: a photo in, its faces found, a slider of years, before and after, and out again.

import {directionOf} from "faceaging/ager";
import {Device} from "faceaging/device";
import {Mirror} from "faceaging/mirror";
import {pixels, saveAs} from "faceaging/pictures";
import {attempt, element, inWords, say} from "faceaging/words";

// What is shown while the slider moves; what is saved has the photo's own size.
const SHOWN = 1280;
// Canvases of phones hold no more, in pixels.
const LARGEST = 16e6;
// Smaller faces, in pixels of the photo, are left alone.
const SMALLEST = 24;

const contract = JSON.parse(element("contract").textContent);

let device = null;
let shown = null;
let wanted = false;
let working = false;
// Photos are numbered as they are opened: of two, the later one is shown, whichever is ready first.
let opened = 0;
// Which of the model's futures, where it has several.
let future = 0;

const scaled = (landmarks, scale) => landmarks.map((point) => point.map((value) => (value + 0.5) * scale - 0.5));
const asImageData = ({data, width, height}) => new ImageData(data, width, height);

/** A photo from a file or from the camera. */
async function open(source, name) {
  const number = ++opened;
  say("Looking for faces …");
  const bitmap = await createImageBitmap(source).catch(() => {
    throw new Error(`${name} is no picture that this browser can read; JPEG, PNG and WebP pictures are.`);
  });
  const shrink = Math.min(1, Math.sqrt(LARGEST / (bitmap.width * bitmap.height)));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * shrink)));
  const small = Math.min(1, SHOWN / Math.max(width, height));
  const photo = pixels(bitmap, Math.max(1, Math.round(width * small)), Math.max(1, Math.round(height * small)));
  device ??= await loading;
  if (device === null) return;
  const found = await device.ask("find", photo);
  const faces = found.filter((face) => face.size >= SMALLEST);
  if (!faces.length) {
    const reason = found.length ? `The faces in ${name} are too small` : `No face was found in ${name}`;
    throw new Error(`${reason}; choose a photo in which a face is seen from the front and not too far away.`);
  }
  for (const face of faces) {
    face.chosen = true;
    face.age = contract.estimates_age ? await device.ask("estimateAge", photo, face.landmarks) : 35;
  }
  if (number !== opened) return;
  mirror.stop();
  shown = {bitmap, width, height, photo, faces, name};
  showPhoto();
  await update();
}

function showPhoto() {
  const {photo, faces} = shown;
  for (const id of ["before", "after"]) Object.assign(element(id), {width: photo.width, height: photo.height});
  element("before").getContext("2d").putImageData(photo, 0, 0);
  element("faces").replaceChildren(...faces.map(faceChoice));
  showPart(closeUp());
  element("result").hidden = false;
  element("drop").classList.add("small");
}

/** The part of the photo with the faces, {left, top, width, height}; null where that is most of it. */
function closeUp() {
  const {photo, faces} = shown;
  const limits = [0, 1].map((axis) => {
    const [low, high] = [Math.min(...faces.map((face) => face.landmarks[2][axis] - face.size)), Math.max(...faces.map((face) => face.landmarks[2][axis] + face.size))];
    return [Math.max(low, 0), Math.min(high, axis ? photo.height : photo.width)];
  });
  const [[left, right], [top, bottom]] = limits;
  const part = {left, top, width: right - left, height: bottom - top};
  return part.width * part.height < 0.6 * photo.width * photo.height ? part : null;
}

/** Shows a part of the photo, or the whole where it is null. */
function showPart(part) {
  const {photo} = shown;
  const {left, top, width, height} = part ?? {left: 0, top: 0, width: photo.width, height: photo.height};
  const style = {"--ratio": width / height, "--width": `${(100 * photo.width) / width}%`, "--left": `${(-100 * left) / width}%`, "--top": `${(-100 * top) / height}%`};
  for (const [name, value] of Object.entries(style)) element("stage").style.setProperty(name, value);
  element("view").hidden = closeUp() === null;
  element("view").textContent = part ? "Show the whole photo" : "Show the faces";
  shown.part = part;
}

/** A check box with the face's picture and the age that it is seen as. */
function faceChoice(face, index) {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), {type: "checkbox", checked: true});
  const picture = Object.assign(document.createElement("canvas"), {width: 56, height: 56});
  picture.setAttribute("aria-hidden", "true");
  const [[x], [, y]] = [face.landmarks[2], face.landmarks[2]];
  picture.getContext("2d").drawImage(element("before"), x - face.size / 2, y - face.size / 2, face.size, face.size, 0, 0, 56, 56);
  const text = document.createElement("span");
  text.textContent = contract.estimates_age ? `Face ${index + 1}, seen as about ${Math.round(face.age)}` : `Face ${index + 1}`;
  label.append(box, picture, text);
  label.dataset.landmarks = JSON.stringify(face.landmarks);
  label.dataset.age = face.age;
  box.addEventListener("change", () => {
    face.chosen = box.checked;
    update();
  });
  return label;
}

const years = () => Number(element("years").value);

/** A photo with all chosen faces aged; `scale` from the shown photo's pixels to this one's. */
async function aged(photo, faces, scale, value) {
  for (const face of faces) if (face.chosen) photo = await device.ask("agePhoto", photo, scaled(face.landmarks, scale), value, face.age, future);
  return photo;
}

/** Shows the photo at the slider's years; while it works, only the last of further wishes is remembered. */
async function update() {
  element("years-text").textContent = inWords(years());
  wanted = true;
  if (working || !shown) return;
  working = true;
  while (wanted) {
    wanted = false;
    await attempt(async () => {
      const begun = performance.now();
      const [value, photo, faces] = [years(), shown.photo, shown.faces];
      const result = await aged(photo, faces, 1, value);
      // Another photo may have come in the meantime.
      if (photo !== shown.photo) return;
      const took = performance.now() - begun;
      element("after").getContext("2d").putImageData(asImageData(result), 0, 0);
      const chosen = faces.filter((face) => face.chosen);
      element("after").setAttribute("aria-label", `The photo, ${inWords(value)}`);
      const alone = value === 0 ? [] : chosen.filter((face) => directionOf(contract, value, face.age) === null);
      const many = shown.faces.length > 1 ? `${shown.faces.length} faces. ` : "";
      if (alone.length) say(`${many}This model has no change of ${inWords(value)} for ${alone.length === 1 ? "a face" : "faces"} of about ${alone.map((face) => Math.round(face.age)).join(", ")}: left as seen.`);
      else say(`${many}Made on this device in ${Math.round(took)} ms.`);
    });
  }
  working = false;
  document.body.dataset.years = years();
}

/** The photo at its own size, as a file. */
async function save() {
  const {bitmap, width, height, photo, faces, name} = shown;
  const value = years();
  say("Writing the picture …");
  const full = width === photo.width ? photo : pixels(bitmap, width, height);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d").putImageData(asImageData(await aged(full, faces, width / photo.width, value)), 0, 0);
  await saveAs(canvas, name, value);
}

function openFile(file) {
  if (file) attempt(() => open(file, file.name));
}

element("file").addEventListener("change", (event) => {
  openFile(event.target.files[0]);
  // The same file again is a change too.
  event.target.value = "";
});
element("save").addEventListener("click", () => attempt(save));
element("view").addEventListener("click", () => showPart(shown.part ? null : closeUp()));
element("years").addEventListener("input", update);
element("divider").addEventListener("input", () => element("stage").style.setProperty("--divider", `${element("divider").value}%`));
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    element("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop") openFile(event.dataTransfer.files[0]);
  });
}

const loading = attempt(() => Device.open(contract));
const mirror = new Mirror(contract, loading, open, () => future);
for (const button of document.querySelectorAll(".future")) {
  button.hidden = !(contract.futures > 1);
  button.addEventListener("click", () => {
    future = (future + 1) % contract.futures;
    update();
  });
}
loading.then((loaded) => {
  if (loaded === null) return;
  device = loaded;
  document.body.dataset.ready = "true";
  if (!shown) say("Ready.");
});
