/* The way between a list and the records in it. A list keeps its cursor, scroll and selection by its address, so that coming back is
   exact, from a page that asks about the selection too; a record knows the list it was opened from, so that G J and G K go along it and an action can lead to the next one.
   All of it lies in this tab's session storage and is gone with the tab. */
"use strict";

(() => {
  const { find, list } = desk;
  const MOST_PAGES = 10;
  const address = location.pathname + location.search;
  const BULK = "bulk";
  const isRecord = () => Boolean(find(".shell.record"));
  const isBulk = () => location.pathname.endsWith("/bulk/");
  const hasRows = () => !isRecord() && Boolean(find(".rows .row"));

  function read(key) {
    try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
  }

  function write(key, value) {
    try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: coming back begins at the top */ }
  }

  /* On a phone the page scrolls, elsewhere the list does. */
  const scroller = () => [find(".rows"), document.scrollingElement].find((box) => box && box.scrollHeight > box.clientHeight && getComputedStyle(box).overflowY !== "visible") || document.scrollingElement;

  function keep() {
    if (isRecord()) return write("desk:from", location.pathname);
    if (isBulk()) return keepAsked();
    sessionStorage.removeItem("desk:from");
    if (!hasRows()) return;
    const items = list.rows().map((row) => list.link(row).pathname);
    const current = list.current();
    const selection = desk.select.kept();
    const isSent = Boolean(find("#bulk[data-sent]"));
    write("desk:trail", { address, title: find("h1")?.textContent || "the list", items });
    write(`desk:place:${address}`, { path: current && list.link(current).pathname, scroll: scroller().scrollTop, number: items.length, selection: isSent ? null : selection });
    write("desk:asked", isSent ? selection : null);
    if (isSent) write("desk:from", BULK);
  }

  /* A page that asks about a selection is left: it stands again in its list only if nothing was done to it. */
  let isAnswered = false;

  function keepAsked() {
    write("desk:from", BULK);
    const key = `desk:place:${read("desk:trail")?.address}`;
    const [place, selection] = [read(key), read("desk:asked")];
    if (place && selection && !isAnswered && find("main [name=verb]")) write(key, { ...place, selection });
  }

  /* Only from a record of this list or from an act on rows of it: a list that is opened by its name begins at its top. */
  async function comeBack() {
    const place = read(`desk:place:${address}`);
    const trail = read("desk:trail");
    const from = read("desk:from") === BULK ? place?.path : read("desk:from");
    if (!hasRows() || !place || trail?.address !== address || !trail.items.includes(from)) return;
    // The record itself or, where it has left the list meanwhile, what came after it.
    const onward = trail.items.slice(trail.items.indexOf(from));
    const rowOf = (path) => list.rows().find((row) => list.link(row).pathname === path);
    const sought = () => onward.map(rowOf).find(Boolean) || rowOf(place.path);
    for (let page = 0; page < MOST_PAGES && list.rows().length < place.number; page += 1) {
      const more = find(".rows .more a[hx-get]");
      if (!more) break;
      await htmx.ajax("GET", more.getAttribute("hx-get"), { source: more, target: more.closest(".more"), swap: "outerHTML" });
    }
    scroller().scrollTop = place.scroll;
    if (sought()) list.place(sought());
    desk.select.restore(place.selection);
  }

  /* The record's trail, if it was opened from a list or reached along one. */
  function trail() {
    const known = read("desk:trail");
    return known?.items.includes(location.pathname) ? known : null;
  }

  function step(by) {
    const known = trail();
    const to = known?.items[known.items.indexOf(location.pathname) + by];
    if (to) location.assign(to);
    else desk.toast(known ? `${by > 0 ? "End" : "Top"} of the list.` : "This was not opened from a list.");
    return true;
  }

  /* What a form on a record's page tells the server of where to go on. */
  function tell(form) {
    if (!isRecord() || form.elements.list) return;
    const known = trail();
    const values = { list: known?.address || "", next: known?.items[known.items.indexOf(location.pathname) + 1] || "" };
    for (const [name, value] of Object.entries(values)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }

  async function copy(words, said) {
    try {
      await navigator.clipboard.writeText(words);
      desk.toast(said);
    } catch {
      desk.toast("The browser does not let us copy. Copy it from the address line.");
    }
  }

  /* The address of what the cursor is on, else of this page; with its title as text for a message. */
  function copyLink({ withTitle = false } = {}) {
    const row = list.current();
    const link = row && list.link(row);
    const href = link ? link.href : location.href;
    const title = (link || find("h1"))?.textContent.trim() || document.title;
    copy(withTitle ? `${title}\n${href}` : href, withTitle ? `Copied: ${title}, with its link` : `Copied: the link to ${title}`);
    return true;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const known = isRecord() && trail();
    const back = find('.crumb [data-go="back"]');
    if (known && back) {
      back.href = known.address;
      back.textContent = known.title;
    }
    comeBack();
  });
  document.addEventListener("submit", ({ target }) => { isAnswered ||= isBulk() && Boolean(target.closest("main")); });
  window.addEventListener("pagehide", keep);

  desk.trail = { step, tell, copy, copyLink };
})();
