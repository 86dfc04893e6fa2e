// Shows times in the reader's time zone and the page's language, recent ones as "5 minutes ago", and keeps these fresh.
// The server renders times in UTC, which stay without JavaScript.

import { poll } from "./poller.js";

const INTERVAL = 30_000; // ms
const MINUTE = 60; // seconds
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECENT = 7 * DAY;

const { lang } = document.documentElement;
const relative = new Intl.RelativeTimeFormat(lang);
const now = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(0, "second");
const absolute = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(lang, { dateStyle: "full", timeStyle: "long" }); // names the time zone

function words(seconds) {
  if (seconds < MINUTE) return now;
  if (seconds < HOUR) return relative.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), "hour");
  return relative.format(-Math.floor(seconds / DAY), "day");
}

function show(time) {
  const moment = Date.parse(time.dateTime);
  if (Number.isNaN(moment)) return; // the server's text stays
  const seconds = (Date.now() - moment) / 1000;
  // Less than a minute in the future is a clock that is slow.
  const isRecent = time.dataset.absolute === undefined && seconds > -MINUTE && seconds < RECENT;
  const text = isRecent ? words(seconds) : absolute.format(moment);
  if (time.textContent === text) return;
  time.title = exact.format(moment);
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
