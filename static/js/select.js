/* Selecting rows: X, Shift+J/K, Shift+X for the page, once more for all that match. The tick boxes are the selection, so it works
   without this file too; "all that match" fixes its rows when it is pressed, and nothing that comes in later joins them. */
"use strict";

desk.select = (() => {
  const { find, say, list } = desk;
  const byTouch = matchMedia("(hover: none)").matches;
  let all = null;

  const form = () => find("#bulk");
  const KINDS = { activities: "activity", "agent-tasks": "agent_task", listings: "listing", realtors: "realtor", slack: "message" };

  /* A row's item as requests name it: "activity:01J…". */
  function itemOf(row) {
    const [, kind, id] = list.link(row).pathname.split("/");
    return KINDS[kind] ? `${KINDS[kind]}:${id}` : "";
  }

  /* A row's tick box; rows come without, so that a list of fifty stays light, and get one when it is wanted. */
  function box(row) {
    const there = find(".tick", row);
    const item = itemOf(row);
    if (there || !item) return there;
    const tick = document.createElement("input");
    const label = `Select ${list.link(row).textContent}`;
    Object.assign(tick, { type: "checkbox", className: "tick", name: "item", value: item, ariaLabel: label });
    tick.setAttribute("form", "bulk");
    row.prepend(tick);
    return tick;
  }

  const boxes = () => list.rows().map(box).filter(Boolean);
  const ticked = () => [...document.querySelectorAll(".row .tick:checked")];
  const active = () => Boolean(form()) && (all || ticked().length > 0);

  function show() {
    const number = all ? all.length : ticked().length;
    find("#selbar").classList.toggle("shown", number > 0);
    document.body.classList.toggle("selecting", number > 0);
    find("#selcount").textContent = `${number.toLocaleString("en")} selected`;
    form().elements.items.value = all ? all.join(",") : "";
    const offer = find("#select-all");
    const wholePage = number > 0 && list.rows().every((row) => find(".tick:checked", row));
    offer.hidden = !number || Boolean(all) || (wholePage ? !find(".rows .more") : !byTouch); // where there are keys, Shift+X takes the page
    offer.textContent = wholePage ? `Select all ${matching()}that match` : "Select the page";
  }

  /* How many that are, where the head of the list counts just those. */
  function matching() {
    const number = "counted" in form().dataset && /^[\d,]+\+?/.exec(find("#count").textContent);
    return number ? `${number[0]} ` : "";
  }

  function set(row, on) {
    const tick = row && box(row);
    if (!tick) return;
    all = null;
    tick.checked = on;
  }

  function toggle() {
    const row = list.current();
    if (!form() || !row || !box(row)) return false;
    set(row, !box(row).checked);
    show();
    say(box(row).checked ? "Selected." : "Not selected.");
    return true;
  }

  function extend(step) {
    if (!form() || !list.current()) return false;
    set(list.current(), true);
    list.move(step);
    set(list.current(), true);
    show();
    return true;
  }

  /* The page first; pressed again, all that match as they are at this moment. */
  async function page() {
    if (!form()) return;
    if (boxes().some((tick) => !tick.checked)) {
      for (const tick of boxes()) tick.checked = true;
      show();
      say(find("#selcount").textContent);
      return;
    }
    const answer = await fetch(form().dataset.all, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) return desk.toast("The rows could not be fetched. Try again in a moment.");
    all = (await answer.json()).items;
    show();
    say(`All ${all.length} that match are selected.`);
  }

  function clear() {
    if (!active()) return false;
    all = null;
    for (const tick of ticked()) tick.checked = false;
    document.body.classList.remove("selecting");
    show();
    const row = list.current();
    if (row) list.link(row).focus({ preventScroll: true });
    return true;
  }

  /* A row that leaves its list leaves the selection, and the bar counts again; of all that match, which are fixed, the answer tells. */
  function leave(row) {
    const tick = find(".tick:checked", row);
    if (!tick) return;
    tick.checked = false;
    show();
  }

  /* The selection, for a list that will be laid anew; and there again, as far as its rows stand there. */
  const kept = () => (active() ? { ticked: ticked().map((tick) => tick.value), all } : null);

  function restore(selection) {
    if (!form() || !selection) return;
    for (const row of list.rows()) if (selection.ticked.includes(itemOf(row))) set(row, true);
    all = selection.all;
    show();
  }

  /* The verb of a key on the whole selection: the bar's own button is pressed. */
  function doVerb(verb) {
    if (!active()) return false;
    const button = find(`#selbar [name=verb][value="${verb}"]`);
    if (!button) desk.toast("That is done to one row at a time. Clear the selection with Esc.");
    else button.click();
    return true;
  }

  /* The same on the row with the cursor where nothing is selected, for lists without a pane beside them. */
  function doVerbHere(verb) {
    if (!find(`#selbar [name=verb][value="${verb}"]`)) return false;
    if (!active()) set(list.current(), true);
    return doVerb(verb);
  }

  /* Under a finger the whole row is its box while rows are being selected: a tap beside the box must not lead away from the selection. */
  document.addEventListener("click", (event) => {
    const row = byTouch && document.body.classList.contains("selecting") && event.target.closest("#rows .row");
    if (!row || event.target.matches(".tick")) return;
    event.preventDefault();
    event.stopPropagation();
    box(row)?.click();
  }, true);

  document.addEventListener("change", (event) => {
    if (!event.target.matches(".row .tick")) return;
    all = null;
    show();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-clear-selection]")) clear();
    if (event.target.closest("#select-all")) page();
    if (event.target.closest("[data-select-mode]")) {
      event.preventDefault();
      boxes();
      event.target.closest("details").open = false;
      if (!active()) document.body.classList.toggle("selecting");
      const row = list.current();
      if (row) list.link(row).focus({ preventScroll: true });
    }
  });
  document.addEventListener("pointerover", (event) => {
    const row = !byTouch && event.pointerType === "mouse" && form() && event.target.closest?.("#rows .row");
    if (row) box(row);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "bulk") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  /* Back from the next page the browser may restore the ticks: the bar must say so. */
  window.addEventListener("pageshow", () => {
    if (!form()) return;
    delete form().dataset.sent;
    show();
  });

  return { itemOf, toggle, extend, page, clear, leave, kept, restore, doVerb, doVerbHere, active };
})();
