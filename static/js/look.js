/* Keys on a message that needs a look: 1 accept, 2 attach, 3 not a request, 4 correct, 5 ask, Enter make. Beside the list they act on
   the row with the cursor, on a message's own page on that message. Without this file the same forms and links work as plain pages. */
"use strict";

desk.look = (() => {
  const { find, list, verbs } = desk;
  let later = null;

  /* The row and address that a key speaks of; nothing anywhere else than on messages that need a look. */
  function subject() {
    if (find("#rows[data-looks]")) {
      const row = list.current();
      return row && { row, address: list.link(row).pathname };
    }
    const part = find("[data-look]");
    return part && { row: null, address: part.dataset.look };
  }

  /* Do something with the message's fields, once the pane shows the row with the cursor. Where there is no pane, its page opens. */
  function withPart({ row, address }, act) {
    const pane = find("#pane");
    const part = find(`[data-look="${address}"]`);
    if (part && !pane?.inert) act(part, row);
    else if (row && !pane?.checkVisibility()) location.assign(address);
    else {
      later = { address, act };
      if (!list.isPaneComing()) list.refreshPane(row); // the last time it was asked for, something went wrong
    }
  }

  const send = (form, row, submitter) => {
    const data = new FormData(form, submitter);
    data.delete("csrfmiddlewaretoken");
    const values = {};
    for (const name of data.keys()) values[name] = data.getAll(name);
    verbs.post(submitter?.getAttribute("formaction") || form.getAttribute("action"), values, row);
  };

  /* The question in this part of the page, for pasting; also of a task's picker. */
  function copy(part) {
    const question = find("[data-question]", part);
    const words = question.textContent;
    const fallback = () => {
      getSelection().selectAllChildren(question);
      document.execCommand("copy");
      getSelection().removeAllRanges();
    };
    if (navigator.clipboard) navigator.clipboard.writeText(words).catch(fallback);
    else fallback();
  }

  const VERBS = {
    /* What would be changed goes along as it was seen, so that a newer change is not written over. Of what a message asks for besides,
       the lines that are ticked are made. */
    accept: ({ row, address }) => {
      const form = find(`[data-look="${address}"] form[data-main]`);
      if (form?.matches("[action$='/besides/']")) return VERBS.make({ row, address });
      const seen = form ? [...new FormData(form)].filter(([name]) => name === "edits" || name.startsWith("initial-")) : [];
      verbs.post(`${address}accept/`, Object.fromEntries(seen), row);
    },
    ignore: ({ row, address }) => verbs.post(`${address}ignore/`, {}, row),
    make: (item) => withPart(item, (part, row) => {
      const form = find("form[data-main]", part);
      if (row) send(form, row);
      else form.requestSubmit();
    }),
    correct: (item) => withPart(item, (part) => {
      const field = find(".asks :is(input, select)", part) || find(".reading :is(input, select)", part) || find("form[data-main] [name=besides]", part);
      field.focus();
    }),
    attach: (item) => withPart(item, (part) => {
      const field = find("#attach [name=item]", part) || find("#attach [name=other]", part);
      if (field.type === "radio") field.checked = true;
      field.focus();
    }),
    ask: (item) => withPart(item, (part) => find("#ask", part).requestSubmit()),
  };

  function doVerb(verb) {
    const item = subject();
    // A key that waits for the pane is not overtaken: Enter after 2 is meant for the choice that is about to appear.
    if (!item || later || item.row?.classList.contains("busy")) return Boolean(item);
    VERBS[verb](item);
    return true;
  }

  /* Enter on a row makes; on a link or a button it does what they do. */
  const enter = ({ target }) => find("#rows[data-looks]") !== null && find("#pane")?.checkVisibility() && (target === document.body || target.matches(".row a.t")) && doVerb("make");

  document.addEventListener("desk:shown", () => {
    const wanted = later;
    later = null;
    const row = list.current();
    const part = wanted && find(`#pane [data-look="${wanted.address}"]`);
    if (part && row && list.link(row).pathname === wanted.address) wanted.act(part, row);
  });

  /* It did not come, and the page says so: the key may be pressed again. */
  for (const fault of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(fault, ({ detail }) => { if (detail.elt.id === "pane") later = null; });

  /* Another row has the cursor: what was meant for the former is forgotten. Placed on the same row again, it is not. */
  document.addEventListener("desk:cursor", () => {
    const row = list.current();
    if (later && !(row && list.link(row).pathname === later.address)) later = null;
  });

  /* What was refused comes back into the pane, with the field that needs a change under the cursor. */
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "pane") return;
    const field = find("#pane [aria-invalid=true]") || (find("#pane [role=alert]") && find("#pane .reading :is(input, select)"));
    field?.focus();
  });

  document.addEventListener("desk:asked", () => list.move(1));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const part = form.closest("[data-look]");
    if (!part || form.matches("[data-plain]")) return;
    if (form.id === "ask") copy(part);
    const row = part.closest("#pane") && document.getElementById(`r${part.dataset.look.split("/")[2]}`);
    if (!row) return;
    event.preventDefault();
    send(form, row, event.submitter);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest(":is([data-look], .thumbs) a[data-key]");
    if (link && doVerb(link.dataset.key)) event.preventDefault();
  });

  /* What would be made follows type and date; a line that is not wanted stays so. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-look] form[data-main]");
    if (!form || !["what", "due_date", "due_choice"].includes(event.target.name)) return;
    const box = find("[data-makes]", form);
    if (!box) return;
    const data = new FormData(form);
    const values = Object.fromEntries(["what", "due_date", "due_choice", "offered", "line"].map((name) => [name, data.getAll(name)]));
    htmx.ajax("GET", box.dataset.makes, { target: box, swap: "innerHTML", source: box, values });
  });

  /* Esc in a field: back to the row. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !event.target.closest("#pane [data-look]")) return;
    const row = list.current();
    if (row) list.link(row).focus();
  });

  return { doVerb, enter, copy };
})();
