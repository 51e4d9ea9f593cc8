"use strict";

// The run as Python handed it over (reports/page/data.py), and what is chosen of it.
const run = JSON.parse(document.getElementById("run").textContent);
const { texts, states, kinds, places: PLACES, people, tasks, rest } = run;
const GROUPS = ["on_time", "late", "unplanned", "closed"];
const NOBODY = -2; // belongs to no place at all, as no person does it
const choice = new Map(); // dimension -> cell; a task or person is shown that fits all of them
const groupOfState = states.map((state) => GROUPS.indexOf(state.group));

// Which cell of a dimension a task has, as a function of its row in `source` (the listed tasks or the rest).
function taskCells(dimension, source) {
  if (dimension === "agent") return (row) => (source.agent[row] < 0 ? NOBODY : source.agent[row]);
  if (PLACES.includes(dimension)) {
    const cells = people[dimension].cells;
    return (row) => (source.agent[row] < 0 ? NOBODY : cells[source.agent[row]]);
  }
  const cells = kinds[dimension].cells;
  return (row) => cells[source.kind[row]];
}

function personCells(dimension) {
  return dimension === "agent" ? (person) => person : (person) => people[dimension].cells[person];
}

function isOfPeople(dimension) {
  return dimension === "agent" || PLACES.includes(dimension);
}

function nameOf(dimension, cell) {
  if (dimension === "agent") return personName(cell);
  const words = (isOfPeople(dimension) ? people : kinds)[dimension].words;
  return cell < 0 ? texts.none : words[cell];
}

function personName(person) {
  const name = word(people.name, person);
  return name ? `${name} (${people.agent_id[person]})` : people.agent_id[person];
}

function word(column, row) {
  return column.cells[row] < 0 ? "" : column.words[column.cells[row]];
}

// A test of whether a row has all these cells.
function fits(tests) {
  return (row) => tests.every(([cellOf, cell]) => cellOf(row) === cell);
}

function chosenTasks(source) {
  return fits([...choice].map(([dimension, cell]) => [taskCells(dimension, source), cell]));
}

function chosenPeople() {
  const places = [...choice].filter(([dimension]) => isOfPeople(dimension));
  const fit = fits(places.map(([dimension, cell]) => [personCells(dimension), cell]));
  return people.agent_id.map((_, person) => person).filter(fit);
}

// Tasks by outcome (of them those due within the horizon), minutes and points of what is chosen, for each cell of a
// dimension, or all together under 0.
function totals(dimension) {
  const found = new Map();
  for (const source of [tasks, rest]) {
    const fit = chosenTasks(source);
    const cellOf = dimension ? taskCells(dimension, source) : () => 0;
    for (let row = 0; row < source.state.length; row += 1) {
      if (!fit(row)) continue;
      const cell = cellOf(row);
      if (!found.has(cell)) found.set(cell, { groups: [0, 0, 0, 0], due: [0, 0, 0, 0], minutes: 0, payoff: 0 });
      const total = found.get(cell);
      const group = groupOfState[source.state[row]];
      const many = source.tasks ? source.tasks[row] : 1;
      total.groups[group] += many;
      if (source.due[row]) total.due[group] += many;
      total.minutes += source.minutes[row] || 0;
      total.payoff += source.payoff[row];
    }
  }
  return found;
}

function sumOf(groups) {
  return groups.reduce((sum, tasks) => sum + tasks, 0);
}

// Working minutes of the people chosen, for each cell of a dimension.
function workingMinutes(dimension) {
  const found = new Map();
  const cellOf = dimension ? personCells(dimension) : () => 0;
  for (const person of chosenPeople()) {
    const cell = cellOf(person);
    found.set(cell, (found.get(cell) || 0) + people.working_minutes[person]);
  }
  return found;
}
