// Shows recent times as relative ("5 minutes ago") and keeps them fresh. The server renders absolute times, which stay
// without JavaScript and become the `title` of relative ones.

import { poll } from "./poller.js";

const INTERVAL = 30_000; // ms
const MINUTE = 60; // seconds
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECENT = 7 * DAY;

const { lang } = document.documentElement;
const relative = new Intl.RelativeTimeFormat(lang);
const now = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(0, "second");
const absolute = new WeakMap(); // element -> the server's text

function words(seconds) {
  if (seconds < MINUTE) return now;
  if (seconds < HOUR) return relative.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), "hour");
  return relative.format(-Math.floor(seconds / DAY), "day");
}

function show(time) {
  if (!absolute.has(time)) absolute.set(time, time.textContent);
  const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
  // Less than a minute in the future is a clock that is slow; any more, or NaN, keeps the absolute time.
  const text = seconds > -MINUTE && seconds < RECENT ? words(seconds) : absolute.get(time);
  if (time.textContent === text) return;
  time.title ||= absolute.get(time);
  time.textContent = text;
}

const showAll = (root) => root.querySelectorAll("time[datetime]").forEach(show);

// Times that scripts add later. Text nodes, which `show` itself changes, are ignored.
new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    if ([...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE)) showAll(target);
  }
}).observe(document.body, { childList: true, subtree: true });

poll(() => showAll(document), INTERVAL);
