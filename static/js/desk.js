/* What every page shares: the toast, the status line for screen readers, and the rule for answers that go wrong.
   Loaded first; list.js, pickers.js and keys.js build on `window.desk`. */
"use strict";

/* No styles of its own and no code out of answers, which the CSP forbids; a stale save (409) and a form with errors (422) are
   shown in place. Nothing is kept of pages behind: another person's rows would come back with the back button. What has been
   swapped stands at once as it came, without the classes and the wait that a transition would need. */
Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0,
  attributesToSettle: [],
  defaultSettleDelay: 0,
  timeout: 15000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "4(09|22)", swap: true },
    { code: "...", swap: false, error: true },
  ],
});

window.desk = (() => {
  const TOAST_SECONDS = 10;
  const find = (selector, inside = document) => inside.querySelector(selector);

  /* Two lines, used in turn: the same sentence twice running would not be read out a second time from one line. */
  let turn = 0;
  function say(words) {
    const lines = document.querySelectorAll("#said > *");
    turn = 1 - turn;
    lines[turn].textContent = words;
    lines[1 - turn].textContent = "";
  }

  function toast(words) {
    const box = find("#toast-words").content.firstElementChild.cloneNode(true);
    find("[data-words]", box).textContent = words;
    show(box);
  }

  function show(box) {
    const shelf = find("#toasts");
    for (const older of shelf.children) if (older !== box) older.remove();
    if (box.parentElement !== shelf) shelf.append(box);
    say(find("[data-words]", box).textContent.trim());
    setTimeout(function away() {
      if (box.matches(":hover, :focus-within")) setTimeout(away, 2000);
      else box.remove();
    }, TOAST_SECONDS * 1000);
  }

  /* After an act a record's page is loaded anew: whoever goes by keys or by ear goes on from its heading, not from the top. */
  function beginAtHeading() {
    const heading = document.activeElement === document.body && find(".shell.record main h1");
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }

  /* The server puts its toast into #toasts, with the page or beside a fragment; from then on it is ours to time and to read out. */
  function adopt() {
    const shelf = find("#toasts");
    const isNew = (box) => box.matches?.(".toast") && !box.dataset.seen && (box.dataset.seen = "yes");
    new MutationObserver(() => [...shelf.children].filter(isNew).forEach(show)).observe(shelf, { childList: true });
    if (shelf.children.length) beginAtHeading();
    [...shelf.children].filter(isNew).forEach(show);
  }

  const undo = () => find("#toasts .toast:last-child form:not([data-offer]) button")?.click();

  const motion = () => !matchMedia("(prefers-reduced-motion: reduce)").matches;

  /* A theme is seen as soon as it is chosen, and kept without asking for the whole form. */
  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[name=theme]")) return;
    const theme = event.target.value;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    htmx.ajax("POST", "/me/theme/", { source: event.target.closest("fieldset"), swap: "none", values: { theme } });
  });

  /* Chips stand in one line, which scrolls where it is too long: the one in force is not to be out of sight, and a wheel that only turns
     one way moves it too. */
  function showCurrentChips() {
    for (const line of document.querySelectorAll(".chips")) {
      const chip = [...line.querySelectorAll("[aria-current]")].at(-1); // a saved view stands behind its tab
      if (chip) line.scrollLeft = chip.offsetLeft - (line.clientWidth - chip.offsetWidth) / 2;
    }
  }

  document.addEventListener("DOMContentLoaded", adopt);
  document.addEventListener("DOMContentLoaded", showCurrentChips);
  document.addEventListener("htmx:oobAfterSwap", showCurrentChips);
  document.addEventListener("wheel", (event) => {
    const line = event.target.closest(".chips");
    if (line && !event.deltaX) line.scrollLeft += event.deltaY;
  }, { passive: true });
  document.addEventListener("htmx:sendError", () => toast("No connection. Nothing was changed; try again in a moment."));
  document.addEventListener("htmx:timeout", () => toast("No answer in time. Look at the item before you try again."));
  document.addEventListener("htmx:responseError", (event) => {
    const { status } = event.detail.xhr;
    if (status === 401 || status === 403) toast("You are signed out, or this is not yours to do. Load the page again.");
    else if (status === 404) toast("It is not here any more. Load the page again to see the list as it is.");
    else toast("Our side has a problem. Nothing was changed; try again in a moment.");
  });

  /* htmx refuses its promise too, without a reason, after those events have told of it. */
  window.addEventListener("unhandledrejection", (event) => event.reason === undefined && event.preventDefault());

  /* A menu closes where one goes on elsewhere, and by Esc; from within it one goes on at its button. */
  function closeMenus(besides = null) {
    const open = [...document.querySelectorAll("details.menu[open]")].filter((menu) => !menu.contains(besides));
    for (const menu of open) {
      if (menu.contains(document.activeElement)) find("summary", menu).focus();
      menu.open = false;
    }
    return open.length > 0;
  }
  document.addEventListener("pointerdown", (event) => closeMenus(event.target));

  /* A refused value that is being changed is not refused any more. */
  document.addEventListener("input", ({ target }) => {
    if (target.getAttribute("aria-invalid") !== "true") return;
    target.removeAttribute("aria-invalid");
    for (const id of (target.getAttribute("aria-describedby") || "").split(" ")) {
      const words = id && document.getElementById(id);
      if (words?.matches(".bad")) words.remove();
    }
  });

  /* The digit of a key, by where it lies: on AZERTY it is there with Shift and without. What Shift makes of it elsewhere is no digit. */
  function digit({ code, key, shiftKey }) {
    const there = /^Digit(\d)$/.exec(code)?.[1];
    return there && (key === there || !shiftKey) ? there : "";
  }

  return { find, say, digit, toast, motion, closeMenus };
})();
