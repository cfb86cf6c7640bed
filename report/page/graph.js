// What hangs below what, and what the violated function rests on.
const graphRow = 26, graphColumn = 150, graphBox = 118;

// The children of a function: below a port what hangs there, below a PF its VFs.
function treeOf(reading) {
  const children = reading.functions.map(() => []), roots = [];
  reading.functions.forEach((f, number) => {
    const above = f.kind === "vf" && f.pf !== undefined ? f.pf : f.parent;
    (above >= 0 ? children[above] : roots).push(number);
  });
  return {children, roots};
}

function drawGraph(reading, path, selected, choose) {
  const {children, roots} = treeOf(reading);
  const marked = new Set(path);
  const nodes = [], edges = [];
  let rows = 0;
  // Leaves that are not spoken of become one box.
  const place = (number, depth) => {
    const keep = [], rest = [];
    for (const child of children[number] || [])
      (children[child].length || marked.has(child) || child === selected ? keep : rest).push(child);
    if (rest.length <= 3) keep.push(...rest.splice(0));
    keep.sort((a, b) => a - b);
    const ys = keep.map((child) => place(child, depth + 1));
    if (rest.length) {
      const y = rows++;
      nodes.push({more: rest.length, all: !keep.length, x: depth + 1, y, kind: reading.functions[rest[0]].kind});
      ys.push({y, number: -1});
    }
    const y = ys.length ? (ys[0].y + ys[ys.length - 1].y) / 2 : rows++;
    nodes.push({number, x: depth, y});
    for (const child of ys) edges.push({x: depth, from: y, to: child.y, on: marked.has(number) && marked.has(child.number)});
    return {y, number};
  };
  for (const root of roots) place(root, 0);
  const width = (1 + Math.max(0, ...nodes.map((n) => n.x))) * graphColumn, height = rows * graphRow + 4;
  const svg = el("svg", {width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Topology"});
  for (const edge of edges.sort((a, b) => a.on - b.on)) {
    const x0 = edge.x * graphColumn + graphBox, x1 = (edge.x + 1) * graphColumn;
    const y0 = edge.from * graphRow + 14, y1 = edge.to * graphRow + 14, middle = (x0 + x1) / 2;
    svg.append(el("path", {class: edge.on ? "edge on" : "edge", d: `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${x1} ${y1}`}));
  }
  for (const node of nodes) {
    const x = node.x * graphColumn, y = node.y * graphRow + 3;
    if (node.more) {
      svg.append(el("text", {class: "more", x: x + 8, y: y + 15}, node.more + (node.all ? " " : " more ") + (node.kind === "other" ? "function" : node.kind.toUpperCase()) + "s"));
      continue;
    }
    const f = reading.functions[node.number];
    const what = (marked.has(node.number) ? " on" : "") + (node.number === selected ? " selected" : "");
    const g = el("g", {class: "node " + f.kind + what, tabindex: 0, role: "button", "aria-label": f.kind + " " + f.name},
                 el("title", {}, f.kind + " " + f.name + (f.bdf ? " " + f.bdf : "") + (f.open ? ", its place is left open" : "")),
                 el("rect", {x, y, width: graphBox, height: 21, rx: 4}),
                 el("text", {x: x + 8, y: y + 15}, f.name.length > 15 ? f.name.slice(0, 14) + "\u2026" : f.name));
    on(g, "click", () => choose(node.number));
    on(g, "keydown", (event) => { if (event.key === "Enter") choose(node.number); });
    svg.append(g);
  }
  return svg;
}

