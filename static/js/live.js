/* A list that stays true while it is looked at. Every five seconds it asks whether anything has changed (a 304 costs next to
   nothing). Rows on screen are put right where they stand, rows that have gone leave, new ones wait behind a button. The cursor,
   the scroll, a selection, an open picker and half-typed text are never disturbed. */
"use strict";

(() => {
  const { find, list, say } = desk;
  const EVERY_MS = 5000;
  const HIDDEN_PARTS = ["s", "m"];
  let etag = "";
  let lostSince = null;
  let asking = false;
  let isTyped = false;

  const line = () => find("#newer");
  const isBusy = () => find("dialog[open]") || document.activeElement?.matches("input:not(.tick), textarea, select") || document.body.dataset.undoing || find(".row.busy, .row.leaving");

  async function ask() {
    if (!find("#rows[data-live]") || document.hidden || asking || isBusy()) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {} });
      if (lostSince) found();
      if (answer.redirected) return location.reload();
      if (answer.status !== 200) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (isBusy()) return;
      etag = answer.headers.get("ETag") || "";
      await take(page);
    } catch {
      lost();
    } finally {
      asking = false;
    }
  }

  async function take(page) {
    const fresh = new Map([...page.querySelectorAll("#rows .row")].map((row) => [row.id, row]));
    for (const row of list.rows()) if (fresh.has(row.id)) putRight(row, fresh.get(row.id));
    for (const id of ["count", "tabs", "kinds", "places", "teams", "load"]) {
      const [here, there] = [document.getElementById(id), page.getElementById(id)];
      if (here && there && here.innerHTML !== there.innerHTML && !here.contains(document.activeElement)) here.innerHTML = there.innerHTML;
    }
    const missing = list.rows().filter((row) => !fresh.has(row.id));
    if (missing.length) await letGo(missing);
    const here = new Set([...document.querySelectorAll(".row")].map((row) => row.id));
    const order = [...fresh.keys()];
    // Where rows stand on a next page, those behind the last one here have only moved up: nothing has come in.
    const end = find(".rows .more") ? order.findLastIndex((id) => here.has(id)) : order.length;
    offer(order.slice(0, end < 0 ? order.length : end).filter((id) => !here.has(id)).length);
  }

  /* The words of a row change, the row itself stays: its focus, its tick and its place. The pane that shows it follows. */
  function putRight(row, fresh) {
    const before = wordsOf(row);
    const [title, freshTitle] = [list.link(row), list.link(fresh)];
    if (title.innerHTML !== freshTitle.innerHTML) title.innerHTML = freshTitle.innerHTML;
    for (const part of HIDDEN_PARTS) {
      const [old, now] = [find(`.${part}`, row), find(`.${part}`, fresh)];
      if (old && now && old.innerHTML !== now.innerHTML) old.innerHTML = now.innerHTML;
    }
    const [bars, freshBars] = [find(".prio", row), find(".prio", fresh)];
    if (bars && freshBars && bars.className !== freshBars.className) bars.replaceWith(freshBars);
    if (row.hasAttribute("aria-current") && before !== wordsOf(row)) follow(row);
  }

  const wordsOf = (row) => `${row.textContent}${find(".prio", row)?.className}`;

  /* Never under the hand: while something is chosen or has been typed there, the pane stays as it is. */
  function follow(row) {
    if (!isTyped && !find("dialog[open]") && !document.activeElement?.closest("#pane")) list.refreshPane(row);
  }

  /* A row may only stand on the next page now: the server says which have really gone, and who has them, and what the others say. */
  async function letGo(rows) {
    const items = new Map(rows.map((row) => [desk.select.itemOf(row) || row.id, row]));
    const address = new URL(location.href);
    address.searchParams.set("state", [...items.keys()].join(","));
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return;
    const told = [];
    const { gone, rows: held = "" } = await answer.json();
    for (const fresh of new DOMParser().parseFromString(held, "text/html").querySelectorAll(".row")) {
      const row = document.getElementById(fresh.id);
      if (row) putRight(row, fresh);
    }
    for (const [item, why] of Object.entries(gone)) {
      const row = items.get(item);
      const title = list.link(row).textContent;
      const isWanted = row.hasAttribute("aria-current") && !desk.verbs.offeredFor(row);
      if (isWanted || find(".tick:checked", row)) told.push(`${why} ${title}`);
      list.leave(row, { refocus: row.contains(document.activeElement) });
    }
    if (told.length) desk.toast(told.length > 2 ? `${told[0]}, and ${told.length - 1} more have left` : told.join(" · "));
  }

  function offer(number) {
    const button = line();
    button.hidden = number === 0;
    if (!number) return;
    const words = `${number} new`;
    const label = find("[data-words]", button);
    if (label.textContent !== words) say(`${words}. Press full stop to show.`);
    label.textContent = words;
  }

  /* Only when asked for: the list is laid anew and the cursor goes back to its row. */
  async function showNew() {
    if (line()?.hidden !== false) return false;
    line().hidden = true;
    const was = list.current()?.id;
    await list.layAnew();
    const row = document.getElementById(was) || list.rows()[0];
    if (row) list.place(row, { follow: false });
    return true;
  }

  function lost() {
    if (lostSince) return;
    lostSince = new Date();
    const strip = find("#offline");
    if (!strip) return;
    const at = lostSince.toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    find("[data-words]", strip).textContent = `No connection since ${at}. The list is as it was then; nothing is lost.`;
    strip.hidden = false;
    say("No connection.");
  }

  function found() {
    lostSince = null;
    const strip = find("#offline");
    if (strip) strip.hidden = true;
    say("Connected again.");
  }

  document.addEventListener("input", (event) => { isTyped ||= Boolean(event.target.closest("#pane")); });
  document.addEventListener("desk:shown", () => { isTyped = false; });
  document.addEventListener("click", (event) => event.target.closest("#newer") && showNew());
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("online", ask);
  document.addEventListener("DOMContentLoaded", () => find("#rows[data-live]") && setInterval(ask, EVERY_MS));

  desk.live = { showNew, ask };
})();
