/* The cursor in a list: one row is marked, holds the focus (roving tabindex) and is shown in the pane. */
"use strict";

desk.list = (() => {
  const { find, say } = desk;
  const PANE_DELAY = 110;
  const EDGE = 40;
  const COUNT_DELAY = 900;
  let paneTimer = 0;

  const rows = () => [...document.querySelectorAll(".row:not(.leaving)")].filter((row) => row.checkVisibility());
  const current = () => find(".row[aria-current]");
  const link = (row) => find("a.t", row);

  function place(row, { focus = true, follow = true } = {}) {
    if (!row) return;
    for (const other of document.querySelectorAll(".row")) {
      if (other !== row) other.removeAttribute("aria-current");
      link(other).tabIndex = other === row ? 0 : -1;
    }
    row.setAttribute("aria-current", "true");
    if (focus) {
      link(row).focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
    document.dispatchEvent(new CustomEvent("desk:cursor", { detail: row }));
    if (follow) showInPane(row);
  }

  /* What the pane is to show, and what it is being asked for. Only the answer to the newest wish counts: an older one would be taken
     for it, or lay it anew under the hand. */
  let wish = null;
  let asked = null;

  /* The row's own address, asked for as a fragment, is the pane. The wait keeps a held J from asking for every row it passes. */
  function showInPane(row) {
    const pane = find("#pane[data-follow]");
    if (!pane || !pane.checkVisibility()) return;
    clearTimeout(paneTimer);
    const address = link(row).pathname;
    // Until it shows the row with the cursor, its buttons would act on another one.
    pane.inert = pane.dataset.shown !== address;
    wish = pane.inert ? { address } : null;
    if (wish) paneTimer = setTimeout(ask, PANE_DELAY);
  }

  function ask() {
    wish.rested = true;
    if (asked) return;
    asked = wish;
    const pane = find("#pane");
    htmx.ajax("GET", wish.address, { target: pane, swap: "innerHTML", source: pane });
  }

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.elt.id === "pane" && asked !== wish) detail.shouldSwap = false;
  });

  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.id !== "pane") return;
    const isNewest = asked === wish;
    asked = null;
    if (!isNewest) {
      if (wish?.rested) ask();
      return;
    }
    wish = null;
    if (!detail.successful) return;
    detail.elt.dataset.shown = detail.pathInfo.requestPath;
    detail.elt.inert = false;
    document.dispatchEvent(new CustomEvent("desk:shown"));
  });

  function refreshPane(row = current()) {
    const pane = find("#pane[data-follow]");
    if (!pane) return;
    delete pane.dataset.shown;
    if (row) showInPane(row);
  }

  function clearPane() {
    const pane = find("#pane");
    if (!pane) return;
    clearTimeout(paneTimer);
    wish = null;
    delete pane.dataset.shown;
    pane.replaceChildren();
    pane.inert = false;
  }

  const isPaneComing = () => wish !== null;

  /* Never wraps: at either end the cursor stays and says so. */
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    const to = at < 0 ? 0 : at + step;
    if (!all[to]) say(step > 0 ? "End of the list." : "Top of the list.");
    place(all[Math.max(0, Math.min(all.length - 1, to))]);
  }

  /* The peek pane, from a row: away and back again. */
  function togglePane(event) {
    const pane = find("#pane[data-follow]");
    if (!pane || !event.target.closest(".row") || event.target.matches(".tick")) return false;
    const hidden = find(".shell").classList.toggle("plain");
    pane.hidden = hidden;
    if (!hidden) refreshPane();
    return true;
  }

  const first = () => place(rows()[0]);
  const last = () => place(rows().at(-1));

  /* The first row of the next section; where there is none, the next tab of the list. */
  function section(step) {
    const heads = [...document.querySelectorAll(".rows > ul")].filter((list) => find(".row:not(.leaving)", list));
    const at = heads.findIndex((list) => list.contains(current()));
    const to = heads[at + step];
    if (to) place(find(".row:not(.leaving)", to));
    else tab(step);
  }

  function tab(step) {
    const tabs = [...document.querySelectorAll("#tabs a")];
    const at = tabs.findLastIndex((link) => link.hasAttribute("aria-current")); // a saved view stands behind its tab
    const to = tabs[at + step];
    if (to) location.assign(to.href);
    else say(step > 0 ? "Nothing further to the right." : "Nothing further to the left.");
  }

  /* The row that takes over when this one leaves: the next, or at the end the one before. */
  function heir(row) {
    const all = rows();
    const offered = desk.verbs.offeredFor(row);
    const next = offered && all.find((other) => other !== row && link(other).pathname === offered);
    if (next) return next;
    const at = all.indexOf(row);
    return all[at + 1] || all[at - 1];
  }

  function leave(row, { refocus = true } = {}) {
    const next = heir(row);
    const had = row.hasAttribute("aria-current") || row.contains(document.activeElement);
    row.classList.add("leaving");
    desk.select.leave(row);
    row.removeAttribute("aria-current");
    if (had) place(next, { focus: refocus });
    const list = row.parentElement;
    setTimeout(() => {
      row.remove();
      if (!find(".row", list)) {
        if (list.previousElementSibling?.matches(".day")) list.previousElementSibling.remove();
        list.remove();
      }
      if (!find(".row")) showNone();
    }, desk.motion() ? 130 : 0);
  }

  /* What a list says when its last row has left; what stands below the rows stays. */
  function showNone() {
    const none = find("#none-left");
    if (none) find(".rows").replaceChildren(none.content.cloneNode(true), ...document.querySelectorAll("#load"));
    clearPane();
  }

  /* The rows as they are now, where they stand on the screen: left alone, the browser would hold on to a row that goes and
     scroll to the end. */
  async function layAnew() {
    const boxes = [find(".rows"), document.scrollingElement];
    const places = boxes.map((box) => box.scrollTop);
    const selection = desk.select.kept();
    await htmx.ajax("GET", location.href, { target: "#rows", swap: "innerHTML", source: "#rows" });
    boxes.forEach((box, n) => { box.scrollTop = places[n]; });
    desk.select.restore(selection);
  }

  /* Numbers beside tabs, places and teams: asked for once the hand rests, so that a quick run of acts costs one question. */
  let countTimer = 0;
  function recount() {
    clearTimeout(countTimer);
    countTimer = setTimeout(() => {
      if (document.hidden || !find("#rows") || !find("#count")) return;
      htmx.ajax("GET", location.href, { source: "#count", target: "#count", swap: "outerHTML", select: "#count", selectOOB: ["#places", "#teams", "#tabs", "#kinds", "#load"].filter((part) => find(part)).join() });
    }, COUNT_DELAY);
  }

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".row");
    if (row && event.target.matches("a.t, .tick") && !row.hasAttribute("aria-current")) place(row, { focus: false });
  });

  /* With a pane beside the list a click marks and shows; a double click, or any with a modifier, opens the page. Without
     one, as on a phone, a tap opens the page, and only a tap on the bars at the row's edge marks it for the thumb buttons. */
  document.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row || event.target.matches(".tick") || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const pane = find("#pane[data-follow]");
    const marks = pane?.checkVisibility() ? event.detail < 2 : event.clientX - row.getBoundingClientRect().left < EDGE;
    if (!marks || !event.detail) return; // a click without a count comes from Enter, which opens
    event.preventDefault();
    place(row);
  });

  document.addEventListener("DOMContentLoaded", () => {
    const start = current() || rows()[0];
    const isList = !find(".shell.record");
    if (start && isList) place(start, { focus: false, follow: !find("#pane .title") });
  });

  return { rows, current, place, togglePane, move, first, last, section, leave, layAnew, refreshPane, isPaneComing, recount, link };
})();
