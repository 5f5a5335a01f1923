// A box above a list of boxes that ticks them all. Each box works alone without it.
const label = document.querySelector("script[src*='js/select-all']").dataset.label;

document.querySelectorAll("form.work-list").forEach((form) => {
  const boxes = Array.from(form.querySelectorAll("input[type='checkbox'][name='pledge']"));
  if (boxes.length < 2) return;
  const holder = document.createElement("p");
  const text = document.createElement("label");
  const all = document.createElement("input");
  holder.className = "tick-all no-print";
  all.type = "checkbox";
  text.append(all, ` ${label} (${boxes.length})`);
  holder.append(text);
  form.querySelector(".table-scroll").before(holder);

  const ticked = () => boxes.filter((box) => box.checked).length;
  all.addEventListener("change", () => boxes.forEach((box) => { box.checked = all.checked; }));
  form.addEventListener("change", () => {
    all.checked = ticked() === boxes.length;
    all.indeterminate = ticked() > 0 && !all.checked;
  });
});
