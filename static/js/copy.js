// A button beside each code that copies it. Without this the text can be marked and copied by hand.
const words = document.querySelector("script[src*='js/copy']").dataset;

function mark(box) {
  if (box.select) {
    box.select();
    return;
  }
  const range = document.createRange();
  range.selectNodeContents(box);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

async function copy(box) {
  mark(box);
  // The old way first: it keeps links and pictures, and works on pages without TLS.
  if (document.execCommand("copy")) return true;
  try {
    await navigator.clipboard.writeText(box.value ?? box.innerText);
    return true;
  } catch {
    return false;
  }
}

document.querySelectorAll("[data-copy], [data-copy-shown]").forEach((box) => {
  if (box.tagName === "SCRIPT") return;
  const line = document.createElement("div");
  const button = document.createElement("button");
  const status = document.createElement("span");
  line.className = "buttons no-print";
  button.type = "button";
  button.className = "button";
  button.textContent = words.copy;
  const label = box.labels?.[0];
  if (label) button.setAttribute("aria-label", `${words.copy}: ${label.textContent}`);
  status.setAttribute("role", "status");
  line.append(button, status);
  box.after(line);
  button.addEventListener("click", async () => {
    status.textContent = "";
    const copied = await copy(box);
    status.textContent = copied ? words.copied : words.failed;
    if (copied) button.focus();
  });
  if (box.select) box.addEventListener("focus", () => box.select());
});
