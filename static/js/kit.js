// Units are found while one types, and the picture follows what is chosen. The buttons do the same.
const search = document.querySelector("form[data-search]");
if (search && document.getElementById("found")) {
  const parts = ["found", "found-count"];
  let timer, asked;
  search.elements.q.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      asked?.abort();
      asked = new AbortController();
      const address = `${search.action}?${new URLSearchParams(new FormData(search))}`;
      try {
        const answer = await fetch(address, { signal: asked.signal, credentials: "omit" });
        if (!answer.ok) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        parts.forEach((id) => {
          document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
        });
        history.replaceState(null, "", address);
      } catch {
        // Away or overtaken by the next letter: the button still searches.
      }
    }, 250);
  });
}

const form = document.querySelector("form[data-look]");
const preview = document.querySelector("img[data-preview]");
if (form && preview) {
  form.addEventListener("change", () => {
    const chosen = new FormData(form);
    const [banner, language, size] = ["banner", "language", "size"].map((name) => chosen.get(name));
    if (!banner || !language || !size) return;
    [preview.width, preview.height] = size.split("x").map(Number);
    preview.src = form.dataset.look
      .replace("BANNER", banner).replace("LANGUAGE", language).replace("SIZE", size);
  });
}
