// Lets the clocks of a page tick while market time runs. The page says all of it without this too.
"use strict";

const face = document.getElementById("market-time");
const rate = Number(face.dataset.rate);
const loadedAt = performance.now();

function now() {
  return Number(face.dataset.now) + Math.floor(rate * (performance.now() - loadedAt) / 1000);
}

const words = new Intl.DateTimeFormat("en-US", {
  timeZone: face.dataset.zone, weekday: "short", day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

function full(at) {
  const part = Object.fromEntries(words.formatToParts(at * 1000).map(({ type, value }) => [type, value]));
  return `${part.weekday} ${part.day} ${part.month} ${part.year}, ${part.hour}:${part.minute}:${part.second}`;
}

function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(minutes / 1440)} d ${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

function tick() {
  const at = now();
  face.textContent = full(at);
  for (const digits of document.querySelectorAll("[data-ends]")) {
    const left = Number(digits.dataset.ends) - at;
    digits.textContent = left > 0 ? duration(left) : "ended";
    const clock = digits.parentElement;
    clock.classList.toggle("ended", left <= 0);
    clock.classList.toggle("urgent", clock.classList.contains("sellers") && left < 86400);
  }
}

if (rate > 0) setInterval(tick, 1000);
