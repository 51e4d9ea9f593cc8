// Lists of bars, each bar a button that narrows the page down to what it stands for.
const BARS_SHOWN = 8;
const BARS_AT_MOST = 500;

const MEASURES = {
  utilization(dimension) {
    const done = totals(dimension);
    return [...workingMinutes(dimension)].map(([cell, working]) => {
      const minutes = done.has(cell) ? done.get(cell).minutes : 0;
      const part = working ? minutes / working : 0;
      const said = { share: share(part), working: hours(working / 60) };
      return { cell, rank: working ? part : -1, parts: [[part, "on_time"]], value: working ? said.share : "–", said };
    });
  },
  sla(dimension) {
    return [...totals(dimension)].filter(([cell, { due }]) => cell !== NOBODY && sumOf(due)).map(([cell, { due }]) => {
      const [onTime, late, unplanned] = due;
      const all = sumOf(due);
      const counts = { on_time: count(onTime), late: count(late), unplanned: count(unplanned) };
      const said = { share: share(onTime / all), ...counts };
      const parts = GROUPS.map((group, i) => [due[i] / all, group]);
      return { cell, rank: late + unplanned, parts, value: said.share, said };
    });
  },
};

function startBars(card, redraw) {
  const dimensions = card.dataset.dimensions.split(" ");
  const [tabs, list, more] = [".tabs", ".bars", ".more"].map((selector) => card.querySelector(selector));
  let picked = null; // the dimension the reader asked for
  let whole = false;

  const useful = (dimension) => {
    if (choice.has(dimension)) return false;
    if (dimension === "agent") return true;
    const { words, cells } = (isOfPeople(dimension) ? people : kinds)[dimension];
    return words.length > 1 || (words.length === 1 && cells.includes(-1));
  };

  function draw() {
    const open = dimensions.filter(useful);
    const dimension = open.includes(picked) ? picked : open[0];
    tabs.replaceChildren(...open.map((name) => {
      const tab = button("tab", () => { picked = name; whole = false; draw(); }, texts[`dimension_${name}`]);
      tab.setAttribute("aria-pressed", String(name === dimension));
      return tab;
    }));
    const name = (cell) => nameOf(dimension, cell);
    const bars = dimension ? MEASURES[card.dataset.measure](dimension) : [];
    bars.sort((a, b) => b.rank - a.rank || (name(a.cell) < name(b.cell) ? -1 : 1));
    const shown = bars.slice(0, whole ? BARS_AT_MOST : BARS_SHOWN);
    list.replaceChildren(...shown.map((bar) => barOf(dimension, name(bar.cell), bar)));
    if (!bars.length) list.append(element("li", "note", texts.nothing_here));
    more.hidden = bars.length <= BARS_SHOWN;
    more.textContent = whole ? texts.show_fewer : fill("show_all", { count: count(bars.length) });
  }

  function barOf(dimension, name, { cell, parts, value, said }) {
    const track = element("span", "track", ...parts.map(([part, role]) => {
      const piece = element("span", role);
      piece.style.width = `${Math.min(100, 100 * part)}%`;
      return piece;
    }));
    const choose = () => { choice.set(dimension, cell); redraw(); };
    const made = button("bar-row", choose, element("span", "name", name), track, element("span", "value", value));
    made.title = fill(`bar_${card.dataset.measure}`, { name, ...said });
    made.setAttribute("aria-label", made.title);
    return element("li", "", made);
  }

  more.addEventListener("click", () => { whole = !whole; draw(); });
  return draw;
}
