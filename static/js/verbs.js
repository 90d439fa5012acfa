/* Doing something to an item: at once, or by way of a picker. Without this file the same forms and links work as plain pages.

   On a list the row in question takes the server's answer: the row as it is now, or, when it no longer belongs to this list,
   the event `desk:left`. On an item's own page forms are sent the plain way and the page comes back. */
"use strict";

desk.verbs = (() => {
  const { find, list } = desk;
  const WITH_PICKER = new Set(["assign", "due", "priority", "fail", "cancel", "reopen", "snooze", "wait", "decline", "duplicate", "status", "category", "listing", "realtor", "remove", "ask"]);
  let opener = null;

  /* The task a key or a button speaks of: the row with the cursor, else the task whose page this is. */
  const TASK = /^\/(activities|agent-tasks)\/[^/]+\/$/;

  function subject() {
    const row = list.current();
    if (row) return TASK.test(list.link(row).pathname) ? { row, address: list.link(row).pathname } : null;
    const page = find("main [data-item]");
    return page && { row: null, address: page.dataset.item };
  }

  /* The row of the task that an address is about: buttons beside the list act on what they are shown with. */
  const rowOf = (address) => document.getElementById(`r${address.split("/")[2]}`);

  function doVerb(verb) {
    const item = subject();
    if (!item) return false;
    const address = `${item.address}${verb}/`;
    if (WITH_PICKER.has(verb)) open(address, item.row);
    else post(address, {}, item.row);
    return true;
  }

  /* An agent task is for one realtor or another; an activity has the one of its listing. */
  function changeRealtor() {
    const item = subject();
    if (!item) return false;
    if (item.address.startsWith("/agent-tasks/")) return doVerb("realtor");
    desk.toast("An activity has the realtor of its listing. Change it there.");
    return true;
  }

  /* Only what shows *Remove* can be removed: the selection, the item with the cursor, or the listing whose page this is. */
  function remove() {
    if (desk.select.active()) return Boolean(find("#selbar [value=remove]")) && desk.select.doVerb("remove");
    const item = subject();
    const link = find(item ? `a[href="${item.address}remove/"]` : 'main .head a[href$="/remove/"]');
    if (link && item) open(link.pathname, item.row);
    else if (link) location.assign(link.href);
    return Boolean(link);
  }

  /* A listing is acknowledged from its row in the inbox or by the button on its own page, while it is new to me. */
  function acknowledge() {
    const form = find(list.current() ? ".row[aria-current] form[data-verb=acknowledge]" : "form[data-acknowledge]");
    form?.requestSubmit();
    return Boolean(form);
  }

  /* Who was too late for a task is offered the next one: C takes it, as long as the cursor has not been moved elsewhere. */
  let lost = "";

  const offered = () => find("#toasts .toast:last-child form[data-offer]");
  const offeredItem = () => offered()?.getAttribute("action").replace(/claim\/$/, "");

  const offeredFor = (row) => list.link(row).pathname === lost && offeredItem();

  function takeOffer() {
    const item = subject();
    if (!offered() || (item?.row && ![lost, offeredItem()].includes(item.address))) return false;
    offered().querySelector("button").click();
    return true;
  }

  function claimOffered(form) {
    const address = form.getAttribute("action");
    const row = rowOf(address);
    const late = find("#rows[data-unclaimed]") && list.current();
    // Whoever takes the next is done with the one that was lost; while the offer stands, the cursor goes to what it offers.
    if (late && list.link(late).pathname === lost) list.leave(late);
    form.closest(".toast").remove();
    if (row) post(address, {}, row);
    else htmx.ajax("POST", address, { source: "#toasts", target: "#toasts", swap: "none" }).then(list.recount);
  }

  let acts = 0;

  function post(address, values, row) {
    acts += 1;
    if (address.endsWith("/claim/")) lost = address.replace(/claim\/$/, "");
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
    desk.trail.tell(form);
    form.submit();
  }

  /* ---- pickers: the verb's own page, asked for as a fragment and shown in a dialog */

  function open(address, row) {
    const dialog = find("#float");
    if (dialog.open || dialog.dataset.loading) return;
    dialog.dataset.loading = "yes";
    dialog.ahead = [];
    dialog.row = row;
    opener = row ? list.link(row) : document.activeElement;
    htmx.ajax("GET", address, { target: dialog, swap: "innerHTML", source: dialog }).finally(() => delete dialog.dataset.loading);
  }

  function shown(dialog) {
    if (!dialog.open) dialog.showModal();
    const first = find("[data-digit]", dialog) ? null : find("form input:not([type=hidden]), form textarea", dialog);
    // Under a thumb a field calls up the keyboard of the screen, which would cover what there is to choose.
    const typing = !find(".option", dialog) || matchMedia("(hover: hover)").matches;
    const field = find("[aria-invalid=true]", dialog) || (typing ? find("[data-filter]", dialog) || first : null);
    (field || find(".option", dialog) || find(".btn.primary", dialog))?.focus();
    field?.select();
    dialog.typed = false;
    if (!find("[data-typed]", dialog)) mark(dialog, 0);
    catchUp(dialog, field);
  }

  /* A picker is on its way: what is typed meanwhile is meant for it, not for the list behind. */
  function typedAhead({ key, repeat }) {
    const dialog = find("#float");
    const isMeant = Boolean(dialog?.dataset.loading) && (key.length === 1 || key === "Enter" || key === "Escape");
    if (isMeant && !repeat) dialog.ahead.push(key);
    return isMeant;
  }

  function catchUp(dialog, field) {
    delete dialog.dataset.loading;
    const keys = dialog.ahead.splice(0);
    const words = keys.filter((key) => key.length === 1).join("");
    if (keys.includes("Escape")) return close(dialog);
    const option = words && !field?.hasAttribute("data-typed") && numbered(dialog, words[0]);
    if (option || (words && !field)) return option?.click();
    if (words) {
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (!keys.includes("Enter")) return;
    const enter = new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true });
    const target = field || document.activeElement;
    if (!target.dispatchEvent(enter)) return;
    if (field) field.form.requestSubmit();
    else target.click();
  }

  const choices = (dialog) => [...dialog.querySelectorAll(".option:not([hidden])")];

  function mark(dialog, to) {
    const all = choices(dialog);
    all.forEach((choice) => choice.removeAttribute("aria-current"));
    const chosen = all[Math.max(0, Math.min(all.length - 1, to))];
    chosen?.setAttribute("aria-current", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    if (document.activeElement.matches(".option")) chosen?.focus();
  }

  const numbered = (dialog, digit) => find(`.option[data-digit="${digit}"]`, dialog);

  /* Arrows move among the choices, Enter applies the marked one; where the field speaks for itself (data-typed), Enter sends
     what was typed unless the arrows have been used since. A digit applies the choice with its number; in such a field,
     where it may begin a date, it marks the choice for Enter. */
  function onKey(event) {
    const dialog = event.currentTarget;
    if (!event.target.matches("[data-filter], .option") || event.isComposing) return;
    const all = choices(dialog);
    const at = all.findIndex((choice) => choice.hasAttribute("aria-current"));
    const digit = !event.ctrlKey && !event.altKey && !event.metaKey && desk.digit(event);
    const option = digit && numbered(dialog, digit);
    const isTyped = event.target.hasAttribute("data-typed");
    if (option && (event.target.matches(".option") || (!isTyped && event.target.value === ""))) {
      event.preventDefault();
      option.click();
    } else if (option && event.target.value === "" && event.key !== digit) {
      event.preventDefault(); // AZERTY writes a sign there, with which nothing begins
      event.target.value = digit;
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (event.key === "Escape") {
      event.preventDefault(); // a search field would only be emptied
      close(dialog);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(dialog, event.key === "ArrowDown" ? at + 1 : at - 1);
      dialog.typed = false;
    } else if (event.key === "Enter" && event.target.matches("[data-filter]") && !event.ctrlKey && !event.metaKey) {
      if (isTyped && (dialog.typed || at < 0)) return;
      event.preventDefault();
      all[at]?.click();
    }
  }

  /* Narrow the choices to those in which words begin as typed; where no choice has them all, as for "mark over" among filters,
     a list marked data-any shows those that have one of them. A field marked data-typed also stands for itself. */
  function narrow(input) {
    const dialog = find("#float");
    const typed = input.value.trim().toLowerCase();
    const meant = /^\d$/.test(typed) && numbered(dialog, typed);
    dialog.typed = typed !== "" && !meant;
    const begun = typed.split(/\s+/);
    const all = [...dialog.querySelectorAll(".option")];
    const has = (choice, word) => ` ${[...choice.querySelectorAll("span, small")].map((part) => part.textContent).join(" ").toLowerCase()}`.includes(` ${word}`);
    const fits = all.filter((choice) => begun.every((word) => has(choice, word)));
    const shown = fits.length || !("any" in input.dataset) ? fits : all.filter((choice) => begun.some((word) => has(choice, word)));
    for (const choice of all) choice.hidden = !meant && !shown.includes(choice);
    mark(dialog, meant ? choices(dialog).indexOf(meant) : 0);
    const none = find("[data-none]", dialog);
    if (none) none.hidden = choices(dialog).length > 0;
  }

  /* Emptied at once: the browser tells of a close only later, and a key pressed before would still be typed into it. */
  function close(dialog) {
    dialog.close();
    cleanUp(dialog);
  }

  function cleanUp(dialog) {
    if (dialog.open || !dialog.firstChild) return;
    dialog.replaceChildren();
    const row = list.current();
    (row ? list.link(row) : opener)?.focus?.({ preventScroll: true });
  }

  function setUp() {
    const dialog = find("#float");
    if (!dialog) return;
    dialog.ahead = [];
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("input", (event) => event.target.matches("[data-filter]") && narrow(event.target));
    dialog.addEventListener("click", (event) => (event.target === dialog || event.target.closest("[data-close]")) && (event.preventDefault(), close(dialog)));
    dialog.addEventListener("close", () => cleanUp(dialog));
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
    if (row.matches(".line-row")) refreshHead();
    else list.refreshPane(row);
  });

  /* What the head of a listing or a realtor, and that of a part of its rows, says follows from the rows. */
  function refreshHead() {
    const parts = [...document.querySelectorAll("#activities .band[id], .file > header[id]")].map((part) => `#${part.id}`);
    htmx.ajax("GET", location.href, { target: ".head", select: ".head", selectOOB: parts.join(), swap: "outerHTML", source: document.body });
  }

  /* ---- undo: the list is asked for again, and the cursor goes to the row that came back */

  const ids = () => new Set(list.rows().map((row) => row.id));

  function undo() {
    const form = find("#toasts .toast:last-child form:not([data-offer])");
    if (find("#rows")) askUndo(form ? form.getAttribute("action") : "/undo/last/");
    else if (form) form.requestSubmit();
    else sendPlain("/undo/last/", {});
  }

  function askUndo(address) {
    if (document.body.dataset.undoing) return;
    document.body.dataset.undoing = "yes";
    htmx.ajax("POST", address, { source: "#toasts", target: "#toasts", swap: "none" }).finally(() => delete document.body.dataset.undoing);
  }

  document.addEventListener("desk:undone", () => {
    const [before, actsThen] = [ids(), acts];
    const was = list.current()?.id;
    list.layAnew().then(() => {
      // Whoever has gone on meanwhile keeps the cursor, and the focus, where they are.
      if (acts !== actsThen) return list.recount();
      const back = list.rows().find((row) => !before.has(row.id));
      const row = back || document.getElementById(was) || list.rows()[0];
      if (row) list.place(row, { follow: false });
      list.refreshPane(row);
      return list.recount();
    });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".toast form") || !find("#rows")) return;
    event.preventDefault();
    if (form.matches("[data-offer]")) return claimOffered(form);
    form.closest(".toast").remove();
    askUndo(form.getAttribute("action"));
  });

  document.addEventListener("desk:left", (event) => {
    const row = event.target.closest(".row");
    const dialog = find("#float");
    if (dialog?.open) close(dialog);
    if (row) list.leave(row);
    list.recount();
  });

  document.addEventListener("htmx:afterRequest", (event) => event.detail.elt?.classList?.remove("busy"));

  /* Forms in the pane, in a picker or under the thumb speak of the row; on an item's own page they go the plain way. */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-verb]")) return;
    if (form.matches("[data-copies]")) desk.look.copy(form);
    const marked = form.closest(".thumbs") && list.current();
    const row = form.closest("#float") ? find("#float").row : form.closest(".row") || marked || (form.closest("#pane") && rowOf(form.getAttribute("action")));
    if (!row) return desk.trail.tell(form);
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    data.delete("csrfmiddlewaretoken");
    post(marked ? `${list.link(row).pathname}${form.dataset.verb}/` : form.getAttribute("action"), Object.fromEntries(data), row);
  });

  /* Links that lead to a verb's page open it as a picker instead. */
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-picker]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const marked = link.closest(".thumbs") && list.current();
    if (marked) open(`${list.link(marked).pathname}${link.dataset.picker}/`, marked);
    else open(link.pathname + link.search, link.closest("#pane") ? rowOf(link.pathname) : null);
  });

  document.addEventListener("DOMContentLoaded", setUp);

  /* The tabs and saved views of this list as a picker; the links are its own. */
  function chooseView() {
    const tabs = [...document.querySelectorAll("#tabs a")];
    const dialog = find("#float");
    if (tabs.length < 2 || dialog.open) return false;
    const picker = find("#view-picker").content.cloneNode(true);
    tabs.forEach((tab, n) => {
      const option = find("template", picker).content.cloneNode(true).firstElementChild;
      option.href = tab.href;
      find("span", option).textContent = tab.textContent;
      find("kbd", option).textContent = n < 9 ? n + 1 : "";
      if (n < 9) option.dataset.digit = n + 1;
      find(".options", picker).append(option);
    });
    dialog.row = null;
    opener = document.activeElement;
    dialog.replaceChildren(picker);
    shown(dialog);
    mark(dialog, tabs.findIndex((tab) => tab.hasAttribute("aria-current")));
    return true;
  }

  function saveView() {
    if (!find("#tabs")) return false;
    const form = find(".save-view");
    if (!form) return desk.toast("There is no filter to keep yet. F adds one.");
    form.closest("details").open = true;
    find("[name=name]", form).focus();
    return true;
  }

  /* A link marked data-picker, opened by its key. */
  function openLink(id) {
    const link = find(`[data-go="${id}"]`);
    if (link) open(link.pathname + link.search, null);
    return Boolean(link);
  }

  return { doVerb, changeRealtor, typedAhead, takeOffer, offeredFor, acknowledge, post, subject, open, openLink, undo, remove, chooseView, saveView };
})();
