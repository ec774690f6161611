// The wording check of a brief while it is written: sends the text, shows what the server answers, saves nothing.
// Without this script the panel shows the findings of the saved text, and its button saves and checks.
(() => {
  "use strict";
  const PAUSE = 700; // milliseconds without a key before it asks
  const SENT = /^(csrfmiddlewaretoken|language|title|summary|body|data_cutoff_0|judgements-\d+-(text|position|likelihood|confidence|horizon_on|DELETE))$/;

  const start = () => {
    const panel = document.getElementById("wording");
    const form = panel && panel.closest("form");
    if (!form || !panel.dataset.check) return;
    const status = panel.querySelector("[data-status]");
    const findings = panel.querySelector("[data-findings]");
    const button = panel.querySelector("[data-now]");
    let timer = 0;
    let asked = "";
    let flight = null;

    const text = () => {
      const fields = new URLSearchParams();
      for (const [name, value] of new FormData(form)) {
        if (SENT.test(name) && typeof value === "string") fields.append(name, value);
      }
      return fields.toString();
    };

    const ask = async (always) => {
      const now = text();
      if (now === asked && !always) return;
      if (flight) flight.abort();
      flight = new AbortController();
      const headers = { "Content-Type": "application/x-www-form-urlencoded" };
      try {
        const answer = await fetch(panel.dataset.check, { method: "POST", body: now, headers, signal: flight.signal, redirect: "error" });
        if (!answer.ok) throw new Error(String(answer.status));
        findings.innerHTML = await answer.text(); // our own template, escaped by the server
        status.textContent = findings.firstElementChild.dataset.summary;
        asked = now;
      } catch (error) {
        if (error.name === "AbortError") return;
        status.textContent = "The check does not answer; what is below is of an earlier text.";
      }
    };

    const select = (target, quote) => {
      const field = document.getElementById(target);
      const editor = field && field.closest(".prose-editor, .field-body, .form-row")?.querySelector("[contenteditable=true]");
      if (!field) return;
      (editor || field).focus();
      (editor || field).scrollIntoView({ block: "center" });
      const passage = quote?.querySelector("mark")?.textContent;
      if (!passage) return;
      if (!editor) {
        const place = field.value.indexOf(passage);
        if (place >= 0) field.setSelectionRange(place, place + passage.length);
        return;
      }
      const lead = quote.firstChild.textContent.slice(-20).replace(/^…/, "").trimStart();
      const nodes = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT);
      let loose = null;
      while (nodes.nextNode()) {
        const node = nodes.currentNode;
        const exact = node.data.indexOf(lead + passage);
        const place = exact >= 0 && lead !== passage ? exact + lead.length : node.data.indexOf(passage);
        if (place < 0 || (exact < 0 && loose)) continue;
        const range = document.createRange();
        range.setStart(node, place);
        range.setEnd(node, place + passage.length);
        loose = range;
        if (exact >= 0) break;
      }
      if (!loose) return;
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(loose);
      loose.startContainer.parentElement.scrollIntoView({ block: "center" });
    };

    const later = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    };
    form.addEventListener("input", later);
    form.addEventListener("change", later);
    button.type = "button";
    button.addEventListener("click", () => ask(true));
    panel.querySelector("[data-saves]").textContent = "Checked while you write.";
    findings.addEventListener("click", (event) => {
      const way = event.target.closest("[data-target]");
      if (!way) return;
      event.preventDefault();
      select(way.dataset.target, way.closest("li").querySelector("blockquote"));
    });
    asked = text();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
