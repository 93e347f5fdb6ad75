"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

  // make builds an element. Text is set as text, whatever it contains.
  const make = (name, attributes = {}, ...children) => {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) e.setAttribute(key, value === true ? "" : value);
    }
    e.append(...children);
    return e;
  };

  document.documentElement.classList.add("js");
  const body = document.body;

  // ---- the matrix and its filters ----

  const filters = $("#filters");
  // A cell of the matrix: its chip, and what filters ask about it.
  const cells = $$("#table .chip").map((chip) => {
    const row = chip.closest(".row").dataset;
    const name = chip.getAttribute("aria-label");
    chip.title = name;
    return {
      chip, item: chip.parentNode, faults: row.fault.split(" "), column: chip.closest("td").dataset.column,
      guard: chip.parentNode.dataset.guard, world: chip.closest(".group").dataset.world,
      text: `${row.text} ${name.toLowerCase()}`,
    };
  });
  const violating = ["lost", "broken", "doubled", "starved"];

  const filter = () => {
    const want = Object.fromEntries(new FormData(filters));
    const words = (want.text || "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const c of cells) {
      const fits = (!want.fault || c.faults.includes(want.fault)) && (!want.column || c.column === want.column) &&
        (!want.guard || c.guard === want.guard) && (!want.world || c.world === want.world) &&
        (!want.violations || violating.some((level) => c.chip.classList.contains(level))) &&
        (!want.surprises || c.chip.classList.contains("surprise")) && words.every((w) => c.text.includes(w));
      c.item.hidden = !fits;
      if (fits) shown++;
    }
    const empty = (e) => !$("li:not([hidden]) > .chip", e);
    for (const e of $$("#table .group, #table .row")) e.hidden = empty(e);
    for (const e of $$("#table tbody")) e.hidden = empty(e);
    const columns = new Set(cells.filter((c) => !c.item.hidden).map((c) => c.column));
    for (const e of $$("#table [data-column]")) e.classList.toggle("off", !columns.has(e.dataset.column));
    $("#shown").textContent = shown === cells.length ? `${shown} cells` : `${shown} of ${cells.length} cells`;
  };
  filters.hidden = false;
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (e) => e.preventDefault());
  filters.addEventListener("reset", () => setTimeout(filter)); // we are told before it is done
  filter();

  // ---- one scenario or cell in the place of the rest ----

  let player = null; // of the trial that is being stepped through
  let left = null; // what to come back to: the place on the page and the link that was followed
  // The link that was followed last, and where the page stood then: when we hear that the
  // address has changed, the browser has moved both.
  let followed = { link: null, top: 0 };
  addEventListener("click", (e) => { followed = { link: e.target.closest("a"), top: scrollY }; }, true);

  const close = () => {
    if (player) player.remove();
    player = null;
    for (const e of $$(".open, .stepping")) e.classList.remove("open", "stepping");
    for (const e of $$('.chip[aria-current]')) e.removeAttribute("aria-current");
  };

  const overview = (target) => {
    const was = body.dataset.view === "part";
    close();
    delete body.dataset.view;
    if (was && left && (!target || target.id === "matrix")) {
      scrollTo({ top: left.top, behavior: "instant" });
      if (left.link) left.link.focus({ preventScroll: true });
    } else if (target) {
      target.scrollIntoView({ behavior: "instant" });
    }
    left = null;
  };

  const open = (section, cell) => {
    if (body.dataset.view !== "part") left = followed;
    close();
    body.dataset.view = "part";
    section.classList.add("open");
    if (cell) {
      cell.classList.add("open");
      for (const e of $$(".cells .chip", section)) if (addressOf(e) === cell.id) e.setAttribute("aria-current", "page");
      const trial = $(".trial", cell);
      if (trial) step(section, trial);
    }
    scrollTo({ top: 0, behavior: "instant" });
    $("h3", section).focus({ preventScroll: true });
  };

  const addressOf = (link) => decodeURIComponent(link.hash.slice(1));

  const route = () => {
    let address = "";
    try { address = decodeURIComponent(location.hash.slice(1)); } catch { /* not an address of ours */ }
    const target = address && document.getElementById(address);
    const section = target && target.closest(".scenario");
    if (section) open(section, target.closest(".cell"));
    else overview(target || null);
  };

  // ---- copying the command that runs a trial again ----

  const copy = async (code, button) => {
    const done = (text) => {
      button.textContent = text;
      clearTimeout(button.back);
      button.back = setTimeout(() => { button.textContent = "Copy"; }, 3000);
    };
    try {
      await navigator.clipboard.writeText(code.textContent);
      done("Copied");
    } catch {
      getSelection().selectAllChildren(code);
      done(document.execCommand("copy") ? "Copied" : "Selected: press Ctrl+C");
    }
  };
  for (const replay of $$(".replay")) {
    const button = make("button", { type: "button", class: "copy", "aria-live": "polite" }, "Copy");
    button.addEventListener("click", () => copy($("code", replay), button));
    replay.append(button);
  }
  for (const trial of $$(".trial")) {
    if (!storyOf(trial.dataset.id)) continue;
    if ($$(".trial", trial.parentNode).length < 2) continue;
    const button = make("button", { type: "button", class: "steps" }, "Step through this trial");
    button.addEventListener("click", () => step(trial.closest(".scenario"), trial));
    trial.append(button);
  }

  // ---- stepping through a trial ----

  function storyOf(id) {
    return document.querySelector(`script[data-id="${CSS.escape(id)}"]`);
  }

  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  };

  const step = async (section, trial) => {
    const packed = storyOf(trial.dataset.id);
    if (player) player.remove();
    player = null;
    if (!packed) return;
    const place = make("div", { class: "player" });
    trial.after(place);
    const mine = { remove: () => { place.remove(); removeEventListener("keydown", mine.key); }, key: null };
    player = mine;
    try {
      const story = await unpack(packed.textContent);
      if (player !== mine) return; // somebody has gone elsewhere meanwhile
      const figure = $(".telling", section);
      const inline = figure && figure.dataset.story === trial.dataset.id ? $("svg", figure) : null;
      const svg = inline ? inline.cloneNode(true)
        : document.importNode(new DOMParser().parseFromString(story.svg, "image/svg+xml").documentElement, true);
      section.classList.add("stepping");
      mine.key = play(place, story, svg);
      addEventListener("keydown", mine.key);
    } catch (e) {
      section.classList.remove("stepping");
      place.append(make("p", { class: "violated" }, `This browser cannot show the steps of the trial (${e.message}).`));
    }
  };

  const seconds = (ns) => (ns / 1e9).toFixed(6).replace(/(\.\d{3})(\d{3})$/, "$1\u2009$2");

  // play builds the player and gives what listens to its keys.
  const play = (place, story, svg) => {
    const { events, layout } = story;
    const moments = story.moments || [];
    const indexOf = new Map(events.map((e, i) => [e.n, i]));
    let at = 0;
    let jumped = -1;

    const button = (text, label, act, more = {}) => {
      const b = make("button", { type: "button", title: label, "aria-label": label, ...more }, text);
      b.addEventListener("click", act);
      return b;
    };
    const first = button("First", "First event (Home)", () => show(0));
    const back = button("←", "One event back (←)", () => show(at - 1));
    const on = button("→", "One event on (→)", () => show(at + 1));
    const last = button("Last", "Last event (End)", () => show(events.length - 1));
    const violation = () => {
      if (!moments.length) return;
      jumped = (jumped + 1) % moments.length;
      show(indexOf.get(moments[jumped].n), true);
    };
    const jump = button(moments.length > 1 ? `Violations (v): ${moments.length}` : "Violation (v)", "To the moment at which the violation is complete (v)", violation, { class: "jump" });
    if (!moments.length) jump.hidden = true;
    const slide = make("input", { type: "range", min: 0, max: events.length - 1, value: 0, "aria-label": "Event" });
    slide.addEventListener("input", () => show(Number(slide.value)));
    const where = make("span", { class: "where" });
    const now = make("p", { class: "now", "aria-live": "polite" });

    const { stage, move } = overlay(svg, layout);
    const paper = make("div", { class: "paper", tabindex: 0, role: "region", "aria-label": "Timeline" }, stage);
    const beliefs = make("ul", { class: "beliefs", "aria-label": "What everybody believes" });
    const { table, rows } = listing(events, (i) => show(i));

    place.append(make("div", { class: "bar" }, first, back, on, last, jump, slide, where), now, paper, beliefs, table);
    if (story.of > events.length) {
      place.append(make("p", { class: "quiet" }, `The history has ${story.of} events. Shown are ${events.length} of them, from number ${events[0].n} on.`));
    }

    const show = (i, viaJump) => {
      at = Math.max(0, Math.min(events.length - 1, i));
      if (!viaJump) jumped = -1;
      const e = events[at];
      first.disabled = back.disabled = at === 0;
      last.disabled = on.disabled = at === events.length - 1;
      slide.value = at;
      slide.setAttribute("aria-valuetext", `event ${e.n}: ${e.says}`);
      where.textContent = `event ${e.n} of ${story.of} · ${seconds(e.at)} s`;
      const here = moments.filter((m) => m.n === e.n);
      now.replaceChildren(e.says);
      now.classList.toggle("shown", Boolean(e.shows));
      for (const m of here) now.append(make("small", {}, `✗ ${m.what}: ${m.why}`));
      if (e.shows && !here.length) now.append(make("small", {}, `◆ evidence of: ${e.shows.join(", ")}`));
      move(e);
      scrollInto(paper, layout, e.at);
      tell(beliefs, story.parties, e.n);
      for (const r of $$("[aria-current]", table)) r.removeAttribute("aria-current");
      rows[at].setAttribute("aria-current", "step");
      const top = rows[at].offsetTop - table.clientHeight / 2;
      table.scrollTo({ top, behavior: "instant" });
    };
    show(0);

    const keys = { ArrowRight: () => show(at + 1), ArrowLeft: () => show(at - 1), Home: () => show(0), End: () => show(events.length - 1), v: violation, V: violation };
    return (e) => {
      if (e.altKey || e.ctrlKey || e.metaKey || e.target.matches("input:not([type=range]), select, textarea")) return;
      if (!Object.hasOwn(keys, e.key)) return;
      e.preventDefault();
      keys[e.key]();
      const { top } = place.getBoundingClientRect();
      if (top > innerHeight / 3) place.scrollIntoView({ behavior: "instant" });
    };
  };

  // overlay lays a cursor and a highlight over the timeline.
  const overlay = (svg, layout) => {
    const ns = "http://www.w3.org/2000/svg";
    const draw = (name, attributes) => {
      const e = document.createElementNS(ns, name);
      for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
      return e;
    };
    const over = draw("svg", { viewBox: `0 0 ${layout.width} ${layout.height}`, class: "over", "aria-hidden": "true" });
    const lanes = document.createElementNS(ns, "g");
    const line = draw("line", { y1: layout.top - 4, y2: layout.bottom + 4 });
    const head = draw("path", {});
    over.append(lanes, line, head);
    const move = (e) => {
      const x = placeOf(layout, e.at);
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      head.setAttribute("d", `M${x - 5} ${layout.top - 10}h10l-5 7z`);
      lanes.replaceChildren(...layout.lanes.filter((l) => l.host && l.host === e.host).map((l) => draw("rect", {
        x: layout.left, y: l.top - 2, width: layout.right - layout.left, height: l.bottom - l.top + 4, rx: 2,
      })));
    };
    const stage = make("div", { class: "stage" }, svg, over);
    stage.style.setProperty("--aspect", layout.width / layout.height);
    return { stage, move };
  };

  const placeOf = (layout, ns) => {
    const t = Math.min(Math.max(ns, layout.from), layout.to);
    return layout.left + (t - layout.from) / (layout.to - layout.from) * (layout.right - layout.left);
  };

  // scrollInto keeps the cursor in sight where the timeline is wider than the screen.
  const scrollInto = (paper, layout, ns) => {
    if (paper.scrollWidth <= paper.clientWidth) return;
    const x = placeOf(layout, ns) / layout.width * paper.scrollWidth;
    paper.scrollTo({ left: x - paper.clientWidth / 2, behavior: "instant" });
  };

  const listing = (events, choose) => {
    const rows = events.map((e, i) => {
      const row = make("tr", { class: e.shows ? "shows" : undefined },
        make("td", {}, String(e.n)), make("td", {}, seconds(e.at)), make("td", {}, e.host || ""), make("td", {}, e.says),
        make("td", {}, e.shows ? `◆ ${e.shows.join(", ")}` : ""));
      row.addEventListener("click", () => choose(i));
      return row;
    });
    const head = make("tr", {}, ...["No.", "Time (s)", "Where", "What", "Evidence of"].map((t) => make("th", { scope: "col" }, t)));
    const table = make("div", { class: "scroll history", tabindex: 0, role: "region", "aria-label": "History" },
      make("table", { class: "events" }, make("thead", {}, head), make("tbody", {}, ...rows)));
    return { table, rows };
  };

  // tell says what everybody believes right after an event.
  const tell = (list, parties, n) => {
    const after = (beliefs) => (beliefs || []).findLast((b) => b.n <= n);
    list.replaceChildren(...parties.map((p) => {
      const held = [after(p.lock), after(p.account)].filter(Boolean);
      const wrong = held.some((b) => b.wrong);
      const lines = held.flatMap((b) => [
        make("p", {}, b.says),
        ...(b.wrong ? [make("p", { class: "why" }, `✗ wrong since event ${b.since}: ${b.wrong}`)] : []),
      ]);
      return make("li", { class: wrong ? "wrong" : undefined }, make("strong", {}, p.name), ...lines);
    }));
  };

  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && body.dataset.view === "part") location.hash = "#matrix";
  });
  addEventListener("hashchange", route);
  history.scrollRestoration = "manual";
  route();
  // The browser goes to the address by itself when it has loaded the page.
  addEventListener("load", () => { if (body.dataset.view === "part") scrollTo({ top: 0, behavior: "instant" }); });
})();
