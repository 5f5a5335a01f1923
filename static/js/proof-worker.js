// Finds the number whose hash, with the salt before it, is the challenge (SHA-256 proof of work).
const hex = (bytes) => Array.from(new Uint8Array(bytes), (b) => b.toString(16).padStart(2, "0")).join("");

onmessage = async ({ data: { algorithm, challenge, salt, most } }) => {
  const encoder = new TextEncoder();
  for (let number = 0; number <= most; number += 1) {
    const hash = await crypto.subtle.digest(algorithm, encoder.encode(salt + number));
    if (hex(hash) === challenge) {
      postMessage({ number });
      return;
    }
  }
  postMessage({ number: null });
};
