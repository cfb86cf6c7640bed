// The run as a list, as `luproof check` prints it: what a reader without the timeline has.
const changesShown = 3;

class Steps {
  constructor(host, choose) {
    this.host = host;
    this.choose = choose;
    this.items = new Map();
  }

  draw(run, view, bad) {
    this.items.clear();
    const list = el("div", {class: "list", role: "listbox", tabindex: 0, id: "list", "aria-label": "Steps of the run"});
    let silent = [];
    const fold = () => {
      const what = view.filter ? "step" : ofLines ? "line" : "silent step";
      const who = [...new Set(silent.map((at) => run.steps[at].actor))].join(", ");
      if (silent.length)
        list.append(el("p", {class: "silent"}, "\u2026 " + counted(silent.length, what) +
            (view.filter ? " elsewhere" : (ofLines ? " that changed nothing, of " : " of ") + who)));
      silent = [];
    };
    run.steps.forEach((step, at) => {
      if (!view.lists(at)) {
        silent.push(at);
        return;
      }
      fold();
      const item = this.item(run, step, at, at === bad);
      this.items.set(at, item);
      list.append(item);
    });
    fold();
    on(list, "click", (event) => {
      const item = event.target.closest("[role=option]");
      if (item) this.choose(Number(item.dataset.at));
    });
    this.list = list;
    this.host.replaceChildren(el("h2", {}, ofLines ? "Lines" : "Steps"), list);
  }

  item(run, step, at, bad) {
    const item = el("div", {class: "step" + (step.visible ? "" : " quiet") + (bad ? " bad" : "") + (step.kexec ? " kexec" : ""),
                            role: "option", id: "step" + at, "data-at": at, "aria-selected": "false"},
                    el("span", {class: "number"}, numberOf(step) + (!ofLines && step.visible ? "." : "")),
                    el("span", {class: "actor"}, ownCode(step) ? "" : step.actor), " ",
                    el("span", {class: "text"}, ownCode(step) ? step.actor : step.text));
    const {cells, texts} = run.reading;
    step.to.forEach(([cell, text], i) => item.append(
        el("span", {class: i < changesShown ? "change" : "change rest"}, cells[cell].name + ": " + run.value(cell, at) + " \u2192 " + texts[text])));
    if (step.to.length > changesShown)
      item.append(el("span", {class: "change more"}, "\u2026 and " + (step.to.length - changesShown) + " more"));
    for (const claim of step.claims || []) item.append(el("span", {class: "change claim"}, claim));
    for (const broken of step.breaks || []) item.append(el("span", {class: "change fault"}, broken));
    if (step.fault) item.append(el("span", {class: "change fault"}, step.fault));
    return item;
  }

  show(at) {
    if (!this.list) return;
    for (const [which, item] of this.items)
      item.setAttribute("aria-selected", which === at ? "true" : "false");
    const item = this.items.get(at);
    if (!item) return this.list.removeAttribute("aria-activedescendant");
    this.list.setAttribute("aria-activedescendant", item.id);
    // Only the list moves, never the page.
    const above = item.offsetTop - 40, below = item.offsetTop + item.offsetHeight + 40;
    if (above < this.list.scrollTop) this.list.scrollTop = above;
    else if (below > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = below - this.list.clientHeight;
  }
}

