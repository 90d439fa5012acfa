/* Single keys. Letters go by the letter produced, so that QWERTZ and AZERTY work; none acts in a field, with Ctrl, Alt or ⌘,
   or while a letter is being composed. The tick box of a row is no field: only Space and Enter are its own. Every key has a button or a link with the same effect. */
"use strict";

(() => {
  const { find, list, verbs, select, look } = desk;
  const CHORD_MS = 1000;
  let chordUntil = 0;

  const go = (id) => {
    const link = find(`[data-go="${id}"]`);
    if (link) location.assign(link.href);
    return Boolean(link);
  };

  /* The verbs of triage: on every row that nobody has, on a selection, elsewhere where their button is shown. */
  const isOffered = (verb) => find("#rows[data-unclaimed]") || (select.active() && find(`#selbar [value="${verb}"]`)) || find(`.acts :is([data-picker="${verb}"], [data-verb="${verb}"])`);
  /* On the selection, else on the task, else on the row with the cursor where only the bar of selections has the verb. */
  const doVerb = (verb) => select.doVerb(verb) || verbs.doVerb(verb) || select.doVerbHere(verb);

  /* Something new: by the page's own button, else by the one of the palette, for the listing or realtor this page is about. */
  function make(id) {
    const link = find(`[data-go="${id}"]`) || find(`[data-go="${id}"]`, find("#palette-commands").content);
    if (!link) return false;
    const address = new URL(link.getAttribute("href"), location.href);
    const about = (kind) => find(`.shell.record :is(main, .about) a[href^="/${kind}/"]:not(.row a)`)?.pathname.split("/")[2];
    const listing = id === "new" && about("listings");
    const realtor = about("realtors");
    if (!address.search && listing) address.search = `listing=${listing}`;
    else if (!address.search && realtor) address.search = `realtor=${realtor}`;
    if (id === "new" && !listing && realtor) address.pathname = "/agent-tasks/new/";
    location.assign(address);
    return true;
  }

  const UNCLAIMED = "#rows[data-unclaimed] .row";

  /* The sheet shows the keys that do something on this page: each line names what it needs here. */
  const NEEDED = {
    rows: ".row", record: ".shell.record", back: "[data-go=back]", pane: "#pane", live: "[data-live]", filter: "[data-go=filter]",
    views: "#tabs", task: ".row a[href^='/activities/'], .row a[href^='/agent-tasks/'], main [data-item]", remove: "a[href$='/remove/']",
    new: "[data-verb=acknowledge], [data-acknowledge]", take: `${UNCLAIMED}, .acts [data-picker=decline]`,
    triage: `${UNCLAIMED}, .acts [data-picker=duplicate]`, message: "[data-look]",
    selection: "#bulk", ignore: "#selbar [value=ignore]", team: "[data-go=team]", slack: "[data-go=slack]",
  };

  desk.showKeys = () => {
    const sheet = find("#keys");
    for (const line of sheet.querySelectorAll("[data-if]")) line.hidden = !find(NEEDED[line.dataset.if]);
    sheet.showModal();
  };

  const STEPS = { j: 1, k: -1 };
  const PLACES = desk.places = { i: "inbox", m: "my", t: "team", l: "listings", r: "realtors", s: "slack", p: "me" };
  const NAMES = { team: "My team", me: "Profile" };

  /* G waits for a second key and shows which there are, until that has come or the time is over. */
  function beginChord() {
    const steps = find(".shell.record") ? [["J", "Next"], ["K", "Previous"]] : [];
    const places = Object.entries(PLACES).map(([letter, id]) => [letter.toUpperCase(), find(`[data-go="${id}"]`)]).filter(([, link]) => link)
      .map(([letter, link]) => [letter, NAMES[link.dataset.go] || link.textContent.replace(/[\d,+]+/g, "").trim()]);
    find("#chord").replaceChildren("Go to", ...[...steps, ...places].flatMap(([letter, name]) => [Object.assign(document.createElement("kbd"), { textContent: letter }), name]));
    find("#chord").hidden = false;
    chordUntil = Date.now() + CHORD_MS;
    desk.say("Go to…");
    setTimeout(() => Date.now() >= chordUntil && endChord(), CHORD_MS);
  }

  function endChord() {
    chordUntil = 0;
    find("#chord").hidden = true;
  }

  /* A page that asks has its choices numbered like a picker. */
  function choose(digit) {
    const choice = find(`main .option[data-digit="${digit}"]`);
    choice?.click();
    return Boolean(choice);
  }

  const KEYS = {
    j: () => list.move(1),
    k: () => list.move(-1),
    ArrowDown: () => list.move(1),
    ArrowUp: () => list.move(-1),
    Home: list.first,
    End: list.last,
    ArrowLeft: () => list.section(-1),
    ArrowRight: () => list.section(1),
    " ": (event) => list.togglePane(event),
    o: () => list.current() && location.assign(list.link(list.current()).href),
    u: () => go("back"),
    n: () => make("new"),
    N: () => make("new-listing"),
    c: () => verbs.takeOffer() || doVerb("claim"),
    C: () => doVerb("release"),
    a: () => doVerb("assign"),
    e: () => doVerb("complete"),
    d: () => doVerb("due"),
    p: () => doVerb("priority"),
    s: () => doVerb("status"),
    t: () => doVerb("category"),
    l: () => verbs.doVerb("listing"),
    R: () => verbs.changeRealtor(),
    Delete: () => verbs.remove(),
    v: () => verbs.chooseView(),
    V: () => verbs.saveView(),
    h: () => doVerb("snooze"),
    w: () => doVerb("wait"),
    m: () => doVerb("duplicate"),
    1: () => choose(1) || look.doVerb("accept") || verbs.acknowledge() || (isOffered("claim") && doVerb("claim")),
    2: () => choose(2) || look.doVerb("attach") || (isOffered("duplicate") && doVerb("duplicate")),
    3: () => choose(3) || look.doVerb("ignore") || select.doVerbHere("ignore") || (isOffered("decline") && doVerb("decline")),
    4: () => choose(4) || look.doVerb("correct"),
    5: () => choose(5) || look.doVerb("ask") || (isOffered("ask") && doVerb("ask")),
    Enter: (event) => look.enter(event),
    ".": () => desk.live.showNew() && true,
    y: () => desk.trail.copyLink(),
    Y: () => desk.trail.copyLink({ withTitle: true }),
    f: () => verbs.openLink("filter"),
    F: () => go("clear"),
    x: () => select.toggle(),
    X: () => select.page(),
    J: () => select.extend(1),
    K: () => select.extend(-1),
    Escape: () => desk.closeMenus() || select.clear() || go("back"),
    z: () => verbs.undo(),
    Z: () => location.assign("/acts/"),
    g: () => beginChord(),
    "/": () => desk.palette.search(),
    "?": () => desk.showKeys(),
  };

  /* Letters act on the cursor row wherever the focus is. Arrows, Home and End do so from a row or, on a list, from no control at
     all; a record's page they scroll. */
  const NEEDS_ROW = new Set(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"]);

  /* The second key of a chord leads to a place or along the list; any other ends the chord and does nothing by itself. */
  function second(key) {
    endChord();
    const step = find(".shell.record") && STEPS[key];
    return step ? desk.trail.step(step) : go(PLACES[key]);
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    const { target } = event;
    if (verbs.typedAhead(event)) return event.preventDefault();
    if (target.closest("dialog[open]")) { // of one just closed the focus may still be on its way
      if (event.key === "?" && find("#keys")?.open && !target.matches("input, textarea")) find("#keys").close();
      return;
    }
    if (target.matches("input:not(.tick), textarea, select, [contenteditable]")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (NEEDS_ROW.has(event.key) && !target.closest(".row") && !(target === document.body && (list.current() || find("#tabs")))) return;
    if (document.body.dataset.keys === "off" && event.key.length === 1) return;
    const key = desk.digit(event) || (/^[a-z]$/i.test(event.key) ? event.key[event.shiftKey ? "toUpperCase" : "toLowerCase"]() : event.key);
    const inChord = Date.now() < chordUntil;
    if (inChord && (event.key === "Shift" || event.repeat)) return;
    const act = inChord ? () => second(key) : KEYS[key];
    if (!act || (event.repeat && !["j", "k", "J", "K", "ArrowDown", "ArrowUp"].includes(event.key))) return;
    if (act(event) !== false) event.preventDefault();
  }

  /* Ctrl or ⌘ with Enter sends the form one is in, from any of its fields. */
  function onSend(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const field = event.target.matches("input, textarea, select");
    const form = field ? event.target.closest("form") : event.target.closest("form, dialog, #pane") ? null : find("main form.column");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  }

  /* A page that is one form begins in its first field, or in the first that was refused: what is typed is no shortcut then. */
  document.addEventListener("DOMContentLoaded", () => {
    const form = find("main form[data-begin]");
    if (!form || document.activeElement !== document.body || !matchMedia("(hover: hover)").matches) return;
    const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, .option, .btn.primary")];
    (fields.find((field) => field.getAttribute("aria-invalid") === "true") || fields[0])?.focus();
  });

  document.addEventListener("keydown", onSend);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-keys]")) desk.showKeys();
    if (event.target.closest("#keys [data-close]") || event.target.id === "keys") find("#keys").close();
  });
})();
