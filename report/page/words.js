// Texts of specs and captures are somebody's input. They come into the page as text nodes and plain
// attributes only, and what a reader could not see, or would see in another order, is spelled out.
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]|\p{Cs}/gu;
const plain = (text) =>
  String(text).replace(/[\n\t]/g, " ").replace(unseen, (c) => "\\u{" + c.codePointAt(0).toString(16) + "}");

const svgNames = new Set(["svg", "g", "rect", "line", "circle", "path", "text", "title"]);

// attributes: names with texts or numbers; true is an empty one, false and null are left out.
function el(name, attributes, ...children) {
  const node = svgNames.has(name) ? document.createElementNS("http://www.w3.org/2000/svg", name)
                                  : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (/^(on|style$|href$|src)/.test(key)) throw new Error("not from el(): " + key);
    if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined)
      node.setAttribute(key, plain(value));
  }
  for (const child of children.flat(2)) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(plain(child)));
  }
  return node;
}
const on = (node, event, what) => (node.addEventListener(event, what), node);
const byId = (id) => document.getElementById(id);
const counted = (n, what) => n + " " + what + (n === 1 ? "" : "s");

// A name that opens a page elsewhere, if the address is one that may be followed.
function linked(text, address) {
  let to = null;
  try {
    to = new URL(address);
  } catch {
    return el("span", {}, text);
  }
  if (to.protocol !== "https:" && to.protocol !== "http:") return el("span", {}, text);
  const node = el("a", {rel: "noopener noreferrer", target: "_blank"}, text);
  node.href = to.href;
  return node;
}


// A step in a task's own code is called like the task: one name will do.
const ownCode = (step) => !step.line && step.actor.split(/[[#]/)[0] === step.text;
// A step of a capture is known by its line, one of a run by its number.
const numberOf = (step) => (step.line ? String(step.line) : ofLines ? "\u2013" : step.visible ? String(step.visible) : "\u00b7");
const placeOf = (step) => (step.file ? step.file + ":" : "line ") + step.line;
