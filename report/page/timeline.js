// Lanes of who acts, and below them strips of what functions go through, over the same axis.
const rowHeight = 18, stripHeight = 16, axisHeight = 20, cellsShown = 4;

const jumpWidth = 56;

// Each kernel has a clock of its own, and nobody knows how long the jump between two of them took:
// the axis has a break there.
function timeAxis(run, view, width, shown, places) {
  const parts = [];
  run.steps.forEach((step, at) => {
    let part = parts[parts.length - 1];
    if (!part || part.kernel !== step.kernel) parts.push(part = {kernel: step.kernel, steps: []});
    part.steps.push(at);
  });
  const span = (part) => {
    const times = part.steps.map((at) => run.steps[at].time).filter(Number.isFinite);
    part.from = times.length ? Math.min(...times) : 0;
    part.span = times.length ? Math.max(...times) - part.from : 0;
  };
  parts.forEach(span);
  const whole = Math.max(parts.reduce((sum, part) => sum + part.span, 0), 1);
  const wide = Math.max(width - 24 - (parts.length - 1) * jumpWidth, 200) * view.zoom;
  let x = 12;
  for (const part of parts) {
    part.at = x;
    let last = part === parts[0] ? x : x - jumpWidth / 2;
    for (const at of part.steps) {
      const time = run.steps[at].time;
      if (Number.isFinite(time)) last = x + (time - part.from) / whole * wide;
      places[at] = last;
    }
    x += part.span / whole * wide + jumpWidth;
  }
  return {places, shown, width: x - jumpWidth + 12, column: 0, ticks: ticksOf(parts, whole / wide)};
}

// Round moments, about a hundred pixels apart; `scale`: ns of a pixel.
function ticksOf(parts, scale) {
  const about = scale * 100, power = 10 ** Math.floor(Math.log10(Math.max(about, 1)));
  const every = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= about);
  const digits = Math.min(9, Math.max(0, 9 - Math.floor(Math.log10(every))));
  const ticks = [];
  for (const part of parts)
    for (let time = Math.ceil(part.from / every) * every; time <= part.from + part.span; time += every)
      ticks.push({x: part.at + (time - part.from) / scale, text: (time / 1e9).toFixed(digits)});
  return ticks;
}

// Where each step stands. Steps that are not shown share the place of the next one that is.
function axisOf(run, view, width) {
  const shown = run.steps.map((step, at) => at).filter((at) => view.shows(at));
  const places = new Array(run.steps.length);
  if (view.time && run.timed) return timeAxis(run, view, width, shown, places);
  const column = Math.min(56, Math.max(width / Math.max(shown.length, 1), view.least)) * view.zoom;
  let next = shown.length - 1;
  for (let at = run.steps.length - 1; at >= 0; --at) {
    if (next > 0 && shown[next - 1] >= at) --next;
    places[at] = (Math.max(next, 0) + 0.5) * column;
  }
  return {places, shown, width: Math.max(shown.length, 1) * column, column};
}

function seconds(ns) { return (ns / 1e9).toFixed(6) + " s"; }

class Timeline {
  constructor(host, choose, focus) {
    this.host = host;
    this.choose = choose;  // a step
    this.focus = focus;    // a function, or null
    this.open = new Set();
    this.all = new Set();  // functions of which every cell is shown
  }

  // Everything anew; marks alone change in mark().
  draw(run, view) {
    const before = this.box && this.run === run ? this.box.scrollLeft : 0;
    this.run = run;
    this.rows = [];
    this.labels = el("div", {class: "labels"});
    const room = view.width || Math.max(300, this.host.clientWidth - 236);
    this.axis = axisOf(run, view, room);
    this.actors();
    this.functions(view);
    const height = this.rows.reduce((sum, row) => sum + row.height, axisHeight);
    this.svg = el("svg", {width: Math.ceil(this.axis.width), height, role: "img",
                          "aria-label": "Timeline of " + counted(this.axis.shown.length, "step") + "; the list of steps says the same"});
    this.ground(height);
    let y = axisHeight;
    for (const row of this.rows) {
      row.draw(y);
      y += row.height;
    }
    this.numbers();
    on(this.svg, "click", (event) => this.clicked(event));
    this.box = el("div", {class: "scroll"}, this.labels, this.svg);
    this.host.replaceChildren(this.box);
    this.box.scrollLeft = before;
  }

  label(height, kind, ...children) {
    const row = el("div", {class: "label " + kind}, ...children);
    row.style.height = height + "px";
    this.labels.append(row);
  }

  actors() {
    this.label(axisHeight, "axis", !this.axis.column ? "seconds" : ofLines ? "line" : "step");
    const {steps} = this.run;
    const present = this.run.reading.actors.filter((name) => steps.some((step) => step.actor === name));
    present.forEach((actor, lane) => {
      this.label(rowHeight, "actor", el("span", {class: "name", title: actor}, actor));
      this.rows.push({height: rowHeight, draw: (y) => {
        const middle = y + rowHeight / 2;
        this.svg.append(el("line", {class: "lane", x1: 0, x2: this.axis.width, y1: middle, y2: middle}));
        const dot = (at) => {
          const step = steps[at], bad = at === this.bad;
          this.svg.append(el("circle", {class: "dot lane" + lane % 6 + (step.visible ? "" : " silent") + (bad ? " bad" : ""),
                                        "data-at": at, cx: this.axis.places[at], cy: middle,
                                        r: step.visible ? Math.min(5, Math.max(2, this.axis.column / 4 || 4)) : 2},
                                el("title", {}, this.nameOf(at) + "  " + step.text)));
        };
        const own = this.axis.shown.filter((at) => steps[at].actor === actor);
        own.filter((at) => at !== this.bad).forEach(dot);
        own.filter((at) => at === this.bad).forEach(dot);  // above those beside it
      }});
    });
  }

  nameOf(at) {
    const step = this.run.steps[at];
    if (step.line) return placeOf(step) + (Number.isFinite(step.time) ? "  " + seconds(step.time) : "");
    return step.visible ? step.visible + "." : "silent";
  }

  // Cells of a head: a few, with the rest behind a button. `key` says whose they are.
  cells(key, ranked) { return this.all.has(key) ? ranked : ranked.slice(0, cellsShown); }
  rest(key, ranked) {
    const left = ranked.length - cellsShown;
    if (left <= 0) return null;
    const all = this.all.has(key);
    return on(el("button", {class: "more", type: "button"}, all ? "fewer" : "+" + counted(left, "cell")), "click", () => {
      all ? this.all.delete(key) : this.all.add(key);
      this.focus(undefined);
    });
  }
  heading(...children) {
    this.label(rowHeight, "head", ...children);
    this.rows.push({height: rowHeight, draw: (y) => this.svg.append(el("line", {class: "head", x1: 0, x2: this.axis.width, y1: y + 4, y2: y + 4}))});
  }

  // What is of no function: the state of the update, what memory holds.
  system() {
    const {cells} = this.run.reading;
    const own = rankedCells(this.run, [...this.run.changes.keys()].filter((cell) => !cells[cell].of.length).sort((a, b) => a - b));
    if (!own.length) return;
    this.heading(el("b", {}, "the system"), this.rest("system", own));
    for (const cell of this.cells("system", own)) {
      this.label(stripHeight, "cell", el("span", {class: "name", title: cells[cell].name}, cells[cell].name));
      this.rows.push({height: stripHeight, draw: (y) => this.strip(cell, y)});
    }
  }

  functions(view) {
    const {reading} = this.run;
    if (!view.filter) this.system();
    const {groups, unchanged} = groupsOf(this.run, {filter: view.filter, open: this.open, alone: view.alone, chosen: view.chosen});
    for (const group of groups) {
      const [first] = group.members, many = group.members.length > 1;
      const ranked = rankedCells(this.run, group.cells);
      const button = el("button", {class: "function", type: "button", "data-function": first, "aria-pressed": "false",
                                   title: (many ? counted(group.members.length, "function") + " that go through the same" : reading.functions[first].kind + " " + (reading.functions[first].bdf || ""))},
                        groupName(reading, group.members));
      on(button, "click", () => this.focus(first));
      const more = many ? on(el("button", {class: "more", type: "button", title: "Show each of them"}, "\u00d7" + group.members.length), "click", () => { this.open.add(group.key); this.focus(undefined); }) : null;
      this.heading(button, more, this.rest(first, ranked));
      for (const cell of this.cells(first, ranked)) {
        const name = cellName(reading, reading.cells[cell], first);
        this.label(stripHeight, "cell", el("span", {class: "name", title: reading.cells[cell].name}, name));
        this.rows.push({height: stripHeight, draw: (y) => this.strip(cell, y)});
      }
    }
    if (unchanged.length) this.label(rowHeight, "rest", el("span", {class: "name", title: unchanged.slice(0, 40).map((f) => reading.functions[f].name).join(" ")},
                                                           counted(unchanged.length, groups.length ? "more function" : "function") + ", unchanged"));
    if (unchanged.length) this.rows.push({height: rowHeight, draw: () => {}});
  }

  // What a cell is between its changes: a bar, or a line where it says "nothing".
  strip(cell, y) {
    const {run, axis} = this;
    const changes = run.changes.get(cell) || [];
    let from = 0, text = run.raw.start[cell];
    const piece = (to, ends) => {
      const value = run.reading.texts[text], width = to - from;
      if (width <= 0) return;
      if (nothing.has(value))
        this.svg.append(el("line", {class: "low", x1: from, x2: to, y1: y + stripHeight - 4, y2: y + stripHeight - 4}, el("title", {}, value)));
      else
        this.svg.append(el("rect", {class: value === "unknown" ? "bar unknown" : "bar", x: from, y: y + 3, width: Math.max(1, width - (ends ? 1 : 0)), height: stripHeight - 6, rx: 2}, el("title", {}, value)));
      const room = Math.floor((width - 8) / 6.1);
      if (value !== "true" && value !== "false" && room >= 2)
        this.svg.append(el("text", {class: nothing.has(value) ? "value low" : "value", x: from + 4, y: y + stripHeight - 4.5},
                           value.length > room ? value.slice(0, room - 1) + "\u2026" : value));
    };
    for (const change of changes) {
      const at = axis.places[change.at];
      piece(at, true);
      if (at > from) from = at;
      text = change.text;
    }
    piece(axis.width, false);
    for (const change of changes)
      this.svg.append(el("line", {class: "edge", x1: axis.places[change.at], x2: axis.places[change.at], y1: y + 2, y2: y + stripHeight - 3}));
  }

  // Behind everything: the kexec, the step that breaks it, the chosen one.
  ground(height) {
    this.shown = new Set(this.axis.shown);
    const half = Math.max(this.axis.column / 2, 3);
    this.mark = el("rect", {class: "chosen", x: -100, y: 0, width: half * 2, height});
    this.half = half;
    this.svg.append(this.mark);
    if (this.bad >= 0)
      this.svg.append(el("rect", {class: "bad", x: this.axis.places[this.bad] - half, y: 0, width: half * 2, height}));
    for (const at of this.run.kexecs) {
      const x = this.axis.places[at];
      this.svg.append(el("line", {class: "kexec", x1: x, x2: x, y1: 0, y2: height}),
                      el("text", {class: "kexec", x: x + 44 > this.axis.width ? x - 40 : x + 4, y: 11}, "kexec"));
    }
  }

  numbers() {
    const {run, axis} = this;
    const kexec = new Set(run.kexecs);
    const all = axis.ticks || axis.shown.filter((at) => !kexec.has(at))
        .map((at) => ({x: axis.places[at], text: numberOf(run.steps[at])}));
    let free = -10;
    for (const {x, text} of all) {
      const wide = text.length * 6.5 + 6;
      const beside = (k) => { const left = axis.places[k] + 44 > axis.width; return x + wide / 2 > axis.places[k] - (left ? 42 : 2) && x - wide / 2 < axis.places[k] + (left ? 2 : 42); };
      if (x - wide / 2 < free || run.kexecs.some(beside)) continue;
      this.svg.append(el("text", {class: "number", x, y: 13}, text));
      if (axis.ticks) this.svg.append(el("line", {class: "tick", x1: x, x2: x, y1: 15, y2: axisHeight}));
      free = x + wide / 2;
    }
  }

  // Which step is chosen, which function; no need to draw again.
  show(at, number) {
    if (!this.svg) return;
    const x = at < 0 ? -100 : this.axis.places[at];
    this.mark.setAttribute("x", x - this.half);
    for (const button of this.labels.querySelectorAll("button.function"))
      button.setAttribute("aria-pressed", Number(button.dataset.function) === number ? "true" : "false");
    const left = this.box.scrollLeft, room = this.box.clientWidth - 226;
    if (at >= 0 && (x - this.half < left || x + this.half > left + room))
      this.box.scrollLeft = x - room / 2;
  }

  clicked(event) {
    const x = event.clientX - this.svg.getBoundingClientRect().left;
    let best = -1;
    for (const at of this.axis.shown)
      if (best < 0 || Math.abs(this.axis.places[at] - x) < Math.abs(this.axis.places[best] - x)) best = at;
    const dot = event.target.closest("[data-at]");
    if (dot) best = Number(dot.dataset.at);
    if (best >= 0) this.choose(best);
  }
}

