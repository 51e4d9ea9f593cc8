// The page as a whole: what is chosen, the tiles, and everything drawn again when the choice changes.
const choicePanel = document.getElementById("choice");
const tiles = [...document.querySelectorAll("[data-figure]")].map((tile) => {
  const [figure, note] = [".figure", ".note"].map((selector) => tile.querySelector(selector));
  return { name: tile.dataset.figure, figure, note, whole: [figure.textContent, note.textContent] };
});

function drawChoice() {
  const path = [...choice].map(([dimension, cell]) => {
    const name = nameOf(dimension, cell);
    const text = `${texts[`dimension_${dimension}`]}: ${shortened(name, 40)} ×`;
    const drop = button("chip", () => { choice.delete(dimension); redraw(); }, text);
    drop.setAttribute("aria-label", fill("remove", { what: name }));
    return drop;
  });
  const back = button("link", () => { choice.clear(); redraw(); }, texts.everything);
  back.title = texts.clear;
  const whole = [element("strong", "", texts.everything), element("span", "note", texts.hint)];
  choicePanel.replaceChildren(...(choice.size ? [back, ...path] : whole));
  document.body.classList.toggle("narrowed", choice.size > 0);
}

function drawTiles() {
  const total = totals().get(0) || { groups: [0, 0, 0, 0], due: [0, 0, 0, 0], minutes: 0, payoff: 0 };
  const working = workingMinutes().get(0) || 0;
  const [onTime, late, unplanned, closed] = total.groups;
  const ofTasks = fill("of_tasks", { tasks: count(sumOf(total.groups)) });
  const spent = fill("of_hours", { planned: count(total.minutes / 60), working: count(working / 60) });
  const due = sumOf(total.due);
  const figures = {
    objective: [points(total.payoff / 100), texts.of_choice],
    on_time: [count(onTime), ofTasks],
    late: [count(late), ofTasks],
    unplanned: [count(unplanned + closed), [...choice.keys()].some(isOfPeople) ? texts.of_nobody : ofTasks],
    utilization: [working ? share(total.minutes / working) : "–", spent],
    sla: [due ? share(total.due[0] / due) : "–", fill("of_due", { tasks: count(due) })],
  };
  for (const { name, figure, note, whole } of tiles) [figure.textContent, note.textContent] = choice.size ? figures[name] : whole;
}

function redraw() {
  for (const draw of drawings) draw();
}

// A click on a task anywhere finds it in the list.
function findTask(id) {
  const input = document.querySelector("#tasks input");
  choice.clear();
  redraw();
  input.value = id;
  input.dispatchEvent(new Event("input"));
  input.focus();
  document.getElementById("tasks").scrollIntoView();
}

const drawings = [
  drawChoice,
  drawTiles,
  ...[...document.querySelectorAll("[data-measure]")].map((card) => startBars(card, redraw)),
  startPeriods(document.querySelector("#periods .plot")),
  startTimeline(document.getElementById("timeline")),
  ...[...document.querySelectorAll(".finder")].map((finder) => startList(finder, redraw)),
];
redraw();

document.querySelectorAll("td[data-task]").forEach((cell) => {
  const id = cell.textContent;
  cell.replaceChildren(button("link", () => findTask(id), id));
});

// A click on what an alert or target is about shows that alone.
function cellOf(level, key) {
  const words = level === "agent" ? people.agent_id : (isOfPeople(level) ? people : kinds)[level]?.words;
  return words && key ? words.indexOf(key) : -1;
}
document.querySelectorAll("tr[data-level] td[data-place]").forEach((place) => {
  const { level, key } = place.parentElement.dataset;
  const cell = cellOf(level, key);
  if (cell < 0) return;
  const show = () => { choice.clear(); choice.set(level, cell); redraw(); choicePanel.scrollIntoView(); };
  place.replaceChildren(button("link", show, place.textContent));
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input")) return;
  event.preventDefault();
  document.querySelector("#tasks input").focus();
});
// paper cannot open what is folded up
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
