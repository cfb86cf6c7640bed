// What is looked at, and everything that changes it: mouse, keys, the address, paper.
const state = {reading: 0, finding: 0, at: -1, number: -1, filter: "", silent: false, time: false, zoom: 1, paper: 0};
const order = {violated: 0, violates: 0, unexplained: 0, unknown: 1, inconclusive: 1, vacuous: 2, known: 3, holds: 3, conforms: 3};
const signs = {violated: "\u2717", violates: "\u2717", unexplained: "\u2717", unknown: "?", inconclusive: "?", vacuous: "\u25cb", known: "\u2713", holds: "\u2713", conforms: "\u2713"};
const badVerdict = (finding) => order[finding.verdict] === 0;

const timeline = new Timeline(byId("timeline"), (at) => chooseStep(at), (number) => chooseFunction(number));
const steps = new Steps(byId("steps"), (at) => chooseStep(at));

// All verdicts in the order in which they are listed: bad ones of a reading first.
const listed = data.readings.flatMap((reading, r) =>
  reading.findings.map((finding, f) => ({r, f, finding, reading}))
      .sort((a, b) => order[a.finding.verdict] - order[b.finding.verdict]));

const reading = () => data.readings[state.reading];
const finding = () => reading().findings[state.finding];
const run = () => runOf(reading(), finding());
// The step that breaks it, -1: none does.
const badStep = () => (run() && badVerdict(finding()) ? finding().at ?? run().steps.length - 1 : -1);

// ---- drawing

function drawVerdicts() {
  const nav = byId("verdicts");
  nav.replaceChildren();
  data.readings.forEach((one, r) => {
    nav.append(el("h2", {title: one.file}, one.title));
    if (one.broken) nav.append(el("p", {class: "fault"}, "luproof is wrong here: " + one.broken));
    const list = el("ul", {});
    for (const each of listed.filter((entry) => entry.r === r)) {
      const button = el("button", {class: "verdict " + each.finding.verdict, type: "button", "data-r": r, "data-f": each.f, "aria-label": (each.finding.label || each.finding.property) + " " + each.finding.verdict},
                        el("span", {class: "sign", "aria-hidden": "true"}, signs[each.finding.verdict]), each.finding.label || each.finding.property);
      on(button, "click", () => chooseFinding(r, each.f));
      list.append(el("li", {}, button));
    }
    if (!one.findings.length) nav.append(el("p", {}, "nothing to check"));
    nav.append(list);
  });
}

function drawVerdict() {
  const one = finding(), host = byId("verdict"), which = run();
  if (!one) return host.replaceChildren(el("p", {}, "No property was asked for."));
  const parts = [el("p", {class: "headline " + one.verdict}, el("b", {}, one.property), " ", one.heading)];
  const who = one.element ? " (for " + one.element + ")" : "";
  if (badVerdict(one) && (one.because || who)) parts.push(el("p", {class: "sentence"}, one.because + who));
  if (badVerdict(one) && which) {
    const at = badStep(), step = which.steps[at];
    const rule = reading().rules[step.rule];
    parts.push(el("p", {class: "breaks"}, "by ", on(el("button", {type: "button", class: "link", id: "breaking"}, (step.line ? placeOf(step) : step.visible ? "step " + step.visible : "a silent step") + ", " + (ownCode(step) ? step.actor : step.actor + ": " + step.text)), "click", () => chooseStep(at)),
                  rule && rule.file ? el("span", {class: "place"}, " " + rule.file + ":" + rule.line) : ""));
  }
  if (one.reason) parts.push(el("p", {class: "reason"}, one.reason));
  parts.push(el("p", {class: "scope"}, one.scope_text ? (ofLines ? "As far as the captures show: " : "Scope: ") + one.scope_text : "", which && !badVerdict(one) && !ofLines ? " \u2014 below: a run that shows that the promise was really tried" : ""));
  host.replaceChildren(...parts);
}

function drawGrounds() {
  const one = finding(), host = byId("grounds");
  if (!one) return host.replaceChildren();
  const list = el("dl", {});
  const say = (name, texts) => {
    const all = (Array.isArray(texts) ? texts : [texts]).filter(Boolean);
    if (all.length) list.append(el("dt", {}, name), ...all.map((text) => el("dd", {}, text)));
  };
  say(ofLines ? "about" : "design", reading().about);
  say(ofLines ? "captures" : "file", reading().file);
  say("where", which_where());
  say("promised by", one.claim && "claim " + one.claim);
  say("violated by", one.violated_by);
  say("needs", one.needs);
  say("assumes", one.assumptions);
  say("switched off", one.acts_off);
  say("not modelled", one.not_modelled);
  say("taken away", one.without);
  say("overridden", (one.overrides || []).map((o) => o.what + " by " + o.by + (o.patch ? ", patch " + o.patch : "") + (o.at ? ", " + o.at : "")));
  for (const [name, texts] of one.more || []) say(name, texts);
  if (one.reproduce) list.append(el("dt", {}, "again"), el("dd", {}, el("code", {}, one.reproduce)));
  host.replaceChildren(el("h2", {}, "What it rests on"), list);
}
const which_where = () => (run() ? run().raw.where || [] : []);

function words(text) { return text.toLowerCase().split(/\s+/).filter(Boolean); }
function matches(number) {
  const name = reading().functions[number].name.toLowerCase();
  return words(state.filter).some((word) => name.includes(word));
}

// How a run is looked at.
function view(which) {
  const filter = state.filter ? matches : null;
  const alone = new Set(finding().path || []);
  if (state.number >= 0) alone.add(state.number);
  const last = finding().at ?? which.steps.length - 1;
  const main = (at) => which.steps[at].visible || which.steps[at].fault || which.steps[at].kexec || at === last;
  return {
    filter, alone, chosen: state.number, time: state.time, zoom: state.zoom, width: state.paper, least: state.paper ? 1 : 14,
    shows: (at) => state.silent || main(at),
    lists: (at) => (state.silent || main(at)) &&
        (!filter || which.steps[at].kexec || at === last || [...which.touched(at)].some(filter)),
  };
}

function drawRun() {
  const which = run();
  byId("time").hidden = !(which && which.timed);
  document.body.classList.toggle("norun", !which);
  if (!which) {
    byId("timeline").replaceChildren();
    byId("steps").replaceChildren();
    return;
  }
  const look = view(which);
  timeline.bad = badStep();
  timeline.draw(which, look);
  steps.draw(which, look, badStep());
}

function drawFunctions() {
  byId("graph").hidden = !reading().functions.length;
  byId("graph").replaceChildren(el("h2", {}, finding() && finding().path && finding().path.length ? "What " + reading().functions[finding().path[finding().path.length - 1]].name + " rests on" : "Topology"),
                                el("div", {class: "scroll"}, drawGraph(reading(), (finding() && finding().path) || [], state.number, chooseFunction)));
}

function mark() {
  const which = run();
  if (which) {
    timeline.show(state.at, state.number);
    steps.show(state.at);
  }
  drawDetail(byId("detail"), which, state.at, state.number);
  for (const button of document.querySelectorAll("#verdicts button.verdict")) {
    const here = Number(button.dataset.r) === state.reading && Number(button.dataset.f) === state.finding;
    here ? button.setAttribute("aria-current", "true") : button.removeAttribute("aria-current");
  }
  for (const [id, value] of [["silent", state.silent], ["time", state.time]])
    byId(id).setAttribute("aria-pressed", value ? "true" : "false");
  const address = "#" + [state.reading, state.finding, state.at].join("-");
  if (location.hash !== address) history.replaceState(null, "", address);
}

function drawAll() {
  drawVerdict();
  drawRun();
  drawFunctions();
  drawGrounds();
  mark();
}
function say(text) { byId("status").textContent = plain(text); }

// ---- choosing

function chooseFinding(r, f, at) {
  state.reading = r;
  state.finding = f;
  const which = run();
  state.number = finding() && finding().path && finding().path.length ? finding().path[finding().path.length - 1] : -1;
  state.at = which ? at ?? finding().at ?? which.steps.length - 1 : -1;
  if (which && !(state.at >= 0 && state.at < which.steps.length)) state.at = which.steps.length - 1;
  timeline.open.clear();
  drawAll();
}
function chooseStep(at) {
  state.at = at;
  mark();
}
// undefined: what is shown of functions changed, and none was chosen.
function chooseFunction(number) {
  if (number !== undefined) state.number = state.number === number ? -1 : number;
  if (number !== undefined) say(state.number < 0 ? "No function is chosen." : reading().functions[state.number].name);
  drawRun();
  drawFunctions();
  mark();
}
function nextStep(way) {
  const which = run();
  if (!which) return;
  const look = view(which);
  for (let at = state.at + way; at >= 0 && at < which.steps.length; at += way)
    if (look.lists(at)) return chooseStep(at);
}
function edgeStep(way) {
  state.at = way > 0 ? -1 : run() ? run().steps.length : 0;
  nextStep(way);
}
// To the next step that changes the chosen function, or one that the filter leaves.
function nextChange(way) {
  const which = run();
  if (!which) return;
  const wanted = state.number >= 0 ? (f) => f === state.number : state.filter ? matches : null;
  if (!wanted) return say("Choose a function first: click it, or [ and ].");
  for (let at = state.at + way; at >= 0 && at < which.steps.length; at += way) {
    const changes = which.steps[at].to.some(([cell]) => which.reading.cells[cell].of.some(wanted));
    if (!changes) continue;
    if (!view(which).shows(at)) {
      state.silent = true;
      drawRun();
    }
    return chooseStep(at);
  }
  say("No " + (way > 0 ? "later" : "earlier") + " change.");
}
function nextFunction(way) {
  const buttons = [...document.querySelectorAll("#timeline button.function")];
  if (!buttons.length) return;
  const numbers = buttons.map((button) => Number(button.dataset.function));
  const now = numbers.indexOf(state.number);
  const to = now < 0 ? (way > 0 ? 0 : numbers.length - 1) : (now + way + numbers.length) % numbers.length;
  if (numbers[to] !== state.number) chooseFunction(numbers[to]);
}
function nextVerdict(way) {
  const now = listed.findIndex((entry) => entry.r === state.reading && entry.f === state.finding);
  const to = listed[(now + way + listed.length) % listed.length];
  if (to) chooseFinding(to.r, to.f);
}
function toggle(name) {
  state[name] = !state[name];
  if (name === "time") state.zoom = 1;
  drawRun();
  mark();
}
function zoom(by) {
  state.zoom = Math.min(state.time ? 256 : 16, Math.max(0.25, state.zoom * by));
  drawRun();
  mark();
}
const themes = ["system", "light", "dark"];
function nextTheme() {
  const root = document.documentElement;
  const to = themes[(themes.indexOf(root.dataset.theme || "system") + 1) % themes.length];
  root.dataset.theme = to;
  byId("theme").textContent = "theme: " + to;
}

// ---- keys

const keys = [
  ["j", "\u2193", "next step", () => nextStep(1)], ["k", "\u2191", "previous step", () => nextStep(-1)],
  ["g", "Home", "first step", () => edgeStep(1)], ["G", "End", "last step", () => edgeStep(-1)],
  ["n", "", "next change of the chosen function", () => nextChange(1)], ["N", "", "previous change", () => nextChange(-1)],
  ["]", "", "next function", () => nextFunction(1)], ["[", "", "previous function", () => nextFunction(-1)],
  ["v", "", "next verdict", () => nextVerdict(1)], ["V", "", "previous verdict", () => nextVerdict(-1)],
  ["/", "", "filter by function; Esc ends it", () => byId("filter").focus()],
  ["s", "", "silent steps too, or not", () => toggle("silent")], ["t", "", "real time, or steps", () => { if (run() && run().timed) toggle("time"); }],
  ["+", "=", "wider steps", () => zoom(1.5)], ["-", "", "narrower steps", () => zoom(1 / 1.5)],
  ["d", "", "light, dark, as the system", nextTheme], ["?", "", "this table", () => byId("keys").showModal()],
];
const names = {ArrowDown: "\u2193", ArrowUp: "\u2191"};
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  if (event.target.id === "filter") {
    if (event.key === "Escape") setFilter("");
    if (event.key === "Escape" || event.key === "Enter") (byId("list") || byId("main")).focus();
    return;
  }
  if (event.key === "Escape" && state.filter) return setFilter("");
  const key = names[event.key] || event.key;
  const found = keys.find((entry) => entry[0] === key || (entry[1] && entry[1] === key));
  if (!found) return;
  event.preventDefault();
  found[3]();
}
function setFilter(text) {
  state.filter = text.trim();
  if (byId("filter").value !== text) byId("filter").value = text;
  drawRun();
  mark();
}
function drawKeys() {
  const close = on(el("button", {type: "button"}, "close"), "click", () => byId("keys").close());
  byId("keys").replaceChildren(el("h2", {}, "Keys"), el("table", {}, el("tbody", {}, keys.map((entry) => row("", el("kbd", {}, entry[0]), entry[1] ? el("kbd", {}, entry[1]) : "", entry[2])))), close);
}

// ---- paper: everything of the run in the width of a page

function paper(width) {
  state.paper = width;
  drawRun();
  mark();
}

// ---- beginning

document.title = plain((data.readings[0] ? data.readings[0].title : "") + " \u2014 luproof");
byId("title").textContent = plain("luproof " + data.command + (data.readings.length === 1 ? ": " + data.readings[0].title : ""));
on(document, "keydown", pressed);
on(byId("filter"), "input", () => setFilter(byId("filter").value));
for (const name of ["silent", "time"]) on(byId(name), "click", () => toggle(name));
on(byId("larger"), "click", () => zoom(1.5));
on(byId("smaller"), "click", () => zoom(1 / 1.5));
on(byId("theme"), "click", nextTheme);
on(byId("help"), "click", () => byId("keys").showModal());
on(window, "beforeprint", () => paper(760));
on(window, "afterprint", () => paper(0));
let waiting = 0;
on(window, "resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => { if (!state.paper) { drawRun(); mark(); } }, 100);
});
drawKeys();
drawVerdicts();
if (listed.length) {
  const [, r, f, at] = /^#(\d+)-(\d+)-(-?\d+)$/.exec(location.hash) || [];
  const known = r !== undefined && data.readings[r] && data.readings[r].findings[f];
  const worst = listed.reduce((a, b) => (order[b.finding.verdict] < order[a.finding.verdict] ? b : a));
  known ? chooseFinding(Number(r), Number(f), Number(at)) : chooseFinding(worst.r, worst.f);
  requestAnimationFrame(mark);  // places are known then
} else {
  byId("verdict").replaceChildren(el("p", {}, "There is nothing to show."));
}
