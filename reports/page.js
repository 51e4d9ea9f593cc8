"use strict";

// The searchable lists: each holds its rows as JSON, a column being its distinct words and their numbers by row.
const STEP = 100;

function matching(columns, query) {
  const terms = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = terms.map((term) => columns.map((column) => column.lower.map((word) => word.includes(term))));
  const found = [];
  for (let row = 0; row < columns[0].cells.length; row += 1) {
    if (hits.every((hit) => hit.some((words, i) => words[columns[i].cells[row]]))) found.push(row);
  }
  return found;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text; // never markup: names come from the snapshot
  return made;
}

function cellOf(column, row) {
  const text = column.words[column.cells[row]];
  const cell = element("td", column.kind, text);
  cell.dataset.title = column.title;
  if (column.kind === "share" && text) {
    const bar = element("span", "bar", text);
    bar.style.setProperty("--part", text.replace(" ", ""));
    cell.replaceChildren(bar);
  }
  return cell;
}

function startList(finder) {
  const { columns, marks } = JSON.parse(finder.querySelector("script").textContent);
  const [input, status, more] = ["input", "[role=status]", "button"].map((s) => finder.querySelector(s));
  const body = finder.querySelector("tbody");
  const late = new Set(marks);
  let found = [];
  for (const column of columns) column.lower = column.words.map((word) => word.toLowerCase());

  const header = document.createElement("tr");
  header.append(...columns.map((column) => Object.assign(element("th", column.kind, column.title), { scope: "col" })));
  finder.querySelector("thead").append(header);

  function showMore() {
    const next = found.slice(body.children.length, body.children.length + STEP);
    body.append(...next.map((row) => {
      const line = document.createElement("tr");
      if (late.has(row)) line.className = "late";
      line.append(...columns.map((column) => cellOf(column, row)));
      return line;
    }));
    more.hidden = body.children.length >= found.length;
    status.textContent = `${body.children.length.toLocaleString("en")} of ${found.length.toLocaleString("en")} shown`;
  }

  function search() {
    found = matching(columns, input.value);
    body.replaceChildren();
    showMore();
  }

  input.addEventListener("input", search);
  more.addEventListener("click", showMore);
  search();
}

document.querySelectorAll(".finder").forEach(startList);
