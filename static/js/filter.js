// A box above a long list that shortens it while one types, accents or not. The list works alone.
const script = document.querySelector("script[src*='js/filter']");
const fold = (text) =>
  text.replace(/[ıİI]/g, "i").replace(/[đĐ]/g, "d").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
    .replace(/\s+/g, " ").trim();
// Folded. People type the kind of place before its name: the new one, a short form, or the old one.
const KINDS = /^(?:dac khu|phuong|xa|thi tran|thi xa|thanh pho|tp|p|x|tt|tx|ilce|ilcesi)[. ]+(?=.)/;
const bare = (text) => fold(text).replace(KINDS, "").trim();

document.querySelectorAll("select[data-filter]").forEach((list) => {
  const all = Array.from(list.options);
  if (all.length < 12) return;
  const box = document.createElement("input");
  const label = document.createElement("label");
  const status = document.createElement("p");
  box.type = "search";
  box.id = `${list.id}_filter`;
  box.autocomplete = "off";
  label.htmlFor = box.id;
  label.className = "hint";
  label.textContent = script.dataset.label;
  status.className = "hint";
  status.setAttribute("role", "status");
  list.before(label, box, status);

  box.addEventListener("input", () => {
    const wanted = bare(box.value);
    const fitting = all.filter((option) => !option.value || fold(option.text).includes(wanted));
    const chosen = list.value;
    list.replaceChildren(...fitting);
    list.value = fitting.some((option) => option.value === chosen) ? chosen : "";
    if (wanted && fitting.length === 2) list.value = fitting[1].value;
    status.textContent = fitting.length > 1 ? "" : script.dataset.none;
  });
  // Enter would send the whole form; here it only means "enough typed".
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
});
