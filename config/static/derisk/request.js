// The request form where scripts run: it is kept in this browser until it is sent, counts what is typed, and sends once.
// Without this script the form is the same but for that.
(() => {
  "use strict";
  const KEY = "derisk.request";
  const OFF = "derisk.request.off"; // a shared computer: nothing is kept
  const SENT = "derisk.request.sent"; // of this tab: which form was sent, until its status page shows
  const LAST = "derisk.request.last"; // of this tab: the form that was sent last, by a checksum of its words
  const KEPT_DAYS = 7;
  const PAUSE = 400; // milliseconds without a key before it is kept
  const TWICE = 2000; // milliseconds in which a second click is the same one
  const SUGGESTED = ["countries_of_interest", "actors"]; // by the brief that the form was opened from

  // Browsers may refuse to keep anything (private windows, full disks): then nothing is kept.
  const box = (area) => ({
    get: (key) => { try { return window[area].getItem(key); } catch { return null; } },
    set: (key, value) => { try { window[area].setItem(key, value); return true; } catch { return false; } },
    drop: (key) => { try { window[area].removeItem(key); } catch { /* nothing was kept */ } },
  });
  const kept = box("localStorage");
  const tab = box("sessionStorage");

  // A tab has its own words back, whatever was typed in another one meanwhile; a new tab what was typed last.
  const places = [tab, kept];
  const readDraft = (place) => {
    try {
      const draft = JSON.parse(place.get(KEY));
      return draft && Date.now() - draft.at < KEPT_DAYS * 864e5 ? draft : null;
    } catch { return null; }
  };
  const dropDraft = () => places.forEach((place) => place.drop(KEY));

  // The status page follows a sent form, and only that one's draft goes.
  const forgetSent = () => {
    const sent = tab.get(SENT);
    for (const place of sent ? places : []) {
      const draft = readDraft(place);
      if (!draft || draft.values.form_id?.[0] === sent) place.drop(KEY);
    }
    tab.drop(SENT);
  };

  const keeping = (form) => {
    const shared = document.getElementById("shared");
    const restored = document.getElementById("restored");
    const values = () => {
      const all = {};
      for (const [name, value] of new FormData(form)) {
        if (typeof value === "string" && name !== "consent") (all[name] ||= []).push(value);
      }
      return all;
    };
    const fresh = values();
    const isReturned = form.hasAttribute("data-returned");
    const given = Object.fromEntries(SUGGESTED.map((name) => [name, fresh[name] || []]));
    const suggested = isReturned ? readDraft(tab)?.given || {} : given;
    const put = (all) => {
      for (const field of form.elements) {
        if (!field.name || field.type === "file" || field.name === "consent") continue;
        if (field.type === "checkbox") field.checked = (all[field.name] || []).includes(field.value);
        else if (all[field.name]) field.value = all[field.name][0];
      }
    };
    const isTouched = (all) => Object.entries(all).some(([name, value]) => name !== "form_id" && name !== "made" && value.join("\n") !== (fresh[name] || []).join("\n"));
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      if (shared.checked) return;
      const now = values();
      if (isReturned || isTouched(now)) {
        const draft = JSON.stringify({ at: Date.now(), values: now, given: suggested });
        places.forEach((place) => place.set(KEY, draft));
      }
    };
    const restore = () => {
      const draft = readDraft(tab) || readDraft(kept);
      if (!draft || isReturned) return;
      const all = { ...draft.values };
      // It is about the brief that its page names, or none. What another one suggested goes; what was chosen stays.
      if (fresh.brief[0] !== all.brief?.[0]) {
        all.brief = fresh.brief;
        for (const name of SUGGESTED) all[name] = [...given[name], ...(all[name] || []).filter((value) => !draft.given?.[name]?.includes(value))];
      }
      if (!isTouched(all)) return;
      put(all);
      const folded = form.querySelector("details");
      folded.open ||= [...folded.querySelectorAll("input, select")].some((field) => (field.type === "checkbox" ? field.checked : field.value));
      restored.append(document.getElementById("restored-words").content.cloneNode(true));
      restored.querySelector("button").addEventListener("click", () => {
        clearTimeout(timer);
        dropDraft();
        put({ ...Object.fromEntries([...form.elements].filter((f) => f.name).map((f) => [f.name, [""]])), ...fresh });
        restored.replaceChildren();
        form.querySelector("#id_full_name").focus();
        form.dispatchEvent(new Event("input"));
      });
    };
    if (!kept.set("derisk.probe", "1")) return;
    kept.drop("derisk.probe");
    document.getElementById("draft").hidden = false;
    shared.checked = kept.get(OFF) === "1";
    shared.addEventListener("change", () => {
      if (shared.checked) { clearTimeout(timer); kept.set(OFF, "1"); dropDraft(); } else { kept.drop(OFF); keep(); }
    });
    if (shared.checked) dropDraft(); else restore();
    if (isReturned) { keep(); tab.drop(SENT); }
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, PAUSE); });
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented) { keep(); tab.set(SENT, values().form_id[0]); } });
    document.addEventListener("visibilitychange", () => { if (document.hidden) keep(); });
  };

  // Says how much is left, aloud only after a pause; never cuts.
  const counting = (form) => {
    const text = form.querySelector("#id_needs");
    const count = document.getElementById("count");
    const [seen, heard] = count.querySelectorAll("span");
    const { lang } = document.documentElement;
    // "pt" is Brazil's, and WebKit writes "ar" with the digits of the East: the page writes neither.
    const number = new Intl.NumberFormat(lang === "pt" ? "pt-PT" : lang, { numberingSystem: "latn" });
    let timer = 0;
    const say = () => {
      const left = Number(count.dataset.limit) - [...text.value].length;
      seen.textContent = `${left < 0 ? count.dataset.over : count.dataset.left} ${number.format(Math.abs(left))}`;
      count.classList.toggle("error", left < 0);
      clearTimeout(timer);
      timer = setTimeout(() => { heard.textContent = left < 1000 ? seen.textContent : ""; }, 1000);
    };
    seen.setAttribute("aria-hidden", "true");
    count.hidden = false;
    form.addEventListener("input", say);
    say();
  };

  // Gone back to and sent again, the same words are the same request, though the page has come anew. Kept in this tab
  // alone: the form's number and a checksum, no words.
  const again = (form) => {
    const sum = () => {
      let all = 0;
      for (const [name, value] of new FormData(form)) {
        if (typeof value !== "string" || ["form_id", "made", "came"].includes(name)) continue;
        for (const letter of name + value) all = (Math.imul(all, 31) + letter.codePointAt(0)) | 0;
      }
      return String(all);
    };
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      const id = form.elements.form_id;
      const [sent, last] = (tab.get(LAST) || "").split(" ");
      if (sent === sum()) id.value = last;
      tab.set(LAST, `${sum()} ${id.value}`);
    });
  };

  const once = (form) => {
    let last = -TWICE;
    form.addEventListener("submit", (event) => {
      if (event.timeStamp - last < TWICE) event.preventDefault();
      else last = event.timeStamp;
    });
    window.addEventListener("pageshow", () => { last = -TWICE; });
  };

  const form = document.getElementById("request");
  if (!form) { forgetSent(); return; }
  once(form);
  again(form);
  keeping(form);
  counting(form);
})();
