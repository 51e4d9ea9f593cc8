"use strict";

// The history as Python handed it over (reports/history/pack.py): figures by level, key and measure, a value a period.
const past = JSON.parse(document.getElementById("history").textContent);
const { texts, periods, measures, blocks, places, targets } = past;
const PLACES = ["organisation", "site", "team"];
const WHOLE = { level: "enterprise", key: "" };
const unpacked = new Map(); // level -> { keys, figures: measure -> rows of steps }

async function unpack(level) {
  if (unpacked.has(level) || !(level in blocks)) return;
  const bytes = Uint8Array.from(atob(blocks[level]), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  unpacked.set(level, JSON.parse(await new Response(stream).text()));
}

// The values of a figure, one a period, null where there is none; null for a figure that is never there.
function series(level, key, measure) {
  const block = unpacked.get(level);
  const rows = block && block.figures[measure];
  if (!rows) return null;
  const row = rows[block.keys.indexOf(key)];
  if (!row) return null;
  if (!row.whole) {
    let sum = 0;
    row.whole = row.map((step) => (step === null ? null : (sum += step) / measures[measure].scale));
    row.empty = row.whole.every((value) => value === null);
  }
  return row.empty ? null : row.whole;
}

// The target that held in each period, null where there was none: that of the period's last day.
function targetsOf(level, key, measure) {
  const mine = targets.filter((one) => one.level === level && one.key === key && one.measure === measure);
  if (!mine.length) return null;
  const factor = measures[measure].unit === "hours" ? 1 / 60 : 1;
  return past.ends.map((day) => {
    const held = mine.find((one) => one.valid_from <= day && (one.valid_to === null || one.valid_to >= day));
    return held ? held.value * factor : null;
  });
}

function meets(measure, value, target) {
  return measures[measure].less ? value <= target : value >= target;
}

function meanOf(values) {
  const there = values.filter((value) => value !== null);
  return there.length ? there.reduce((sum, value) => sum + value, 0) / there.length : null;
}

function lastOf(values) {
  for (let i = values.length - 1; i >= 0; i -= 1) if (values[i] !== null) return i;
  return -1;
}

// What is recent and what was before: their means.
function nowAndBefore(values) {
  const [recent, earlier] = past.spans;
  const now = meanOf(values.slice(-recent));
  const before = meanOf(values.slice(-recent - earlier, -recent));
  const difference = now === null || before === null ? null : now - before;
  const nothing = Math.abs(difference) <= 1e-9 * Math.abs(before); // what adding leaves behind
  return { now, before, difference: difference !== null && nothing ? 0 : difference };
}

function shownAs(unit, value) {
  if (value === null || value === undefined) return "–";
  const number = { share: () => share(value), points: () => points(value), hours: () => fill("hours", { number: hours(value) }) };
  if (number[unit]) return number[unit]();
  if (unit === "minutes") return fill("minutes", { number: hours(value) });
  if (unit === "days") return fill("days", { number: hours(value) });
  return Number.isInteger(value) ? count(value) : hours(value);
}

function figureOf(measure, value) {
  return shownAs(measures[measure].unit, value);
}

function differenceOf(measure, difference) {
  if (difference === null) return "";
  const { unit } = measures[measure];
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "±";
  if (unit === "share") return `${sign}${fill("pp", { number: hours(Math.abs(100 * difference)) })}`;
  return sign + shownAs(unit, Math.abs(difference));
}

function effectOf(measure, difference) {
  const gain = (difference || 0) * measures[measure].way;
  return gain > 0 ? "better" : gain < 0 ? "worse" : "";
}

function nameOfKey(level, key) {
  return level === "enterprise" ? texts.everything : key === "" ? texts.none : key;
}

// The levels below a choice: places within places, and for the whole every level.
function levelsBelow({ level }) {
  const all = Object.keys(blocks).filter((name) => name !== "enterprise");
  if (level === "enterprise") return all;
  const at = PLACES.indexOf(level);
  return at < 0 ? [] : PLACES.slice(at + 1).filter((name) => all.includes(name));
}

function keysBelow(choice, level) {
  const { keys } = unpacked.get(level);
  if (choice.level === "enterprise") return keys;
  const inside = new Set(places.filter((place) => place[choice.level] === choice.key).map((place) => place[level]));
  return keys.filter((key) => inside.has(key));
}
