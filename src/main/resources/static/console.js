// What the console's pages do in the browser: without it they work as well, with times in UTC.
"use strict";
document.documentElement.classList.add("js");

// Times in the viewer's zone; the title has the offset, and the time in UTC.
function localTimes(root) {
  const two = (number) => String(number).padStart(2, "0");
  for (const time of root.querySelectorAll("time[datetime]:not([data-utc])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.utc = time.textContent;
    const minutes = -at.getTimezoneOffset();
    const offset = (minutes < 0 ? "-" : "+") + two(Math.floor(Math.abs(minutes) / 60)) + ":" + two(Math.abs(minutes) % 60);
    time.textContent =
      at.getFullYear() + "-" + two(at.getMonth() + 1) + "-" + two(at.getDate()) + " " +
      two(at.getHours()) + ":" + two(at.getMinutes()) + ":" + two(at.getSeconds());
    time.title = time.textContent + " " + offset + " (" + time.dataset.utc + ")";
  }
}

// A phone shows tables as lists of their cells, each with the header of its column.
function labelCells(root) {
  for (const table of root.querySelectorAll(".scroll > table")) {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
      [...row.cells].forEach((cell, index) => {
        if (heads[index] && cell.textContent.trim()) cell.dataset.label = heads[index];
      });
    }
  }
}

// Charts are drawn from their attributes; the table beside each has the same numbers.
function drawCharts(root) {
  if (typeof uPlot === "undefined") return;
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  for (const place of root.querySelectorAll(".chart:empty")) {
    const lines = JSON.parse(place.dataset.lines);
    const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
    new uPlot({
      width: Math.max(place.clientWidth, 200),
      height: 170,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (plot, low, high) => [0, Math.max(high ?? 0, 4)] } },
      axes: [axis, { ...axis, size: 46, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000, 500000, 1000000] }],
      series: [{}, ...lines.map((counts, index) => ({ stroke: colour(`--series-${index}`), width: 2, points: { show: false } }))],
    }, [JSON.parse(place.dataset.times), ...lines], place);
  }
}

function redrawCharts() {
  document.querySelectorAll(".chart").forEach((place) => place.replaceChildren());
  drawCharts(document);
}

function ready(root) {
  localTimes(root);
  labelCells(root);
  drawCharts(root);
}

const PATHS = { o: "overview", i: "inbox", s: "outbox", a: "accounts" };
let went = false;

// Next or previous row of the first list: its first link gets the focus.
function moveRow(by) {
  const links = [...document.querySelectorAll("main tbody tr")].map((row) => row.querySelector("a")).filter(Boolean);
  const row = document.activeElement.closest?.("tbody tr");
  const at = links.findIndex((link) => row && row.contains(link));
  links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable], dialog")) return;
  if (went && PATHS[event.key]) {
    const link = document.querySelector(`#sections a[href$="/console/${PATHS[event.key]}"]`);
    if (link) location.assign(link.href);
  } else if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".bar .search input").focus();
  } else if (event.key === "?") {
    document.getElementById("shortcuts").showModal();
  } else if (event.key === "j" || event.key === "k") {
    moveRow(event.key === "j" ? 1 : -1);
  }
  went = event.key === "g";
}

document.addEventListener("DOMContentLoaded", () => {
  ready(document);
  document.addEventListener("htmx:afterSwap", () => ready(document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redrawCharts);
  let resizing;
  addEventListener("resize", () => {
    clearTimeout(resizing);
    resizing = setTimeout(redrawCharts, 200);
  });
  // Nothing is replaced below a reader's hands: not while a control in it has the focus, or text is selected.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const part = event.detail.elt;
    if (part.hasAttribute("data-live") &&
        (document.hidden || part.contains(document.activeElement) || part.querySelector("details[open]") || !document.getSelection().isCollapsed)) {
      event.preventDefault();
    }
  });
  const menu = document.querySelector(".bar .menu");
  menu?.addEventListener("click", () => {
    const open = document.getElementById("sections").classList.toggle("open");
    menu.setAttribute("aria-expanded", String(open));
  });
  document.addEventListener("keydown", onKey);
  // What cannot be undone is asked for once more.
  document.addEventListener("submit", (event) => {
    const words = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (words && !confirm(words)) event.preventDefault();
  });
});
