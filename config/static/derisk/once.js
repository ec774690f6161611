// A second press of a button sends nothing: hands tremble, links are slow. After three seconds it may be pressed again.
// Without this script what is sent twice is refused by whoever did it first.
(() => {
  "use strict";
  const PAUSE = 3000; // milliseconds
  const sent = new WeakSet();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    setTimeout(() => sent.delete(form), PAUSE);
  });
})();
