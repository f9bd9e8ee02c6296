/* What HTML cannot do by itself: keys, printing, dialogs, counting ticked boxes, second clicks. Every page works without it. No eval, no inline handlers. */
"use strict";
(() => {
  const off = "creditbank.keys.off";
  const typing = (target) => target.closest("input:not([type=radio],[type=checkbox]), textarea, select, [contenteditable]");
  const stored = () => { try { return localStorage.getItem(off); } catch { return null; } };
  const store = (value) => { try { value ? localStorage.setItem(off, "1") : localStorage.removeItem(off); } catch { /* a private window */ } };
  let keys = !stored();

  const pressed = (event) => (event.ctrlKey || event.metaKey ? "ctrl " : "") + event.key.toLowerCase();
  document.addEventListener("keydown", (event) => {
    if (!keys || event.altKey || event.isComposing || event.repeat || document.querySelector("dialog[open]:not(.shown)")) return;
    const name = pressed(event);
    if (!name.startsWith("ctrl ") && typing(event.target)) return;
    for (const element of document.querySelectorAll("[data-key]")) {
      if (element.dataset.key.toLowerCase() !== name) continue;
      event.preventDefault();
      element.click();
      return;
    }
  });

  /* A single letter as a command must be possible to switch off (WCAG 2.1.4): the switch is in the foot of pages that have any. */
  const showSwitch = () => {
    const place = document.querySelector("[data-keys]");
    if (!place) return;
    place.hidden = !document.querySelector("[data-key]");
    place.firstElementChild.setAttribute("aria-pressed", String(keys));
  };

  const count = (form) => {
    const bulk = form && form.querySelector("[data-bulk]");
    if (!bulk) return;
    const ticked = form.querySelectorAll(".check:checked").length;
    bulk.querySelector("[data-bulk-count]").textContent = String(ticked);
    bulk.classList.toggle("bulk--on", ticked > 0);
    for (const box of form.querySelectorAll("tr .check")) box.closest("tr").classList.toggle("on", box.checked);
  };

  document.addEventListener("change", (event) => { if (event.target.matches(".check")) count(event.target.form); });
  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest(selector);
    if (hit("[data-prints]")) window.print();
    if (hit("[data-keys] button")) { keys = !keys; store(!keys); showSwitch(); }
    const opener = hit("[data-opens]");
    const dialog = opener && document.getElementById(opener.dataset.opens);
    if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    const closer = hit("[data-closes]");
    if (closer && closer.closest("dialog:not(.shown)")) { event.preventDefault(); closer.closest("dialog").close(); }
    const all = hit("[data-bulk-all]");
    if (all) {
      for (const box of all.form.querySelectorAll(".check")) box.checked = true;
      count(all.form);
    }
  });

  /* A second click on the same button asks for the same thing again, and would be told that it is done already. */
  const again = 3000;
  let sent = new WeakMap();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (event.timeStamp - sent.get(event.submitter || form) < again) event.preventDefault();
    else sent.set(event.submitter || form, event.timeStamp);
  });
  window.addEventListener("pageshow", () => { sent = new WeakMap(); });

  const dress = () => {
    showSwitch();
    for (const all of document.querySelectorAll("[data-bulk-all]")) { all.hidden = !all.form; count(all.form); }
    for (const print of document.querySelectorAll("button[data-prints]")) print.hidden = false;
  };
  dress();
  document.addEventListener("htmx:afterSettle", dress);
})();
