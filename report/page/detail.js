// One step: what it changes, by which rule, who says so; and what a function is like around it.
function drawDetail(host, run, at, number) {
  if (!run || at < 0) return host.replaceChildren();
  const step = run.steps[at], rule = run.reading.rules[step.rule];
  const parts = [el("h2", {}, step.line ? placeOf(step) : ofLines ? "No line" : step.visible ? "Step " + step.visible : "Silent step", " ",
                    el("span", {class: "actor"}, [step.task || step.actor, step.cpu >= 0 && "CPU " + step.cpu, Number.isFinite(step.time) && seconds(step.time)].filter(Boolean).join(", "))),
                 el("p", {class: "event"}, step.text)];
  if (step.quote) parts.push(el("pre", {class: "quote"}, step.quote));
  if (step.fault) parts.push(el("p", {class: "fault"}, step.fault + (step.fault_where ? " at " + step.fault_where : "")));
  parts.push(step.to.length ? changeTable(run, at, number) : run.reading.cells.length ? el("p", {class: "none"}, "No cell changes.") : "");
  for (const broken of step.breaks || []) parts.push(el("p", {class: "fault"}, broken));
  for (const claim of step.claims || []) parts.push(el("p", {class: "claim"}, claim));
  if (step.note) parts.push(el("p", {class: "note"}, step.note));
  if (rule) parts.push(ruleBox(rule));
  if (number >= 0) parts.push(stateTable(run, at, number));
  host.replaceChildren(...parts);
}

const row = (kind, ...cells) => el("tr", {class: kind}, ...cells.map((cell) => el("td", {}, cell)));
const head = (...names) => el("thead", {}, el("tr", {}, ...names.map((name) => el("th", {scope: "col"}, name))));

function changeTable(run, at, number) {
  const {cells, texts} = run.reading, step = run.steps[at];
  const own = ([cell]) => cells[cell].of.includes(number);
  const rows = [...step.to.filter(own), ...step.to.filter((to) => !own(to))];
  return el("table", {class: "changes"}, head("cell", "before", "after"),
            el("tbody", {}, rows.map((to) => row(own(to) ? "own" : "", cells[to[0]].name, run.value(to[0], at), texts[to[1]]))));
}

function ruleBox(rule) {
  const box = el("div", {class: "rule"}, el("p", {}, "rule ", el("b", {}, rule.name), rule.status ? " (" + rule.status + ")" : ""));
  if (rule.about) box.append(el("p", {class: "about"}, rule.about));
  if (rule.file) box.append(el("p", {class: "place"}, rule.file + (rule.line ? ":" + rule.line : "")));
  if (rule.patch || rule.at) box.append(el("p", {}, [rule.patch && "patch " + rule.patch, rule.at].filter(Boolean).join(", ")));
  if (rule.read_at) box.append(el("p", {class: "place"}, "read by " + rule.read_at + (rule.read_as ? ": " + rule.read_as : "")));
  if (rule.by) box.append(el("p", {}, "changed by " + rule.by.join(", ")));
  for (const name of rule.cite || []) {
    const source = data.sources[name];
    box.append(el("p", {class: "cite"}, "[" + name + "] ", source ? [linked(source.title || name, source.link), " " + [source.author, source.date].filter(Boolean).join(", ")] : "not in sources.yaml"));
  }
  return box;
}

// All cells of the chosen function, those that the step changes marked.
function stateTable(run, at, number) {
  const {reading} = run, changed = new Set(run.changed(at));
  const cells = run.cellsOf(number);
  const rows = cells.map((cell) => row(changed.has(cell) ? "own" : "", cellName(reading, reading.cells[cell], number), run.value(cell, at), run.value(cell, at + 1)));
  return el("details", {class: "state", open: true}, el("summary", {}, "State of " + reading.functions[number].name + " around this step"),
            el("table", {}, head("cell", "before", "after"), el("tbody", {}, rows)));
}

