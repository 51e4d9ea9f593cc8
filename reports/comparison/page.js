"use strict";

// Finding rows: those that have every term somewhere stay, the others are hidden.
function startFinder(finder) {
  const input = finder.querySelector("input");
  const rows = [...finder.querySelectorAll("tbody tr")].map((row) => [row, row.textContent.toLowerCase()]);
  input?.addEventListener("input", () => {
    const terms = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const [row, text] of rows) row.hidden = !terms.every((term) => text.includes(term));
  });
}

document.querySelectorAll(".finder").forEach(startFinder);
