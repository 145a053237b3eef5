// What a page does more where scripts run: answers while one types, copies, shares. Everything else works without.
"use strict";
(() => {
  const box = document.getElementById("q");
  const answer = document.getElementById("answer");
  const hint = document.getElementById("hint");
  const WAIT = 400; // milliseconds after the last key
  let timer = 0;
  let asking = null;

  const status = (button, text) => {
    const line = button.closest(".row").querySelector("[role=status]");
    line.textContent = "";
    setTimeout(() => { line.textContent = text; }, 50); // so that it is read out again
  };

  const copied = async (text) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.className = "trap";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const prepare = () => {
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.onclick = async () => {
        const done = await copied(document.getElementById(button.dataset.copy).textContent.trim()).catch(() => false);
        status(button, done ? button.dataset.done : button.dataset.failed);
      };
    }
    for (const button of document.querySelectorAll("[data-share]")) {
      if (!navigator.share) continue;
      button.hidden = false;
      button.onclick = () => {
        navigator.share({ text: document.getElementById(button.dataset.share).textContent.trim() }).catch(() => {});
      };
    }
  };
  prepare();
  const linked = location.hash && document.getElementById(location.hash.slice(1));
  if (linked && linked.tagName === "DETAILS") linked.open = true;
  if (!box || !answer || !hint) return;

  const ask = async () => {
    const text = box.value.trim();
    if (asking) asking.abort();
    if (text.length < 2) return;
    asking = new AbortController();
    const form = new FormData(box.form);
    form.delete("notice"); // what is still being typed keeps nothing
    form.set("part", "1");
    hint.textContent = hint.dataset.busy;
    try {
      const got = await fetch("/?" + new URLSearchParams(form), { signal: asking.signal, headers: { accept: "text/html" } });
      if (got.status === 429) { // typed too fast: what stands there stays, and it is asked again when there is room
        clearTimeout(timer);
        timer = setTimeout(ask, 1000 * (Number(got.headers.get("retry-after")) || 5));
        return;
      }
      if (got.status === 204 || !got.ok) {
        answer.replaceChildren();
        hint.textContent = got.ok ? hint.dataset.unclear : "";
        return;
      }
      answer.innerHTML = await got.text(); // rendered and escaped by our own server
      hint.textContent = "";
      prepare();
    } catch (error) {
      if (error.name !== "AbortError") hint.textContent = "";
    }
  };
  const later = (event) => {
    clearTimeout(timer);
    // Letters that are still being put together into characters are not a question.
    if (!event.isComposing) timer = setTimeout(ask, WAIT);
  };
  box.addEventListener("input", later);
  box.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (box.value.trim()) box.form.requestSubmit();
    }
  });
})();
