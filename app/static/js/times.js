// Says of recent times how long ago they were, and goes on as time passes. The server writes all of them absolute: so
// they stay without a script, and so their titles have them.

const EVERY = 30_000; // ms
const MINUTE = 60; // seconds
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECENT = 7 * DAY;

const { lang } = document.documentElement;
const relative = new Intl.RelativeTimeFormat(lang);
const now = new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(0, "second");
const absolute = new WeakMap(); // what the server wrote, by element
let timer = null;

function words(seconds) {
  if (seconds < MINUTE) return now;
  if (seconds < HOUR) return relative.format(-Math.floor(seconds / MINUTE), "minute");
  if (seconds < DAY) return relative.format(-Math.floor(seconds / HOUR), "hour");
  return relative.format(-Math.floor(seconds / DAY), "day");
}

function show(time) {
  if (!absolute.has(time)) absolute.set(time, time.textContent);
  const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
  // A clock may be a little late. Where it is more, or the time can't be read, nothing is known.
  const text = seconds > -MINUTE && seconds < RECENT ? words(seconds) : absolute.get(time);
  if (time.textContent === text) return;
  time.title ||= absolute.get(time);
  time.textContent = text;
}

const showAll = (root) => root.querySelectorAll("time[datetime]").forEach(show);

function start() {
  if (timer || document.hidden) return;
  showAll(document);
  timer = setInterval(showAll, EVERY, document);
}

function stop() {
  clearInterval(timer);
  timer = null;
}

// What is fetched later is shown as it comes; a text that changes is no element.
new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    if ([...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE)) showAll(target);
  }
}).observe(document.body, { childList: true, subtree: true });

document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
start();
