/* A large file goes up in pieces, and on where it stopped: behind a lost connection, a closed page, a restarted bank. Without script the form itself is sent. */
"use strict";
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.fetch || !Blob.prototype.arrayBuffer) return;
  const MEGA = 1024 * 1024;
  const AT_ONCE = 4 * MEGA;
  const PIECE = { first: MEGA, min: MEGA / 4, max: 8 * MEGA };
  const QUICK = 1500, SLOW = 8000, PATIENCE = 120000;
  const words = JSON.parse(form.dataset.words);
  const find = (name) => form.querySelector(`[data-upload-${name}]`);
  const say = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const megas = (bytes) => (bytes / MEGA).toFixed(1);

  class Refused extends Error {}
  class Lost extends Error {}
  class Gone extends Error {}
  class Elsewhere extends Error {}

  let controller = null, paused = false, wake = null;

  const token = () => {
    const found = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
    return found ? found.slice(10) : form.querySelector("[name=csrfmiddlewaretoken]").value;
  };

  /* Ask the bank: its answer, or what became of the question. */
  const ask = async (address, options = {}, patience = PATIENCE) => {
    controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), patience);
    const headers = { Accept: "application/json", "X-CSRFToken": token(), ...options.headers };
    let response, told;
    try {
      response = await fetch(address, { ...options, headers, signal: controller.signal, credentials: "same-origin", redirect: "error" });
      told = await response.json().catch(() => null);
    } catch {
      throw new Lost();
    } finally {
      clearTimeout(timer);
    }
    if (response.ok && told) return told;
    if (response.status === 409 && response.headers.has("Upload-Offset")) throw Object.assign(new Elsewhere(), { offset: Number(response.headers.get("Upload-Offset")) });
    const sentence = told && (words.english ? told.title : told.title_zh);
    if (response.status === 507 && sentence) throw Object.assign(new Lost(), { says: sentence });
    if (!told || response.status >= 500 || response.status === 429 || told.code === "deposits.upload.busy") throw Object.assign(new Lost(), { away: response.status === 403 });
    if (told.code === "deposits.upload.not_found") throw new Gone();
    if (told.code === "entrance.sign_in_needed") throw Object.assign(new Lost(), { away: true });
    throw Object.assign(new Refused(sentence), { link: response.headers.get("Location") });
  };

  /* By what the same file is known tomorrow: its ends and when it was last changed. */
  const markOf = async (file) => {
    if (!(window.crypto && crypto.subtle)) return String(file.lastModified);
    const ends = new Blob([file.slice(0, MEGA), file.slice(Math.max(0, file.size - MEGA))]);
    const digest = await crypto.subtle.digest("SHA-256", await ends.arrayBuffer());
    return `${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")}.${file.lastModified}`;
  };

  const start = (file, mark) => {
    const body = new URLSearchParams({ name: file.name, size: String(file.size), mark });
    for (const name of ["place", "title"]) body.set(name, form.elements[name].value);
    return ask(form.dataset.upload, { method: "POST", body });
  };

  const part = async (file, from, to) => {
    try {
      return await file.slice(from, to).arrayBuffer();
    } catch {
      throw new Refused(words.changed);
    }
  };

  const time = (seconds) => (seconds < 90 ? say(words.seconds, { n: Math.max(1, Math.round(seconds)) }) : say(words.minutes, { n: Math.round(seconds / 60) }));

  const show = (file, offset, rate) => {
    const bar = find("bar");
    bar.max = file.size;
    bar.value = offset;
    find("done").textContent = say(words.done, { done: megas(offset), size: megas(file.size) });
    find("left").textContent = rate ? say(words.left, { rate: megas(rate), time: time((file.size - offset) / rate) }) : "";
  };

  const note = (text) => { find("note").textContent = text; };

  /* Wait so many seconds, until the network is back, or until somebody presses the button. */
  const rest = (seconds) => new Promise((resolve) => {
    const timer = seconds ? setTimeout(() => wake(), seconds * 1000) : 0;
    const online = () => { if (!paused) wake(); };
    wake = () => { clearTimeout(timer); removeEventListener("online", online); resolve(); };
    addEventListener("online", online);
  });

  const send = async (file, mark) => {
    let state = null, size = PIECE.first, rate = 0, failures = 0, sure = true;
    for (;;) {
      try {
        if (!state) state = await start(file, mark);
        if (!sure) state = await ask(state.piece);
        sure = true;
        show(file, state.offset, rate);
        note(words.sending);
        while (state.offset < file.size) {
          const began = performance.now(), from = state.offset;
          const body = await part(file, from, Math.min(from + size, file.size));
          state = await ask(state.piece, { method: "PATCH", body, headers: { "Upload-Offset": String(from), "Content-Type": "application/octet-stream" } });
          const took = Math.max(1, performance.now() - began), now = (1000 * (state.offset - from)) / took;
          rate = rate ? 0.7 * rate + 0.3 * now : now;
          failures = 0;
          size = took < QUICK ? Math.min(PIECE.max, size * 2) : took > SLOW ? Math.max(PIECE.min, size / 2) : size;
          show(file, state.offset, rate);
        }
        find("left").textContent = "";
        note(words.finishing);
        const chosen = new URLSearchParams({ all_or_nothing: form.elements.all_or_nothing.value });
        return (await ask(state.finish, { method: "POST", body: chosen }, 5 * PATIENCE)).batch;
      } catch (problem) {
        if (problem instanceof Elsewhere) { state.offset = problem.offset; continue; }
        if (problem instanceof Gone) { state = null; sure = true; if (failures++ > 2) throw new Refused(words.gone); continue; }
        if (!(problem instanceof Lost)) throw problem;
        failures += 1;
        size = Math.max(PIECE.min, size / 2);
        /* A lost answer to the last question is no reason to ask how far the file is: asked again, the bank gives the same answer. */
        sure = !state || state.offset >= file.size;
        if (problem.away) pause(true);
        note(problem.away ? words.away : paused ? words.paused : problem.says || words.lost);
        await rest(paused ? 0 : Math.min(15, 2 ** failures / 2));
      }
    }
  };

  const pause = (on) => {
    paused = on;
    find("pause").textContent = on ? words.go_on : words.pause;
  };

  const begin = async (file) => {
    for (const each of form.querySelectorAll("[data-upload-form]")) each.hidden = true;
    find("error").hidden = true;
    find("state").hidden = false;
    find("name").textContent = file.name;
    pause(false);
    show(file, 0, 0);
    note(words.sending);
    try {
      location.assign(await send(file, await markOf(file)));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      find("text").textContent = problem.message;
      find("link").hidden = !problem.link;
      if (problem.link) find("link").href = problem.link;
      for (const each of form.querySelectorAll("[data-upload-form]")) each.hidden = false;
      find("error").hidden = false;
      find("state").hidden = true;
      find("error").focus();
    }
  };

  form.addEventListener("submit", (event) => {
    const file = form.elements.file.files[0];
    if (!file || file.size <= AT_ONCE) return;
    event.preventDefault();
    begin(file);
  });
  find("pause").addEventListener("click", () => {
    pause(!paused);
    if (paused) { if (controller) controller.abort(); } else if (wake) wake();
  });
})();
