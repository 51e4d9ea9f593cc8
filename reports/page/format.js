// Numbers and times as text, written as Python writes them (reports/wording.py).
const count = numberFormat(0);
const points = numberFormat(2);
const hours = numberFormat(1);
const narrow = matchMedia("(max-width: 44rem)"); // a phone, as in the stylesheet

function numberFormat(decimals) {
  const format = new Intl.NumberFormat(texts.locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return (number) => format.format(number);
}

function fill(name, values) {
  return texts[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

function share(part) {
  return fill("share", { number: hours(100 * part) });
}

function wallClock(seconds) {
  if (seconds === null) return "";
  const text = new Date(run.begin_ms + 1000 * seconds).toISOString().replace("T", " ");
  return text.slice(0, text.slice(17, 19) === "00" ? 16 : 19);
}

function shortened(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : text;
}

// An element with its classes and children; texts are never markup: names come from the snapshot.
function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function button(className, onClick, ...children) {
  const made = element("button", className, ...children);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}
