// What the page says.

export const element = (id) => document.getElementById(id);

export function say(text, isError = false) {
  element("status").textContent = text;
  element("status").classList.toggle("error", isError);
}

/** Does it, and says in a sentence what went wrong. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    say(error.message, true);
    return null;
  }
}

export const inWords = (years) => (years === 0 ? "as it is" : `${Math.abs(years)} year${Math.abs(years) === 1 ? "" : "s"} ${years > 0 ? "older" : "younger"}`);
