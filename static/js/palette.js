/* The command palette (Ctrl or ⌘ with K): what can be done here, where one can go, and what the search finds.

   Opening asks the server nothing: commands are the page's own buttons and links, under their own names and keys, and recent
   items are kept by the browser. What is typed is looked for by the search page, whose fragment is a list of options. */
"use strict";

desk.palette = (() => {
  const { find, list, verbs } = desk;
  const TYPING_MS = 120;
  const RECENT_KEPT = 8;
  const RECENT_SHOWN = 5;
  const MATCHES_SHOWN = 6;
  const CURRENT_SHOWN = 7;
  const ITEM = /^\/(activities|agent-tasks|listings|realtors|slack)\/[0-9A-Z]{26}\/$/;
  const ICONS = { activities: "home", "agent-tasks": "person", listings: "home", realtors: "person", slack: "chat" };
  const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

  let dialog, input, hits, commandPart, foundPart, itemPart, opener;
  let here = [];          // the commands of this page, gathered when the palette opens
  let timer = 0;
  let request = null;     // the one question on its way
  let enterWaits = null;  // Enter pressed while it was: act on the first hit when it is here

  /* ---- words */

  const fold = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const wordsOf = (text) => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

  /* Every typed word begins a word of the label: then the places to mark, else nothing. */
  function matches(label, typed) {
    const starts = [...label.matchAll(/[\p{L}\p{N}]+/gu)];
    const places = typed.map((word) => starts.find((start) => fold(start[0]).startsWith(word)));
    return places.every(Boolean) && places.map((start, n) => [start.index, start.index + typed[n].length]).sort((a, b) => a[0] - b[0]);
  }

  function marked(label, places) {
    const pieces = [];
    let at = 0;
    for (const [from, to] of places) {
      if (from < at) continue;
      pieces.push(label.slice(at, from), Object.assign(document.createElement("mark"), { textContent: label.slice(from, to) }));
      at = to;
    }
    return [...pieces, label.slice(at)];
  }

  /* ---- commands: the page's own buttons and links */

  const labelOf = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("kbd, .n, svg, .hidden + .hidden").forEach((part) => part.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const keysOf = (element) => [...element.querySelectorAll("kbd")].map((key) => key.textContent);

  const commandsIn = (box) => [...box.querySelectorAll("a[href], button")]
    .filter((element) => !element.hidden && !element.matches("[popovertarget], [data-palette], [data-clear-selection]"))
    .map((element) => ({ label: labelOf(element), keys: keysOf(element), icon: "arrow", run: () => element.click() }))
    .filter((command) => command.label);

  /* What the keys would act on: the selection, the row with the cursor, or the item whose page this is. */
  function current() {
    if (desk.select.active()) return { title: `For the ${find("#selcount").textContent}`, commands: commandsIn(find("#selbar")) };
    const row = list.current();
    if (!row) {
      const acts = find("main .acts, .pane .acts");
      const name = find("main h1, .title")?.textContent.trim() || "this";
      return { title: `For “${shorten(name)}”`, commands: acts ? commandsIn(acts) : [] };
    }
    const link = list.link(row);
    const name = link.textContent.trim();
    const pane = find("#pane");
    const acts = pane?.checkVisibility() && find(`a.title[href="${link.pathname}"]`, pane) ? find(".acts", pane) : find(".thumbs");
    const commands = acts?.checkVisibility() ? commandsIn(acts) : [];
    return { title: `For “${shorten(name)}”`, commands: [...commands, ...itemCommands(link.href, name, ["O"])] };
  }

  /* The buttons at the head of the page, and what is possible everywhere. */
  function pageCommands() {
    const bar = find("main .bar");
    const own = bar ? commandsIn(bar).filter((command) => command.label !== "Search") : [];
    const known = new Set(own.map((command) => command.label));
    return [...own, ...general().filter((command) => !known.has(command.label))];
  }

  function itemCommands(href, name, openKeys) {
    return [
      { label: "Open", keys: openKeys, icon: "arrow", href },
      { label: "Copy link", keys: [], icon: "note", run: () => desk.trail.copy(new URL(href, location.href).href, `Copied: the link to ${name}`) },
    ];
  }

  function places() {
    const letters = Object.fromEntries(Object.entries(desk.places || {}).map(([letter, id]) => [id, letter.toUpperCase()]));
    return [...document.querySelectorAll("#side li a, #side .whoami a")].map((link) => {
      const letter = letters[link.dataset.go];
      const label = link.dataset.go === "me" ? "Profile" : labelOf(link);
      return { label: `Go to ${label}`, keys: letter ? ["G", letter] : [], icon: find("use", link)?.href.baseVal.split("#")[1] || "person", href: link.href };
    });
  }

  const general = () => [...find("#palette-commands").content.children].map((element) => ({
    label: labelOf(element), keys: keysOf(element), icon: element.dataset.icon, href: element.getAttribute("href") || undefined,
    run: RUNS[element.dataset.run] || (() => send("/me/theme/", { theme: element.dataset.theme })),
  }));

  const RUNS = { link: () => desk.trail.copyLink(), title: () => desk.trail.copyLink({ withTitle: true }), onward: () => desk.trail.step(1), backward: () => desk.trail.step(-1), undo: () => verbs.undo(), keys: () => desk.showKeys(), out: () => find("form[action='/logout/']").requestSubmit() };

  /* Forms that belong to no button of the page go the plain way, and the page comes back. */
  function send(address, values = {}) {
    const form = find("#plain-form");
    if (form.dataset.sent) return;
    form.dataset.sent = "yes";
    form.action = address;
    for (const [name, value] of Object.entries(values)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.submit();
  }

  /* ---- recent items: what was opened in this browser by this person; signing out forgets them */

  const store = () => `recent-${dialog.dataset.person}`;

  function recent() {
    try {
      return JSON.parse(localStorage.getItem(store())) || [];
    } catch {
      return [];
    }
  }

  function remember(path, name) {
    const kind = ITEM.exec(path)?.[1];
    if (!kind || !name) return;
    const kept = [{ path, name: name.slice(0, 80), icon: ICONS[kind] }, ...recent().filter((item) => item.path !== path)];
    try {
      localStorage.setItem(store(), JSON.stringify(kept.slice(0, RECENT_KEPT)));
    } catch { /* a browser that keeps nothing shows no recent items */ }
  }

  const recentCommands = () => recent().filter((item) => item.path !== location.pathname).slice(0, RECENT_SHOWN)
    .map((item) => ({ label: item.name, keys: [], icon: item.icon, href: item.path }));

  /* ---- showing */

  let number = 0;

  function option(command, typed = []) {
    const element = find("#palette-option").content.firstElementChild.cloneNode(true);
    element.id = `command-${number += 1}`;
    const use = find("use", element);
    use.setAttribute("href", `${use.getAttribute("href").split("#")[0]}#${command.icon}`);
    find(".what", element).append(...marked(command.label, matches(command.label, typed) || []));
    for (const key of command.keys) find(".side-words", element).append(Object.assign(document.createElement("kbd"), { textContent: key }));
    if (command.href) element.dataset.href = command.href;
    element.command = command;
    return element;
  }

  function group(title, commands, typed) {
    if (!commands.length) return [];
    const box = Object.assign(document.createElement("div"), { role: "group" });
    const head = Object.assign(document.createElement("div"), { className: "group", id: `group-${number += 1}`, role: "presentation", textContent: title });
    box.setAttribute("aria-labelledby", head.id);
    box.append(head, ...commands.map((command) => option(command, typed)));
    return [box];
  }

  const shorten = (name) => (name.length > 34 ? `${name.slice(0, 33).trimEnd()}…` : name);

  function showCommands() {
    const typed = wordsOf(input.value);
    const [subject, ...rest] = here;
    const fitting = (commands) => commands.filter((command) => matches(command.label, typed));
    const groups = typed.length
      ? [[subject.title, fitting(subject.commands).slice(0, MATCHES_SHOWN)], ["Commands", fitting(rest.flatMap((part) => part.commands)).slice(0, MATCHES_SHOWN)]]
      : here.map((part) => [part.title, part === subject ? part.commands.slice(0, CURRENT_SHOWN) : part.commands]);
    commandPart.replaceChildren(...groups.flatMap(([title, commands]) => group(title, commands, typed)));
  }

  const options = () => [...hits.querySelectorAll(".opt")].filter((element) => !element.closest("[hidden]"));
  const chosen = () => find(".opt[aria-selected=true]", hits);

  function mark(element) {
    chosen()?.setAttribute("aria-selected", "false");
    if (!element) return input.removeAttribute("aria-activedescendant");
    element.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", element.id);
    element.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = options();
    mark(all[Math.max(0, Math.min(all.length - 1, all.indexOf(chosen()) + step))]);
  }

  function tell() {
    const all = options();
    find(".none", dialog).hidden = all.length > 0 || Boolean(request) || Boolean(timer);
    const found = [...foundPart.querySelectorAll("[role=group]")].map((box) => `${box.querySelectorAll(".opt:not(.all)").length} ${find(".group", box).textContent.toLowerCase()}`);
    find("[data-said]", dialog).textContent = input.value.trim() ? found.join(", ") || (all.length ? `${all.length} commands` : "Nothing found") : "";
  }

  /* ---- asking: one question at a time, and only once the typing rests */

  function onInput() {
    leaveItem();
    showCommands();
    clearTimeout(timer);
    request?.abort();
    timer = 0;
    request = null;
    enterWaits = null;
    const text = input.value.trim();
    find("[data-all]", dialog).href = text ? `/search/?${new URLSearchParams({ q: text })}` : "/search/";
    if (text.length < 2) foundPart.replaceChildren();
    else timer = setTimeout(ask, TYPING_MS, text);
    mark(options()[0]);
    tell();
  }

  async function ask(text) {
    timer = 0;
    const mine = request = new AbortController();
    let html = "";
    try {
      const answer = await fetch(`/search/?${new URLSearchParams({ q: text })}`, { headers: { "HX-Request": "true" }, signal: mine.signal });
      if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
      html = await answer.text();
    } catch {
      if (mine.signal.aborted) return;
      html = find("#palette-fault").innerHTML;
    }
    if (mine !== request) return;
    request = null;
    const kept = chosen();
    foundPart.innerHTML = html;
    if (!kept?.isConnected) mark(options()[0]);
    tell();
    if (enterWaits) act(options()[0], enterWaits.newTab);
  }

  /* ---- acting */

  function act(element, newTab) {
    if (!element) return find("form", dialog).submit();
    if (foundPart.contains(element) && (timer || request)) {
      enterWaits = { newTab };
      return;
    }
    const href = element.getAttribute("href") || element.dataset.href;
    if (!href) {
      close();
      element.command.run();
      return;
    }
    if (element.dataset.name) remember(new URL(href, location.href).pathname, element.dataset.name);
    if (newTab) open(href, "_blank", "noopener");
    else {
      close();
      location.assign(href);
    }
  }

  /* The commands of one hit, without opening it. */
  function enterItem(element) {
    const href = element.getAttribute("href");
    const { name, kind } = element.dataset;
    const id = href.split("/")[2];
    const own = (element.dataset.verbs || "").split(";").filter(Boolean).map((text) => {
      const [verb, label, key, asks] = text.split("|");
      return { label, keys: key ? [key] : [], icon: "arrow", run: () => doToItem(href, verb, asks) };
    });
    const news = {
      listing: [{ label: "New task for this listing", keys: [], icon: "plus", href: `/activities/new/?listing=${id}` }],
      realtor: [{ label: "New task for this realtor", keys: [], icon: "plus", href: `/agent-tasks/new/?realtor=${id}` }],
    };
    const [openIt, copyIt] = itemCommands(href, name, ["↵"]);
    itemPart.replaceChildren(...group(`For “${shorten(name)}”`, [openIt, ...own, ...news[kind] || [], copyIt], []));
    itemPart.from = element;
    show(itemPart);
    mark(options()[0]);
    find("[data-said]", dialog).textContent = `Commands for ${name}`;
  }

  function leaveItem() {
    if (itemPart.hidden) return false;
    show(commandPart, foundPart);
    mark(itemPart.from?.isConnected ? itemPart.from : options()[0]);
    return true;
  }

  const show = (...parts) => [commandPart, foundPart, itemPart].forEach((part) => { part.hidden = !parts.includes(part); });

  function doToItem(href, verb, asks) {
    const row = document.getElementById(`r${href.split("/")[2]}`);
    if (verb === "edit") location.assign(`${href}edit/`);
    else if (asks) verbs.open(`${href}${verb}/`, row);
    else if (row && find("#rows")?.contains(row)) {
      list.place(row);
      verbs.doVerb(verb);
    } else send(`${href}${verb}/`);
  }

  /* ---- opening and closing */

  function openPalette(text = "") {
    if (dialog.open) return;
    opener = document.activeElement;
    here = [
      current(),
      { title: "Recent", commands: recentCommands() },
      { title: "Commands", commands: pageCommands() },
      { title: "Go to", commands: places() },
    ];
    input.value = text;
    foundPart.replaceChildren();
    show(commandPart, foundPart);
    dialog.showModal();
    input.focus();
    onInput();
    hits.scrollTop = 0;
  }

  function close() {
    dialog.close();
  }

  function onClose() {
    clearTimeout(timer);
    request?.abort();
    timer = 0;
    request = enterWaits = null;
    if (opener?.isConnected) opener.focus({ preventScroll: true });
  }

  /* `/`: the page's own search field if it has one, else this one. */
  function search() {
    const field = [...document.querySelectorAll("main form[role=search] input[name=q]")].find((one) => one.checkVisibility());
    if (!field) return openPalette();
    field.focus();
    field.select();
  }

  function onKey(event) {
    if (event.isComposing) return;
    const atEnd = input.selectionStart === input.value.length && input.selectionEnd === input.value.length;
    const isHit = chosen()?.dataset.kind;
    const acts = {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: () => act(chosen(), event.ctrlKey || event.metaKey),
      ArrowRight: atEnd && isHit && itemPart.hidden ? () => enterItem(chosen()) : null,
      ArrowLeft: itemPart.hidden ? null : leaveItem,
      Escape: itemPart.hidden ? close : leaveItem,
    };
    const doIt = event.altKey || (event.target !== input && event.key !== "Escape") ? null : acts[event.key];
    if (!doIt) return;
    event.preventDefault();
    event.stopPropagation();
    doIt();
  }

  function setUp() {
    dialog = find("#palette");
    if (!dialog) return;
    input = find("input", dialog);
    hits = find("#hits", dialog);
    [commandPart, foundPart, itemPart] = hits.children;
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("close", onClose);
    input.addEventListener("input", onInput);
    dialog.addEventListener("click", (event) => {
      const element = event.target.closest(".opt");
      if (event.target === dialog || event.target.closest("[data-close]")) return close();
      if (!element || event.button) return;
      if (!element.getAttribute("href") || !(event.ctrlKey || event.metaKey || event.shiftKey)) {
        event.preventDefault();
        enterWaits = null;
        act(element, event.ctrlKey || event.metaKey);
      }
    });
    for (const key of document.querySelectorAll("[data-palette] kbd")) key.textContent = IS_MAC ? "⌘K" : "Ctrl K";
    find("[data-new-tab]", dialog).textContent = IS_MAC ? "⌘↵" : "Ctrl ↵";
    remember(location.pathname, find("main h1, .title")?.textContent.trim());
    find("form[action='/logout/']")?.addEventListener("submit", () => localStorage.removeItem(store()));
  }

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !dialog) return;
    event.preventDefault();
    event.stopPropagation();
    if (dialog.open) close();
    else openPalette();
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-palette]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    link.closest("[popover]:popover-open")?.hidePopover();
    openPalette();
  });

  document.addEventListener("DOMContentLoaded", setUp);

  return { open: openPalette, search };
})();
