// The data of the page, and a run as something that can be asked.
const data = JSON.parse(byId("data").textContent);
const ofLines = data.command === "trace";

// Values that say "nothing": they are drawn as a line.
const nothing = new Set(["false", "none", "0", "absent", "[]", "free", "no", "?"]);

class Run {
  constructor(reading, raw) {
    this.reading = reading;
    this.raw = raw;
    this.steps = raw.steps;
    this.changes = new Map();  // cell -> [{at, text}], at = index of the step, in order
    raw.steps.forEach((step, at) => {
      for (const [cell, text] of step.to) {
        if (!this.changes.has(cell)) this.changes.set(cell, []);
        this.changes.get(cell).push({at, text});
      }
    });
    this.kexecs = raw.steps.flatMap((step, at) => (step.kexec ? [at] : []));
    // Steps that no line shows have no time, and stand beside the line before them.
    const lines = raw.steps.filter((step) => step.line);
    this.timed = lines.length > 1 && lines.every((step) => Number.isFinite(step.time));
  }

  // The text of a cell before the step `at`; at = steps.length is the end.
  value(cell, at) {
    let text = this.raw.start[cell];
    for (const change of this.changes.get(cell) || []) {
      if (change.at >= at) break;
      text = change.text;
    }
    return this.reading.texts[text];
  }
  cellsOf(number) { return this.reading.cellsOf[number]; }
  changingCells(number) { return this.cellsOf(number).filter((cell) => this.changes.has(cell)); }
  tells(cell) { return this.changes.get(cell).some((change) => this.reading.texts[change.text] !== "unknown"); }
  changed(at) { return this.steps[at].to.map(([cell]) => cell); }

  // The functions that a step names or changes.
  touched(at) {
    this.touches ||= this.steps.map((step) => {
      const all = new Set();
      for (const [cell] of step.to) for (const f of this.reading.cells[cell].of) all.add(f);
      for (const word of (step.actor + " " + step.text).split(/[^\w.:-]+/)) {
        const f = this.reading.numbers.get(word);
        if (f !== undefined) all.add(f);
      }
      for (const f of step.of || []) all.add(f);
      return all;
    });
    return this.touches[at];
  }
}

for (const reading of data.readings) {
  reading.numbers = new Map(reading.functions.map((f, i) => [f.name, i]));
  reading.cellsOf = reading.functions.map(() => []);
  reading.cells.forEach((cell, i) => {
    for (const f of new Set(cell.of)) reading.cellsOf[f].push(i);
  });
  reading.made = new Map();
}
function runOf(reading, finding) {
  if (finding.run === undefined) return null;
  if (!reading.made.has(finding.run))
    reading.made.set(finding.run, new Run(reading, reading.runs[finding.run]));
  return reading.made.get(finding.run);
}

// "function.bus_master[vf0]" of vf0 is "bus_master".
function cellName(reading, cell, number) {
  const own = reading.functions[number].name;
  const found = /^(.*)\[([^\[\]]*)\]$/.exec(cell.name);
  if (!found) return cell.name;
  const rest = found[2].split(", ").filter((name) => name !== own);
  const base = found[1].replace(/\bfunction\./, "").replace(/^(vf|pf|port)\.(?=\w)/, "");
  return rest.length ? base + "[" + rest.join(", ") + "]" : base;
}

