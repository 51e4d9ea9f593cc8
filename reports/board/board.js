// The board: asks the service for what is chosen every few seconds, and redraws what has changed.
"use strict";
const EVERY_MS = 5000;
const MOST_ALERTS = 12;
const DIMENSIONS = ["site", "team", "agent", "tenant", "segment"];
const TEXTS = JSON.parse(document.getElementById("texts").textContent);
const at = (id) => document.getElementById(id);
const drawn = new Map(); // what each part was drawn from
let facts = null;
let timer = 0;
let asked = 0;
let answered = null; // when the server has answered last

const text = (name, parts = {}) => TEXTS[name].replace(/\{(\w+)\}/g, (whole, part) => parts[part] ?? whole);
const number = (value, most = 0) => new Intl.NumberFormat(TEXTS.locale, { maximumFractionDigits: most }).format(value);
const points = (value) => number(value, Math.abs(value) < 100 ? 2 : 0);
const clock = (moment, seconds) => {
  if (!moment) return "";
  const [day, time] = [moment.slice(0, 10), moment.slice(11, seconds ? 19 : 16)]; // as the board's time zone has it
  return facts && day !== facts.now.slice(0, 10) ? `${day} ${time}` : time;
};
const length = (minutes) => {
  if (minutes < 120) return text("minutes", { number: number(minutes) });
  return minutes < 2880 ? text("hours", { number: number(minutes / 60, 1) }) : text("days", { number: number(minutes / 1440, 1) });
};
const unit = () => TEXTS[`unit_${facts.unit}`] ?? facts.unit;
const named = (key) => (key === null || key === "" ? text("none") : key);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// draws a part when what it shows has changed; the focus stays where it was
function draw(id, from, build) {
  const told = JSON.stringify(from);
  if (drawn.get(id) === told) return;
  drawn.set(id, told);
  const element = at(id);
  const focused = element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  build(element);
  if (focused !== undefined) element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function chosen() {
  const parameters = new URLSearchParams(location.search);
  return Object.fromEntries(DIMENSIONS.filter((name) => parameters.has(name)).map((name) => [name, parameters.get(name)]));
}

function choose(name, key) {
  const parameters = new URLSearchParams(location.search);
  if (key === undefined) parameters.delete(name);
  else parameters.set(name, key ?? "");
  history.pushState(null, "", `?${parameters}`);
  renew();
}

async function renew() {
  clearTimeout(timer);
  const mine = ++asked;
  try {
    const query = new URLSearchParams({ ...chosen(), lang: TEXTS.locale.slice(0, 2) });
    const response = await fetch(`v1/board?${query}`, { cache: "no-cache", signal: AbortSignal.timeout(20000) });
    if (!response.ok) throw new Error(response.status);
    const found = await response.json();
    if (mine !== asked) return;
    facts = found;
    answered = new Date();
    at("away").hidden = true;
    show();
  } catch {
    if (mine !== asked) return;
    const time = (answered ?? new Date()).toLocaleTimeString(TEXTS.locale);
    at("away").textContent = text("away", { time });
    at("away").hidden = false;
  }
  timer = setTimeout(renew, EVERY_MS);
}

function show() {
  at("fresh").textContent = text("fresh", { time: clock(facts.now, true) });
  draw("choice", facts.chosen, showChoice);
  draw("totals", [facts.totals, facts.unit], showTotals);
  draw("hours", facts.hours, showHours);
  draw("groups", facts.groups, showGroups);
  draw("tasks", [facts.tasks, facts.now.slice(0, 10)], showTasks);
  draw("people", facts.people, showPeople);
  draw("sources", facts.sources, showSources);
  draw("run", facts.run, showRun);
  draw("alerts", facts.alerts, showAlerts);
  draw("targets", facts.targets, showTargets);
}

function showChoice(element) {
  element.replaceChildren(
    ...Object.entries(facts.chosen).map(([name, key]) => {
      const what = `${text(name)}: ${named(key)}`;
      const remove = { type: "button", class: "chip", "data-key": name, "aria-label": text("remove", { what }), onclick: () => choose(name) };
      return make("button", remove, `${what} ×`);
    }),
  );
}

function showTotals(element) {
  const totals = facts.totals;
  const value = (name) => text("value_of", { value: points(totals[name]), unit: unit() });
  const tile = (name, figure, note = "", look = "") =>
    make("div", { class: `tile ${look}`, "data-figure": name }, make("p", {}, text(name)), make("p", { class: "figure" }, figure), make("p", { class: "note" }, note));
  element.replaceChildren(
    tile("open", number(totals.open), value("value")),
    tile("at_risk", number(totals.at_risk), "", totals.at_risk ? "warn" : ""),
    tile("value_at_risk", points(totals.value_at_risk), text("of_value", { value: points(totals.value), unit: unit() }), totals.at_risk ? "warn" : ""),
    tile("overdue", number(totals.overdue), "", totals.overdue ? "bad" : ""),
    tile("due_soon", number(totals.due_soon)),
    tile("in_progress", number(totals.in_progress)),
    tile("planned", number(totals.planned)),
    tile("unplanned", number(totals.unplanned)),
    tile("held", number(totals.held)),
  );
}

const track = (part, look) => make("span", { class: "track" }, make("span", { class: look, style: { width: `${100 * Math.min(1, part)}%` } }));

function showHours(element) {
  const most = Math.max(1, ...facts.hours.flatMap((hour) => [hour.due_minutes, hour.capacity_minutes]));
  element.replaceChildren(
    ...facts.hours.map((hour) => {
      const parts = { due: number(hour.due), minutes: length(hour.due_minutes), people: number(hour.people), capacity: length(hour.capacity_minutes), at_risk: number(hour.at_risk) };
      const lines = make("span", { class: "lines", "aria-hidden": "true" }, track(hour.due_minutes / most, "late"), track(hour.capacity_minutes / most, "on_time"));
      return make("div", { class: "hour" }, make("span", {}, clock(hour.from)), lines, make("small", {}, text("hour", parts)));
    }),
  );
}

function showGroups(element) {
  element.replaceChildren(
    ...Object.entries(facts.groups).filter(([, rows]) => rows.length).map(([name, rows]) => {
      const most = Math.max(1e-9, ...rows.map((row) => row.value));
      const list = rows.slice(0, 12).map((row) => {
        const parts = { name: named(row.key), at_risk: number(row.at_risk), open: number(row.open), value: points(row.value_at_risk), unit: unit() };
        const bar = make("span", { class: "track", "aria-hidden": "true" }, ...[[row.value_at_risk, "late"], [row.value - row.value_at_risk, "on_time"]].map(([value, look]) => make("span", { class: look, style: { width: `${(100 * value) / most}%` } })));
        const told = make("span", { class: "value" }, `${number(row.at_risk)} / ${number(row.open)} `, make("small", {}, points(row.value_at_risk)));
        const act = { type: "button", class: "bar-row", "data-key": `${name} ${row.key}`, "aria-label": text("bar", parts), onclick: () => choose(name, row.key) };
        return make("li", {}, make("button", act, make("span", { class: "name" }, named(row.key)), bar, told));
      });
      return make("section", { class: "card", "data-dimension": name }, make("h2", {}, text(name)), make("ul", { class: "bars" }, ...list));
    }),
  );
}

function showTasks(element) {
  const cell = (content, title, look = "text") => make("td", { class: look, "data-title": title }, content ?? "");
  const titles = [...element.querySelectorAll("th")].map((head) => head.textContent);
  const rows = facts.tasks.map((task) => {
    const open = make("button", { type: "button", class: "link", "data-key": task.task_id, onclick: () => showTask(task.task_id) }, task.task_id);
    const person = task.agent ? make("button", { type: "button", class: "link", onclick: () => choose("agent", task.agent) }, task.agent) : "";
    const cells = [open, task.process, TEXTS[task.status] ?? task.status, person, clock(task.due_at), clock(task.end_at), points(task.value)];
    return make("tr", { class: task.overdue ? "overdue" : task.at_risk ? "risk" : "" }, ...cells.map((content, i) => cell(content, titles[i], i === 6 ? "number" : "text")));
  });
  const none = make("tr", {}, make("td", { colspan: titles.length }, text("nothing")));
  element.querySelector("tbody").replaceChildren(...(rows.length ? rows : [none]));
}

function showPeople(element) {
  element.hidden = !facts.people.length;
  element.querySelector("ul").replaceChildren(
    ...facts.people.map((person) => {
      const name = person.name ? `${person.name} (${person.agent})` : person.agent;
      const does = [person.begun && text("has_begun", { task: person.begun }), person.next && text("has_next", { task: person.next })].filter(Boolean).join(", ");
      const counts = text("people_open", { open: number(person.open), at_risk: number(person.at_risk) });
      const act = { type: "button", class: "link name", "data-key": person.agent, onclick: () => choose("agent", person.agent) };
      return make("li", {}, make("button", act, name), make("span", {}, does || text("idle")), make("span", { class: person.at_risk ? "late" : "" }, counts));
    }),
  );
}

function showSources(element) {
  element.replaceChildren(
    ...facts.sources.map((source) => {
      const age = source.age_minutes === null ? text("silent") : text("age", { age: length(source.age_minutes) });
      const told = [age, source.stale && text("stale"), source.error].filter(Boolean).join("; ");
      return make("li", { "data-source": source.source }, make("span", {}, source.source), make("span", { class: source.stale || source.error ? "stale" : "note" }, told));
    }),
  );
}

function showRun(element) {
  const run = facts.run;
  if (!run) return element.replaceChildren(text("no_run"));
  const told = text("run", { version: number(run.version), time: clock(run.as_of), age: length(run.age_minutes) });
  const link = run.has_report ? [" ", make("a", { href: "report" }, text("report"))] : [];
  return element.replaceChildren(told, ...link);
}

// what an alert or target says; a click on it shows that site, team, person, tenant or segment alone
function watched(one) {
  if (!DIMENSIONS.includes(one.level)) return make("span", {}, one.text);
  return make("button", { type: "button", class: "link", "data-key": `${one.level} ${one.key}`, onclick: () => choose(one.level, one.key) }, one.text);
}

function showAlerts(element) {
  element.hidden = !facts.alerts.length;
  const listed = facts.alerts.slice(0, MOST_ALERTS).map((alert) => {
    const name = make("strong", { class: alert.severity }, `${alert.name}: `);
    const done = alert.done ? [make("span", { class: "note" }, ` ${text("done", { what: alert.done })}`)] : [];
    return make("li", { "data-alert": alert.alert_id }, name, watched(alert), ...done);
  });
  const more = facts.alerts.length - listed.length;
  element.querySelector("ul").replaceChildren(...listed, ...(more > 0 ? [make("li", { class: "note" }, text("more", { n: number(more) }))] : []));
}

function showTargets(element) {
  element.hidden = !facts.targets.length;
  const look = (target) => (target.met === false ? "late" : "note");
  const said = (target) => text(target.met === false ? "missed" : target.met ? "met" : "unknown");
  element.querySelector("ul").replaceChildren(...facts.targets.map((target) => make("li", {}, watched(target), make("span", { class: look(target) }, said(target)))));
}

async function showTask(id) {
  const response = await fetch(`v1/tasks/${encodeURIComponent(id)}`).catch(() => null);
  if (!response || !response.ok) return;
  const { task, operations } = await response.json();
  const dialog = at("task");
  dialog.querySelector("h2").textContent = text("history", { task: id });
  const values = Object.entries({ ...task, ...task?.extra }).filter(([name, value]) => value !== null && typeof value !== "object" && name !== "task_id");
  const lines = values.map(([name, value]) => `${name}: ${value}`);
  const history = operations.map((one) => [one.received_at.slice(0, 19).replace("T", " "), one.operation, one.agent_id, one.source, one.outcome, one.reason].filter(Boolean).join("  "));
  dialog.querySelector("pre").textContent = [...lines, "", ...history].join("\n");
  dialog.showModal();
}

at("task").querySelector("button").addEventListener("click", () => at("task").close());
for (const link of document.querySelectorAll("a[hreflang]")) {
  link.addEventListener("click", () => {
    const parameters = new URLSearchParams(location.search);
    parameters.set("lang", new URL(link.href).searchParams.get("lang"));
    link.href = `?${parameters}`;
  });
}
addEventListener("popstate", renew);
document.addEventListener("visibilitychange", () => document.hidden || renew());
renew();
