// Which functions get rows of their own. Those that go through the same are one group, those that
// nothing happens to are one line: 64 VFs are readable then.
function groupsOf(run, options) {
  const {reading} = run;
  const groups = [], alike = new Map(), unchanged = [];
  reading.functions.forEach((f, number) => {
    if (options.filter && !options.filter(number)) return;
    let cells = run.changingCells(number);
    // That something is not known any more is news of what the verdict rests on, and of nothing else.
    if (ofLines && !options.alone.has(number)) cells = cells.filter((cell) => run.tells(cell));
    if (!cells.length && number !== options.chosen) {
      unchanged.push(number);
      return;
    }
    // What happens to it, and to which of its cells.
    const story = cells.map((cell) => [
      cellName(reading, reading.cells[cell], number), run.raw.start[cell],
      ...run.changes.get(cell).map((change) => change.at + "=" + change.text)]);
    const key = JSON.stringify([f.kind, f.pf, f.parent, story]);
    const single = options.alone.has(number) || options.open.has(key);
    if (!single && alike.has(key)) {
      alike.get(key).members.push(number);
      return;
    }
    const group = {key, members: [number], cells};
    if (!single) alike.set(key, group);
    groups.push(group);
  });
  // A machine has many functions; what the verdict rests on comes first.
  const far = (group) => (options.alone.has(group.members[0]) ? 0 : 1);
  if (ofLines) groups.sort((a, b) => far(a) - far(b));
  return {groups, unchanged};
}

function groupName(reading, members) {
  const first = reading.functions[members[0]].name;
  if (members.length === 1) return first;
  return first + " \u2026 " + reading.functions[members[members.length - 1]].name;
}

// The cells that say most come first: what the last step changes, then what changes otherwise than
// at a kexec, where a whole kernel forgets.
function rankedCells(run, cells) {
  const last = run.steps.length - 1;
  const weight = (cell) => {
    const all = run.changes.get(cell) || [];
    const own = all.filter((change) => !run.steps[change.at].kexec).length;
    return (all.some((change) => change.at === last) ? 0 : own ? 1 : 2);
  };
  return cells.map((cell, i) => [weight(cell), i, cell])
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((row) => row[2]);
}

