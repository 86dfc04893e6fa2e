// Keeps the badges and the title's number fresh, and the list of notifications where it is shown. Asks every 10 s while
// the page is seen; the answer is a 304 as long as nothing changed.

const EVERY = 10_000; // ms
const FORM = { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }; // as the server writes times
const { lang } = document.documentElement;
const url = document.body.dataset.poll;
const title = document.title.replace(/^\(\d+\) /, "");
let since = null;
let etag = null;
let timer = null;
let over = false; // logged out meanwhile

function show({ unread_messages: messages, unread_notifications: notifications }) {
  for (const [kind, count] of Object.entries({ messages, notifications })) {
    const badge = document.querySelector(`[data-badge="${kind}"]`);
    if (!badge) continue;
    badge.hidden = !count;
    badge.querySelector("[data-count]").textContent = count > 99 ? "99+" : count;
  }
  document.title = messages + notifications ? `(${messages + notifications}) ${title}` : title;
}

function list(items) {
  const rows = document.querySelector("[data-notifications]");
  for (const item of rows ? items : []) {
    const row = document.createElement("li");
    const link = document.createElement("a");
    const text = document.createElement("span");
    const time = document.createElement("time");
    row.className = "unread";
    link.href = item.url;
    text.className = "row-text";
    time.dateTime = item.created_at;
    time.textContent = new Date(item.created_at).toLocaleString(lang, FORM); // times.js makes it "now"
    text.append(item.text, time);
    link.append(text);
    row.append(link);
    rows.prepend(row);
  }
}

async function ask() {
  const address = since === null ? url : `${url}?since=${since}`;
  const headers = { "X-Requested-With": "fetch", ...(etag && { "If-None-Match": etag }) };
  const response = await fetch(address, { headers, cache: "no-store" });
  if (response.status === 401) return end();
  if (response.status !== 200) return; // nothing new, or the server is away: later
  const answer = await response.json();
  // The tag belongs to the address, which changes with what we know.
  etag = answer.since === since ? response.headers.get("ETag") : null;
  since = answer.since;
  show(answer);
  list(answer.items);
}

async function refresh() {
  try {
    await ask();
  } catch {
    // No connection: the next time will tell.
  }
}

function stop() {
  clearInterval(timer);
  timer = null;
}

function end() {
  over = true;
  stop();
}

function start() {
  if (timer || over || document.hidden) return;
  refresh();
  timer = setInterval(refresh, EVERY);
}

document.addEventListener("badges", () => over || refresh()); // something was read on this page
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
start();
