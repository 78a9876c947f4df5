// The camera, or why there is none.

// The longer side of a frame that is aged, in pixels.
export const SIDE = 640;

const NONE = "No camera was found; connect one";
const REFUSED = "The camera is not allowed to this page; allow it in the browser's settings for this page";
const BUSY = "The camera is in use by another program, or does not start; close that program and try again";
const REASONS = {NotFoundError: NONE, OverconstrainedError: NONE, NotAllowedError: REFUSED, SecurityError: REFUSED, NotReadableError: BUSY, AbortError: BUSY};

/** Why there is no camera, in a sentence, by the name of the browser's error. */
export const reason = (name) => `${REASONS[name] ?? `The camera could not be used (${name})`}, or choose a photo.`;

/** The camera's stream; an error that says why there is none. */
export async function camera() {
  if (!self.isSecureContext) throw new Error("Browsers give a camera only to pages of https, of localhost and of folders, and this page comes from elsewhere; open it from one of them, or choose a photo.");
  if (!navigator.mediaDevices) throw new Error("This browser gives pages no camera; use another one, or choose a photo.");
  return navigator.mediaDevices.getUserMedia({video: {facingMode: "user", width: {ideal: SIDE}}}).catch((error) => {
    throw new Error(reason(error.name));
  });
}
