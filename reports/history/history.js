// The page of the history: what is chosen, its figures with their trends, and the one that is looked at closely.
const state = { choice: WHOLE, path: [], measure: null, below: null, all: false };
const at = (id) => document.getElementById(id);
const SPARK = { width: 220, height: 48 };
const ROWS = 12;

function svg(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// A small trend: the line, broken where there is nothing, its target dashed, what misses it marked.
function spark(measure, values, goals) {
  const { width, height } = SPARK;
  const known = [...values, ...(goals || [])].filter((value) => value !== null);
  const low = Math.min(...known, measures[measure].unit === "share" ? Infinity : 0);
  const high = Math.max(...known);
  const x = (i) => (values.length > 1 ? 2 + ((width - 4) * i) / (values.length - 1) : width / 2);
  const y = (value) => (high > low ? height - 4 - ((height - 8) * (value - low)) / (high - low) : height / 2);
  const path = (row) => row.map((value, i) => (value === null ? "" : `${i && row[i - 1] !== null ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`)).join("");
  const picture = svg("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  if (goals) picture.append(svg("path", { class: "goal", d: path(goals) }));
  picture.append(svg("path", { class: "line", d: path(values) }));
  const last = lastOf(values);
  if (last >= 0) {
    const missed = goals && goals[last] !== null && !meets(measure, values[last], goals[last]);
    picture.append(svg("circle", { class: missed ? "missed" : "last", cx: x(last), cy: y(values[last]), r: 3 }));
  }
  return picture;
}

function goalWords(measure, value, goal) {
  if (goal === null || goal === undefined) return "";
  const words = meets(measure, value, goal) ? texts.met : texts.missed;
  return `${fill("target", { target: figureOf(measure, goal) })}: ${words}`;
}

function drawChoice() {
  const chips = state.path.map((one, i) => {
    const what = `${texts[`level_${one.level}`]}: ${nameOfKey(one.level, one.key)}`;
    const drop = button("chip", () => choose(state.path[i - 1] || WHOLE, state.path.slice(0, i)), `${shortened(what, 40)} ×`);
    drop.setAttribute("aria-label", fill("remove", { what }));
    return drop;
  });
  const back = button("link", () => choose(WHOLE, []), texts.everything);
  back.title = texts.clear;
  const whole = [element("strong", "", texts.everything), element("span", "note", texts.hint)];
  at("choice").replaceChildren(...(chips.length ? [back, ...chips] : whole));
  document.body.classList.toggle("narrowed", chips.length > 0);
}

async function choose(choice, path, measure) {
  state.choice = choice;
  if (measure) state.measure = measure;
  state.path = path || [...state.path.filter((one) => PLACES.includes(one.level) && PLACES.indexOf(one.level) < PLACES.indexOf(choice.level)), choice];
  state.all = false;
  await draw();
  if (measure) showTrend();
}

// The figures to look at first, in groups, each a tile with its trend.
function drawGroups() {
  const { level, key } = state.choice;
  const groups = past.featured.map(({ title, names }) => {
    const tiles = names.map((name) => (measures[name] ? tileOf(level, key, name) : null)).filter(Boolean);
    if (!tiles.length) return null;
    return element("section", "group", element("h2", "", title), element("div", "tiles", ...tiles));
  });
  const shown = groups.filter(Boolean);
  at("figures").replaceChildren(...(shown.length ? shown : [element("p", "note", texts.nothing_here)]));
}

function tileOf(level, key, measure) {
  const values = series(level, key, measure);
  if (!values) return null;
  const goals = targetsOf(level, key, measure);
  const last = lastOf(values);
  const { difference } = nowAndBefore(values);
  const effect = effectOf(measure, difference);
  const goal = goals && goals[last];
  const missed = goal !== null && goal !== undefined && !meets(measure, values[last], goal);
  const change = difference === null ? "" : fill("against", { difference: differenceOf(measure, difference) });
  const tile = button(`tile${missed ? " missed" : ""}`, () => look(measure),
    element("span", "label first", measures[measure].title),
    element("span", "figure", figureOf(measure, values[last])),
    element("span", `note ${effect}`, [change, effect && texts[effect]].filter(Boolean).join(" · ")),
    element("span", "note goal", goalWords(measure, values[last], goal)),
    spark(measure, values, goals));
  tile.setAttribute("aria-pressed", String(measure === state.measure));
  tile.title = fill("open_trend", { what: measures[measure].title });
  return tile;
}

function look(measure) {
  state.measure = measure;
  drawGroups();
  drawTrend();
  drawParts();
  showTrend();
}

function showTrend() {
  at("trend").scrollIntoView({ block: "nearest" });
}

// Every measure that the choice has, in the order of the register.
function measuresHere() {
  const { level, key } = state.choice;
  return Object.keys(measures).filter((name) => series(level, key, name));
}

// The large picture of one figure.
const trend = startTrend(document.querySelector("#trend .plot"));

function startTrend(place) {
  const begin = periods.map((day) => Date.parse(`${day}T00:00:00Z`));
  const day = 24 * HOUR_MS;
  const span = [begin[0] - day, begin[begin.length - 1] + day];
  const figure = timeFigure(span, span[1] - span[0], {
    name: "trend",
    height: narrow.matches ? 240 : 320,
    y_range: new Bokeh.Range1d({ start: 0, end: 1 }),
  });
  const source = new ColumnDataSource({ data: { x: [], y: [], goal: [], when: [], shown: [], aim: [] } });
  const missed = new ColumnDataSource({ data: { x: [], y: [] } });
  const goal = figure.step({ x: { field: "x" }, y: { field: "goal" }, source, mode: "center", line_width: 2, line_dash: "dashed" });
  const line = figure.line({ x: { field: "x" }, y: { field: "y" }, source, line_width: 2 });
  const dots = figure.scatter({ x: { field: "x" }, y: { field: "y" }, source, size: begin.length > 120 ? 3 : 6 });
  const marks = figure.scatter({ x: { field: "x" }, y: { field: "y" }, source: missed, size: begin.length > 120 ? 5 : 9, marker: "diamond" });
  const tooltips = [["", "@when"], [texts.value, "@shown"], [texts.target_line, "@aim"]];
  figure.add_tools(new Bokeh.HoverTool({ tooltips, renderers: [dots] }));
  Plotting.show(figure, place);
  return (measure, values, goals) => {
    const aims = goals || values.map(() => null);
    const { unit } = measures[measure];
    const factor = unit === "share" ? 100 : 1;
    const number = (value) => (value === null ? NaN : value * factor);
    source.data = {
      x: begin, y: values.map(number), goal: aims.map(number), when: periods,
      shown: values.map((value) => figureOf(measure, value)), aim: aims.map((value) => figureOf(measure, value)),
    };
    const bad = values.map((value, i) => i).filter((i) => values[i] !== null && aims[i] !== null && !meets(measure, values[i], aims[i]));
    missed.data = { x: bad.map((i) => begin[i]), y: bad.map((i) => number(values[i])) };
    const known = [...values, ...aims].filter((value) => value !== null).map((value) => value * factor);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const room = (high - low || Math.abs(high) || 1) * 0.08;
    figure.y_range.start = low >= 0 && low - room < high / 3 ? 0 : low - room;
    figure.y_range.end = high + room;
    figure.yaxis.axis_label = unit === "share" ? "%" : unit === "hours" || unit === "minutes" || unit === "days" ? fill(unit, { number: "" }).trim() : "";
    paint(figure);
    line.glyph.line_color = colour("accent");
    dots.glyph.fill_color = colour("accent");
    dots.glyph.line_color = colour("accent");
    goal.glyph.line_color = colour("muted");
    marks.glyph.fill_color = colour("bad");
    marks.glyph.line_color = colour("bad");
  };
}

function drawTrend() {
  const { level, key } = state.choice;
  const here = measuresHere();
  if (!here.includes(state.measure)) state.measure = here.includes(past.first) ? past.first : here[0];
  const picker = document.querySelector("#trend select");
  picker.replaceChildren(...here.map((name) => new Option(measures[name].title, name, false, name === state.measure)));
  at("trend").hidden = !here.length;
  if (!here.length) return;
  const values = series(level, key, state.measure);
  const goals = targetsOf(level, key, state.measure);
  trend(state.measure, values, goals);
  const both = values.map((value, i) => [value, goals && goals[i]]).filter(([value, goal]) => value !== null && goal !== null);
  const met = both.filter(([value, goal]) => meets(state.measure, value, goal)).length;
  const last = lastOf(values);
  const { now, before, difference } = nowAndBefore(values);
  const told = [
    `${nameOfKey(level, key)}, ${measures[state.measure].title}: ${figureOf(state.measure, values[last])} (${periods[last]})`,
    difference === null ? "" : `${figureOf(state.measure, before)} → ${figureOf(state.measure, now)}, ${differenceOf(state.measure, difference)}`,
    goals && both.length ? `${goalWords(state.measure, values[last], goals[last])}; ${fill("days_met", { met: count(met), count: count(both.length) })}` : "",
  ];
  document.querySelector("#trend .told").textContent = told.filter(Boolean).join(" · ");
}

// The parts of what is chosen, by the measure looked at: the worst first where that can be said.
async function drawParts() {
  const open = levelsBelow(state.choice);
  const section = at("parts");
  section.hidden = !open.length;
  if (!open.length) return;
  if (!open.includes(state.below)) state.below = open.includes("site") ? "site" : open[0];
  await unpack(state.below);
  const tabs = open.map((level) => {
    const tab = button("tab", () => { state.below = level; state.all = false; drawParts(); }, texts[`levels_${level}`] || texts[`level_${level}`]);
    tab.setAttribute("aria-pressed", String(level === state.below));
    return tab;
  });
  section.querySelector(".tabs").replaceChildren(...tabs);
  const level = state.below;
  const rows = keysBelow(state.choice, level).map((key) => ({ key, values: series(level, key, state.measure) })).filter((row) => row.values);
  for (const row of rows) {
    row.goals = targetsOf(level, row.key, state.measure);
    row.last = row.values[lastOf(row.values)];
    row.goal = row.goals && row.goals[lastOf(row.values)];
    row.difference = nowAndBefore(row.values).difference;
  }
  const sign = measures[state.measure].less ? -1 : 1;
  rows.sort((a, b) => sign * (a.last - b.last) || (a.key < b.key ? -1 : 1));
  const shown = state.all ? rows : rows.slice(0, ROWS);
  section.querySelector("tbody").replaceChildren(...shown.map((row) => partOf(level, row)));
  const named = texts[`levels_${level}`] || texts[`level_${level}`];
  section.querySelector(".what").textContent = `${named}, ${measures[state.measure].title}`;
  section.querySelector(".none").hidden = rows.length > 0;
  section.querySelector("table").hidden = !rows.length;
  const more = section.querySelector(".more");
  more.hidden = shown.length === rows.length;
  more.textContent = fill("show_all", { count: count(rows.length) });
}

function cell(kind, title, ...content) {
  const made = element("td", kind, ...content);
  made.dataset.title = title;
  return made;
}

function partOf(level, { key, values, goals, last, goal, difference }) {
  const name = button("link", () => choose({ level, key }), nameOfKey(level, key));
  const missed = goal !== null && goal !== undefined && !meets(state.measure, last, goal);
  return element("tr", missed ? "late" : "",
    cell("text", texts[`level_${level}`], name),
    cell("number", texts.now, figureOf(state.measure, last)),
    cell("number", texts.target_line, goal === null || goal === undefined ? "" : figureOf(state.measure, goal)),
    cell(`number ${effectOf(state.measure, difference)}`, texts.difference, differenceOf(state.measure, difference)),
    cell("text trend", texts.trend, spark(state.measure, values, goals)));
}

// What changed most: of everything the figures that Python found, of a choice its own.
function drawChanges() {
  const rows = state.choice.level === "enterprise" ? past.changes : changesOf(state.choice);
  const made = rows.slice(0, 15).map((row) => {
    const { level, key, measure, now, before, difference } = row;
    const go = () => choose({ level, key }, level === "enterprise" ? [] : [{ level, key }], measure);
    const effect = effectOf(measure, difference);
    return element("tr", "",
      cell("text", texts.which, button("link", go, level === "enterprise" ? texts.everything : `${texts[`level_${level}`]}: ${nameOfKey(level, key)}`)),
      cell("text", texts.measure, measures[measure].title),
      cell("number", texts.before, figureOf(measure, before)),
      cell("number", texts.now, figureOf(measure, now)),
      cell(`number ${effect}`, texts.difference, `${differenceOf(measure, difference)} ${effect ? texts[effect] : ""}`));
  });
  at("changes").querySelector("tbody").replaceChildren(...made);
  at("changes").querySelector(".none").hidden = made.length > 0;
  at("changes").querySelector("table").hidden = !made.length;
}

// How much a count varies by chance alone.
function chanceOf(measure, before) {
  return measures[measure].unit === "count" ? Math.sqrt(Math.abs(before)) : 0;
}

function changesOf({ level, key }) {
  const [recent, earlier] = past.spans;
  const found = [];
  for (const measure of measuresHere()) {
    const values = series(level, key, measure);
    const { now, before, difference } = nowAndBefore(values);
    if (difference === null || Math.abs(difference) <= 0.02 * Math.abs(before) || Math.abs(difference) < 1e-9) continue;
    const old = values.slice(-recent - earlier, -recent).filter((value) => value !== null);
    const spread = Math.sqrt(old.reduce((sum, value) => sum + (value - before) ** 2, 0) / Math.max(1, old.length - 1));
    found.push({ level, key, measure, now, before, difference, score: Math.abs(difference) / Math.max(spread, chanceOf(measure, before), Math.abs(before) * 0.05, 1e-6) });
  }
  return found.sort((a, b) => b.score - a.score);
}

async function draw() {
  await unpack(state.choice.level);
  drawChoice();
  drawTrend();
  drawGroups();
  drawChanges();
  await drawParts();
  document.body.dataset.ready = "yes";
}

document.querySelector("#trend select").addEventListener("change", (event) => look(event.target.value));
at("parts").querySelector(".more").addEventListener("click", () => { state.all = true; drawParts(); });
for (const link of document.querySelectorAll("[data-level]")) {
  const { level, key, measure } = link.dataset;
  const text = link.textContent;
  link.replaceChildren(button("link", () => choose({ level, key }, level === "enterprise" ? [] : [{ level, key }], measure), text));
}
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
if ("DecompressionStream" in window) draw();
else at("figures").replaceChildren(element("p", "alarm", texts.old_browser));
