// The searchable, sortable lists of tasks and people: only the rows that are shown are made.
const STEP = narrow.matches ? 20 : 50;

const columnOf = {
  text: (values) => ({ text: (row) => values[row], sort: (row) => values[row] }),
  words: (column) => ({ text: (row) => word(column, row), sort: (row) => word(column, row), column }),
  time: (values) => ({ text: (row) => wallClock(values[row]), sort: (row) => values[row] }),
  points: (values) => ({ text: (row) => points(values[row] / 100), sort: (row) => values[row] }),
  count: (values) => ({ text: (row) => count(values[row]), sort: (row) => values[row] }),
};

function through(places, { text, sort, column }) {
  const at = (get) => (row) => (places[row] < 0 ? "" : get(places[row]));
  return { text: at(text), sort: at(sort), places, column };
}

const stateColumn = { words: states.map((state) => state.label), cells: states.map((_, i) => i) };
const used = people.working_minutes.map((working, i) => (working ? people.planned_minutes[i] / working : null));
const free = people.capacity_minutes.map((capacity, i) => (capacity - people.planned_minutes[i]) / 60);
const nameOfAgent = through(tasks.agent, columnOf.words(people.name));

// The columns that the planner brought along, as a line below what the task is.
function ownText(row) {
  const there = Object.entries(tasks.own).filter(([, column]) => column.cells[row] >= 0);
  return there.map(([title, column]) => `${title}: ${word(column, row)}`).join(" · ");
}

const LISTS = {
  tasks: {
    rows: tasks.task_id.length,
    columns: {
      task_id: columnOf.text(tasks.task_id),
      "@state": { ...through(tasks.state, columnOf.words(stateColumn)), more: (row) => word(tasks.detail, row) },
      process: { ...through(tasks.kind, columnOf.words(kinds.process)), more: ownText },
      agent_id: { ...through(tasks.agent, columnOf.text(people.agent_id)), more: nameOfAgent.text },
      start_at: columnOf.time(tasks.start_at),
      end_at: columnOf.time(tasks.end_at),
      due_at: columnOf.time(tasks.due_at),
      payoff: columnOf.points(tasks.payoff),
    },
    searched: [
      columnOf.words(tasks.detail),
      nameOfAgent,
      ...Object.values(tasks.own).map(columnOf.words),
      ...Object.keys(kinds)
        .filter((name) => name !== "process") // a column of its own
        .map((name) => through(tasks.kind, columnOf.words(kinds[name]))),
    ],
    chosen: () => chosenTasks(tasks),
    className: (row) => GROUPS[groupOfState[tasks.state[row]]],
    // one person's tasks are a day: they come in its order
    order: () => (choice.has("agent") ? "start_at" : null),
  },
  people: {
    rows: people.agent_id.length,
    columns: {
      agent_id: columnOf.text(people.agent_id),
      name: columnOf.words(people.name),
      team: columnOf.words(people.team),
      site: columnOf.words(people.site),
      organisation: columnOf.words(people.organisation),
      "@utilization": { text: (row) => (used[row] === null ? "" : share(used[row])), sort: (row) => used[row] },
      "@free_hours": { text: (row) => hours(free[row]), sort: (row) => free[row] },
      tasks: columnOf.count(people.tasks),
      late: columnOf.count(people.late),
      first_start: columnOf.time(people.first_start),
      last_end: columnOf.time(people.last_end),
    },
    searched: [],
    chosen: () => {
      const chosen = new Set(chosenPeople());
      return (row) => chosen.has(row);
    },
    className: () => "",
    order: () => null,
    choose: (row) => choice.set("agent", row),
  },
};

// A test of whether a row has every term in some column; each distinct word is looked at once.
function finds(query, columns) {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (term) => columns.map(({ column, places, text }) => {
    if (!column) return (row) => text(row).toLowerCase().includes(term);
    const hits = column.words.map((word) => word.toLowerCase().includes(term));
    const cells = column.cells;
    return places ? (row) => places[row] >= 0 && hits[cells[places[row]]] : (row) => hits[cells[row]];
  });
  const tests = terms.map(has);
  return (row) => tests.every((columnTests) => columnTests.some((test) => test(row)));
}

// The order of two values, upwards or downwards; what is empty comes last either way.
function compared(a, b, sign) {
  if (a === b) return 0;
  if (a === null || a === "") return 1;
  if (b === null || b === "") return -1;
  return a < b ? -sign : sign;
}

function startList(finder, redraw) {
  const list = LISTS[finder.id];
  const columns = run.columns[finder.id].map((column) => ({ ...column, ...list.columns[column.name] }));
  const searched = [...columns.filter((column) => column.kind === "text"), ...list.searched];
  const parts = ["input", "[role=status]", ".more", "thead", "tbody"];
  const [input, status, more, head, body] = parts.map((selector) => finder.querySelector(selector));
  let found = [];
  let order = { name: null, sign: 1 };

  const titles = columns.map((column) => {
    const sort = button("sort", () => {
      order = { name: column.name, sign: order.name === column.name ? -order.sign : 1 };
      draw();
    }, column.title);
    sort.title = fill("sort", { title: column.title });
    const title = element("th", column.kind, sort);
    title.scope = "col";
    title.dataset.title = column.title;
    return title;
  });
  head.append(element("tr", "", ...titles));

  function cellOf(column, row) {
    const text = column.text(row);
    const chooses = list.choose && column.name === "agent_id";
    const cell = element("td", column.kind, chooses ? button("link", () => { list.choose(row); redraw(); }, text) : text);
    cell.dataset.title = column.title;
    if (column.more && column.more(row)) cell.append(element("span", "note", column.more(row)));
    return cell;
  }

  function showMore() {
    const next = found.slice(body.children.length, body.children.length + STEP);
    body.append(...next.map((row) => element("tr", list.className(row), ...columns.map((c) => cellOf(c, row)))));
    more.hidden = body.children.length >= found.length;
    status.textContent = fill("shown", { shown: count(body.children.length), found: count(found.length) });
  }

  function draw() {
    const fit = list.chosen();
    const hit = finds(input.value, searched);
    found = [];
    for (let row = 0; row < list.rows; row += 1) if (fit(row) && hit(row)) found.push(row);
    sort();
    exactFirst(input.value.trim());
    body.replaceChildren();
    showMore();
  }

  function sort() {
    const { name, sign } = order.name ? order : { name: list.order(), sign: 1 };
    titles.forEach((title, i) => {
      title.ariaSort = columns[i].name === name ? (sign > 0 ? "ascending" : "descending") : null;
    });
    const column = columns.find((one) => one.name === name);
    if (column) found.sort((a, b) => compared(column.sort(a), column.sort(b), sign));
  }

  // Who asks for an id wants that one first.
  function exactFirst(query) {
    const exact = found.findIndex((row) => columns[0].text(row) === query);
    if (exact > 0) found.unshift(...found.splice(exact, 1));
  }

  input.addEventListener("input", draw);
  more.addEventListener("click", showMore);
  return draw;
}
