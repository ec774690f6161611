// The puzzle of a request that is held back: ALTCHA, version 2. The browser tries one number after the other until the
// key that it derives from the puzzle's nonce and that number begins as asked; then the answer is sent.
// Without this script, or without Web Crypto (plain http), the page is the same but for the button.
(() => {
  "use strict";
  const offer = document.getElementById("proof");
  const subtle = window.crypto?.subtle;
  if (!offer || !subtle) return;
  const form = offer.querySelector("form");
  const AT_ONCE = 8; // derivations that run beside each other
  const challenge = JSON.parse(offer.dataset.challenge);
  const { algorithm, cost, keyLength, keyPrefix, nonce, salt } = challenge.parameters;
  const [kind, hash] = algorithm.split("/");
  if (kind !== "PBKDF2") return;
  const said = form.querySelector("[role=status]");
  const button = form.querySelector("button");

  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
  const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // The nonce and, after it, the number in four bytes, the highest first.
  const password = (number) => {
    const prefix = bytes(nonce);
    const all = new Uint8Array(prefix.length + 4);
    all.set(prefix);
    new DataView(all.buffer).setUint32(prefix.length, number);
    return all;
  };
  const derive = async (number) => {
    const key = await subtle.importKey("raw", password(number), "PBKDF2", false, ["deriveBits"]);
    const derived = await subtle.deriveBits({ name: "PBKDF2", hash, salt: bytes(salt), iterations: cost }, key, keyLength * 8);
    return { counter: number, derivedKey: hex(derived) };
  };
  const solve = async () => {
    for (let first = 0; ; first += AT_ONCE) {
      const tried = await Promise.all(Array.from({ length: AT_ONCE }, (_, step) => derive(first + step)));
      const solution = tried.find((one) => one.derivedKey.startsWith(keyPrefix));
      if (solution) return solution;
    }
  };

  offer.hidden = false;
  window.addEventListener("pageshow", () => { button.disabled = false; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    said.textContent = said.dataset.busy;
    try {
      form.elements.altcha.value = btoa(JSON.stringify({ challenge, solution: await solve() }));
      form.submit();
    } catch {
      said.textContent = said.dataset.failed;
    }
  });
})();
