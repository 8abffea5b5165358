// Says the values of charts where one points or steps with the arrow keys, and saves charts as files.
// The page says all of it without this too, in its tables and in the marks' own titles.
"use strict";

const tip = document.getElementById("tip");
const told = document.getElementById("told");

// Browsers show titles late and in their own way; files that are saved get them back.
for (const title of document.querySelectorAll(".chart .hit > title")) {
  title.parentElement.dataset.tip = title.textContent;
  title.remove();
}

function show(hit, x, y) {
  tip.textContent = hit.dataset.tip;
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = Math.max(4, Math.min(x + 14, innerWidth - width - 4));
  const top = y + 18 + height > innerHeight ? y - height - 10 : y + 18;
  tip.style.transform = `translate(${left}px, ${Math.max(4, top)}px)`;
}

function hide() {
  tip.hidden = true;
  for (const hit of document.querySelectorAll(".hit.on")) hit.classList.remove("on");
}

function step(plot, by) {
  const hits = [...plot.querySelectorAll(".hit")];
  if (!hits.length) return;
  const now = hits.findIndex((it) => it.classList.contains("on"));
  const next = by === "first" ? 0 : by === "last" ? hits.length - 1 : Math.max(0, Math.min(hits.length - 1, now + by));
  hide();
  const hit = hits[next];
  hit.classList.add("on");
  hit.scrollIntoView({ block: "nearest", inline: "nearest" });
  const box = hit.getBoundingClientRect();
  show(hit, box.x + box.width / 2, box.y + box.height / 2);
  told.textContent = hit.dataset.tip;
}

const STEPS = { ArrowRight: 1, ArrowLeft: -1, Home: "first", End: "last" };

for (const plot of document.querySelectorAll(".plot")) {
  plot.addEventListener("pointermove", (event) => {
    const hit = event.target.closest(".hit");
    if (hit) show(hit, event.clientX, event.clientY);
    else hide();
  });
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    if (!(event.key in STEPS)) return;
    event.preventDefault();
    step(plot, STEPS[event.key]);
  });
}

// A file of its own, as Python writes it too.
function file(svg) {
  const space = "http://www.w3.org/2000/svg";
  const copy = svg.cloneNode(true);
  const { width, height } = svg.viewBox.baseVal;
  for (const hit of copy.querySelectorAll(".hit")) {
    const title = document.createElementNS(space, "title");
    title.textContent = hit.dataset.tip;
    hit.prepend(title);
    delete hit.dataset.tip;
    hit.classList.remove("on");
  }
  const said = [
    ["title", svg.getAttribute("aria-label")],
    ["desc", svg.getAttribute("aria-description")],
    ["style", document.getElementById("file-style").content.textContent],
  ].map(([name, text]) => Object.assign(document.createElementNS(space, name), { textContent: text }));
  const ground = document.createElementNS(space, "rect");
  for (const [name, value] of [["width", "100%"], ["height", "100%"], ["class", "fill-sheet"]]) ground.setAttribute(name, value);
  copy.prepend(...said, ground);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new XMLSerializer().serializeToString(copy);
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

async function picture(text, { width, height }) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * width;
  canvas.height = 2 * height;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

for (const button of document.querySelectorAll("[data-save]")) {
  button.addEventListener("click", async () => {
    const svg = document.getElementById(button.dataset.of);
    const text = file(svg);
    const kind = button.dataset.save;
    const blob = kind === "png" ? await picture(text, svg.viewBox.baseVal) : new Blob([text], { type: "image/svg+xml" });
    save(blob, `${svg.id}.${kind}`);
  });
}

for (const button of document.querySelectorAll("[data-open]")) {
  button.addEventListener("click", () => {
    for (const each of document.querySelectorAll(".scenario")) each.open = button.dataset.open === "yes";
  });
}

// A link leads into a scenario that may be closed.
function open() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.matches(".scenario")) target.open = true;
}

addEventListener("hashchange", open);
open();
for (const it of document.querySelectorAll(".save, .opening")) it.hidden = false;
