// The number keys choose stars and Enter sends them, wherever the focus is; all else is plain HTML.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const form = document.querySelector("form");
  const star = form.querySelector(`input[name=stars][value="${CSS.escape(event.key)}"]`);
  if (star) {
    star.checked = true;
    star.focus();
  } else if (event.key === "Enter" && !form.contains(document.activeElement)) {
    form.requestSubmit();
  }
});
