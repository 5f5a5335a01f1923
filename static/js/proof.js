// Solves the proof of work while the reader reads, and holds the form for it for a few seconds.
// Whatever fails here, the form is sent: it is then held until its owner confirms.
const REFRESH = 15 * 60 * 1000;
const PATIENCE = 15 * 1000;

async function solve(address, workerAddress) {
  const answer = await fetch(address, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error("no challenge");
  const { algorithm, challenge, salt, signature, max_number: most } = await answer.json();
  if (algorithm !== "SHA-256") throw new Error("another kind of proof");
  const worker = new Worker(workerAddress);
  try {
    const number = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data.number === null ? reject(new Error("unsolved")) : resolve(data.number));
      worker.onerror = reject;
      worker.postMessage({ challenge, salt, most: most ?? 1e6 });
    });
    return btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
  } finally {
    worker.terminate();
  }
}

function start(box) {
  const field = box.querySelector("input");
  const status = box.querySelector("[role=status]");
  const form = box.closest("form");
  let work = Promise.resolve();

  const run = () => {
    status.textContent = box.dataset.working;
    work = solve(box.dataset.proof, box.dataset.worker).then(
      (payload) => {
        field.value = payload;
        status.textContent = box.dataset.done;
      },
      () => {
        field.value = "";
        status.textContent = box.dataset.failed;
      },
    );
  };

  let passed = false;
  form.addEventListener("submit", async (event) => {
    if (passed || field.value) return;
    event.preventDefault();
    const { submitter } = event;
    await Promise.race([work, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    passed = true;
    form.requestSubmit(submitter);
  });

  run();
  setInterval(run, REFRESH);
}

document.querySelectorAll("[data-proof]").forEach(start);
