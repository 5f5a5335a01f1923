// Typing at a desk: Ctrl+S saves, a form in flight is not sent again, a long table goes on by itself.
// Without this the buttons do the same.
const form = document.querySelector("form[data-entry]");
if (form) {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
  });
  // Back from the next page: the form may be sent again.
  addEventListener("pageshow", () => {
    sent = false;
  });
}
const next = document.querySelector("form[data-continue]");
if (next) setTimeout(() => next.requestSubmit(), 300);
