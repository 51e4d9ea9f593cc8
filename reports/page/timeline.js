// The timeline: a line for each person, a bar for each task, coloured by how it ends.
const PEOPLE_SHOWN = 15;
const LINE_PX = 26;
const FIRST_DAY_MS = 24 * HOUR_MS;
const KEYS = { ArrowLeft: [-0.25, 1], ArrowRight: [0.25, 1], "+": [0, 0.5], "=": [0, 0.5], "-": [0, 2], 0: [0, Infinity] };

// The tasks on the page of each person, in the order of the day.
const dayOf = people.agent_id.map(() => []);
tasks.agent.forEach((person, row) => { if (person >= 0) dayOf[person].push(row); });
for (const day of dayOf) day.sort((a, b) => tasks.start_at[a] - tasks.start_at[b] || tasks.end_at[a] - tasks.end_at[b]);

// How the bars of an outcome look: a pattern as well as a colour, for those who do not tell the colours apart.
function looks(row) {
  const { key, group } = states[tasks.state[row]];
  const pattern = { late: "right_diagonal_line", overdue: "dot" }[key];
  return { fill: colour(group === "late" ? "late" : "accent"), hatch: pattern || "blank" };
}

// A task that takes twice its minutes or more is interrupted by a break, a night, other duties: a thin bar.
function isInterrupted(row) {
  return tasks.end_at[row] - tasks.start_at[row] >= 2 * 60 * tasks.minutes[row];
}

// What stands before a person's line: on a phone there is room for the name only.
function label(person) {
  if (!narrow.matches) return shortened(personName(person), 26);
  return shortened(word(people.name, person) || people.agent_id[person], 14);
}

function startTimeline(section) {
  const [place, note, pager, told] = [".plot", "[role=status]", ".pager", ".told"].map((selector) => section.querySelector(selector));
  const figure = timeFigure(horizon, FIRST_DAY_MS, {
    name: "timeline",
    height: 200,
    x_axis_location: "above",
    y_range: new Bokeh.Range1d({ start: 1, end: 0 }),
  });
  const range = figure.x_range;
  const source = new ColumnDataSource({ data: {} });
  const lines = new Bokeh.FixedTicker({ ticks: [] });
  let first = 0; // of the people shown
  let shown = []; // their tasks, bar by bar

  figure.yaxis.ticker = lines;
  figure.ygrid.visible = false;
  const bars = figure.hbar({
    source,
    y: { field: "line" },
    left: { field: "start" },
    right: { field: "end" },
    height: { field: "height" },
    fill_color: { field: "fill" },
    hatch_pattern: { field: "hatch" },
    nonselection_fill_alpha: 1,
    nonselection_hatch_alpha: 0.6,
  });
  const titles = Object.fromEntries(run.columns.tasks.map(({ name, title }) => [name, title]));
  const fields = { task_id: "task", process: "process", "@state": "state", start_at: "starts", end_at: "ends", due_at: "due" };
  const tooltips = Object.entries(fields).map(([name, field]) => [titles[name], `@${field}`]);
  const pointer = new Bokeh.HoverTool({ tooltips, renderers: [bars], point_policy: "follow_mouse" });
  figure.add_tools(pointer, new Bokeh.TapTool({ renderers: [bars] }));
  source.selected.change.connect(() => tell(source.selected.indices[0]));

  // The task of a bar that was clicked, in words.
  function tell(bar) {
    if (bar === undefined) return;
    const { text } = LISTS.tasks.columns.task_id;
    const row = shown[bar];
    const facts = Object.keys(fields).slice(1).map((name) => `${titles[name]} ${LISTS.tasks.columns[name].text(row) || "–"}`);
    told.replaceChildren(element("strong", "", text(row)), ...facts.map((fact) => element("span", "", fact)));
  }

  function move([by, factor]) {
    const [least, most] = range.bounds;
    const width = Math.max(range.min_interval, Math.min(most - least, (range.end - range.start) * factor));
    const middle = (range.start + range.end) / 2 + by * (range.end - range.start);
    const start = Math.max(least, Math.min(most - width, middle - width / 2));
    range.setv({ start, end: start + width });
  }

  for (const control of section.querySelectorAll("[data-key]")) {
    control.addEventListener("click", () => move(KEYS[control.dataset.key]));
  }
  place.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move(KEYS[event.key]);
  });

  function draw() {
    const busy = chosenPeople().filter((person) => people.tasks[person]);
    busy.sort((a, b) => people.team.cells[a] - people.team.cells[b] || a - b);
    first = Math.min(first, Math.max(0, busy.length - 1));
    first -= first % PEOPLE_SHOWN;
    const some = busy.slice(first, first + PEOPLE_SHOWN);
    const fit = chosenTasks(tasks);
    shown = some.flatMap((person) => dayOf[person]).filter(fit);
    drawBars(some);
    drawNotes(busy, some);
  }

  function drawBars(some) {
    const line = new Map(some.map((person, i) => [person, i + 0.5]));
    const column = (get) => shown.map(get);
    const at = (values) => column((row) => run.begin_ms + values[row] * MS);
    const texted = (name) => column(LISTS.tasks.columns[name].text);
    source.selected.indices = [];
    source.data = {
      line: column((row) => line.get(tasks.agent[row])),
      start: at(tasks.start_at),
      end: at(tasks.end_at),
      height: column((row) => (isInterrupted(row) ? 0.25 : 0.72)),
      fill: column((row) => looks(row).fill),
      hatch: column((row) => looks(row).hatch),
      ...Object.fromEntries(Object.entries(fields).map(([name, field]) => [field, texted(name)])),
    };
    lines.ticks = some.map((_, i) => i + 0.5);
    figure.yaxis.major_label_overrides = new Map(some.map((person, i) => [i + 0.5, label(person)]));
    figure.y_range.setv({ start: Math.max(1, some.length), end: 0 });
    figure.height = LINE_PX * Math.max(1, some.length) + 36;
    bars.glyph.line_color = colour("paper");
    bars.glyph.hatch_color = colour("late-line");
    paint(figure);
  }

  function drawNotes(busy, some) {
    place.hidden = !some.length;
    told.replaceChildren();
    const whole = some.reduce((sum, person) => sum + people.tasks[person], 0);
    const listed = some.reduce((sum, person) => sum + dayOf[person].length, 0);
    const last = first + some.length;
    const range = { first: count(first + 1), last: count(last), count: count(busy.length) };
    const notes = [some.length ? fill("people_of", range) : texts.nobody];
    if (listed < whole) notes.push(fill("listed", { listed: count(listed), tasks: count(whole) }));
    note.textContent = notes.join(" ");
    const turn = (by) => () => { first += by; draw(); };
    const [back, on] = pager.children;
    back.onclick = turn(-PEOPLE_SHOWN);
    on.onclick = turn(PEOPLE_SHOWN);
    pager.hidden = busy.length <= PEOPLE_SHOWN;
    back.disabled = first === 0;
    on.disabled = last >= busy.length;
  }

  Plotting.show(figure, place);
  return draw;
}
