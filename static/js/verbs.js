/* Doing something to an item: at once, or by way of a picker. Without this file the same forms and links work as plain pages.

   On a list the row in question takes the server's answer: the row as it is now, or, when it no longer belongs to this list,
   the event `desk:left`. On an item's own page forms are sent the plain way and the page comes back. */
"use strict";

desk.verbs = (() => {
  const { find, list } = desk;
  const WITH_PICKER = new Set(["assign", "due", "priority", "fail", "cancel", "reopen"]);
  let opener = null;

  /* The task a key or a button speaks of: the row with the cursor, else the task whose page this is. */
  const TASK = /^\/(activities|agent-tasks)\/[^/]+\/$/;

  function subject() {
    const row = list.current();
    if (row) return TASK.test(list.link(row).pathname) ? { row, address: list.link(row).pathname } : null;
    const page = find("[data-item]");
    return page && { row: null, address: page.dataset.item };
  }

  function doVerb(verb) {
    const item = subject();
    if (!item) return false;
    const address = `${item.address}${verb}/`;
    if (WITH_PICKER.has(verb)) open(address, item.row);
    else post(address, {}, item.row);
    return true;
  }

  function post(address, values, row) {
    if (!row) return sendPlain(address, values);
    if (row.classList.contains("busy")) return;
    row.classList.add("busy");
    htmx.ajax("POST", address, { source: row, target: row, swap: "outerHTML", values });
  }

  function sendPlain(address, values) {
    const form = find("#plain-form");
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    form.action = address;
    for (const [name, value] of Object.entries(values)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.submit();
  }

  /* ---- pickers: the verb's own page, asked for as a fragment and shown in a dialog */

  function open(address, row) {
    const dialog = find("#float");
    if (dialog.open || dialog.dataset.loading) return;
    dialog.dataset.loading = "yes";
    dialog.row = row;
    opener = row ? list.link(row) : document.activeElement;
    htmx.ajax("GET", address, { target: dialog, swap: "innerHTML", source: dialog }).finally(() => delete dialog.dataset.loading);
  }

  function shown(dialog) {
    if (!dialog.open) dialog.showModal();
    (find("[aria-invalid=true]", dialog) || find("[data-filter], [autofocus]", dialog) || find("button, input", dialog))?.focus();
    mark(dialog, 0);
  }

  const choices = (dialog) => [...dialog.querySelectorAll(".option:not([hidden])")];

  function mark(dialog, to) {
    const all = choices(dialog);
    all.forEach((choice) => choice.removeAttribute("aria-current"));
    if (all.length) all[Math.max(0, Math.min(all.length - 1, to))].setAttribute("aria-current", "true");
  }

  function onKey(event) {
    const dialog = event.currentTarget;
    const all = choices(dialog);
    const at = all.findIndex((choice) => choice.hasAttribute("aria-current"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.target.matches("textarea, select, input[type=radio]") || event.target.closest(".month")) return;
      event.preventDefault();
      mark(dialog, at + (event.key === "ArrowDown" ? 1 : -1));
      choices(dialog).find((choice) => choice.hasAttribute("aria-current"))?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && event.target.matches("[data-filter]") && !event.isComposing) {
      const typed = event.target.value.trim();
      if (typed && event.target.hasAttribute("data-typed")) return;
      event.preventDefault();
      all[at]?.click();
    } else if (/^[0-9]$/.test(event.key) && !event.target.matches("input, textarea, select")) {
      dialog.querySelector(`.option[data-digit="${event.key}"]`)?.click();
    }
  }

  /* Narrow the choices to those with a word that begins as typed. A field marked data-typed also stands for itself. */
  function narrow(input) {
    const dialog = find("#float");
    const typed = input.value.trim().toLowerCase();
    for (const choice of dialog.querySelectorAll(".option")) {
      choice.hidden = Boolean(typed) && !choice.textContent.toLowerCase().split(/\s+/).some((word) => word.startsWith(typed.split(/\s+/)[0])) && !choice.textContent.toLowerCase().includes(typed);
    }
    mark(dialog, 0);
    const none = find("[data-none]", dialog);
    if (none) none.hidden = choices(dialog).length > 0;
  }

  function close(dialog) {
    dialog.close();
  }

  function setUp() {
    const dialog = find("#float");
    if (!dialog) return;
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("input", (event) => event.target.matches("[data-filter]") && narrow(event.target));
    dialog.addEventListener("click", (event) => (event.target === dialog || event.target.closest("[data-close]")) && (event.preventDefault(), close(dialog)));
    dialog.addEventListener("close", () => {
      dialog.replaceChildren();
      const row = list.current();
      (row ? list.link(row) : opener)?.focus?.({ preventScroll: true });
    });
  }

  /* ---- what comes back */

  document.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    if (target.id === "float") shown(target);
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.classList?.contains("row")) event.detail.target.dataset.wasCurrent = event.detail.target.hasAttribute("aria-current") ? "yes" : "";
  });

  document.addEventListener("htmx:load", (event) => {
    const row = event.target.matches?.(".row") ? event.target : null;
    if (!row) return;
    const dialog = find("#float");
    if (dialog?.open) close(dialog);
    const inPane = document.activeElement?.closest?.("#pane");
    if (!list.current()) list.place(row, { focus: !inPane, follow: false });
    else list.link(row).tabIndex = -1;
    list.refreshPane(row);
  });

  document.addEventListener("desk:left", (event) => {
    const row = event.target.closest(".row");
    const dialog = find("#float");
    if (dialog?.open) close(dialog);
    if (row) list.leave(row);
  });

  document.addEventListener("htmx:afterRequest", (event) => event.detail.elt?.classList?.remove("busy"));

  /* Forms in the pane, in a picker or under the thumb speak of the row; on an item's own page they go the plain way. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-verb]")) return;
    const row = form.closest("#float") ? find("#float").row : form.closest("#pane, .thumbs") && list.current();
    if (!row) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    data.delete("csrfmiddlewaretoken");
    const address = form.closest(".thumbs") ? `${list.link(row).pathname}${form.dataset.verb}/` : form.getAttribute("action");
    post(address, Object.fromEntries(data), row);
  });

  /* Links that lead to a verb's page open it as a picker instead. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-picker]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const row = link.closest("#pane, .thumbs") ? list.current() : null;
    const address = link.closest(".thumbs") && row ? `${list.link(row).pathname}${link.dataset.picker}/` : link.pathname + link.search;
    open(address, row);
  });

  document.addEventListener("DOMContentLoaded", setUp);

  return { doVerb, subject, open };
})();
