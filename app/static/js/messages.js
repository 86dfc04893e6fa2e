// An open conversation: adds what the other writes, and says that it was seen, while the page is seen.

const EVERY = 5_000; // ms
const thread = document.querySelector(".thread[data-news]");
const token = document.querySelector("#actions [name=csrf_token]")?.value;
let etag = null;
let timer = null;
let busy = false;
let over = false; // logged out meanwhile

async function tell() {
  if (document.hidden || thread.dataset.unread === "0") return;
  const body = new URLSearchParams({ csrf_token: token, seen: thread.dataset.newest });
  const headers = { "X-Requested-With": "fetch" };
  const response = await fetch(thread.dataset.seen, { method: "POST", headers, body, redirect: "manual" });
  if (response.type !== "opaqueredirect") return;
  thread.dataset.unread = "0";
  document.querySelector(".mark-seen")?.remove();
  document.dispatchEvent(new Event("badges")); // poll.js
}

async function ask() {
  const headers = { "X-Requested-With": "fetch", ...(etag && { "If-None-Match": etag }) };
  const address = `${thread.dataset.news}?since=${thread.dataset.newest}`;
  const response = await fetch(address, { headers, cache: "no-store" });
  if (response.status === 401) return end();
  if (response.status !== 200) return;
  const answer = await response.json();
  etag = String(answer.newest) === thread.dataset.newest ? response.headers.get("ETag") : null;
  thread.dataset.newest = answer.newest;
  thread.dataset.unread = answer.unread;
  for (const field of document.querySelectorAll("[name=seen]")) field.value = answer.newest;
  if (!answer.html.trim()) return;
  const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - 200;
  thread.insertAdjacentHTML("beforeend", answer.html);
  if (atEnd) thread.lastElementChild.scrollIntoView({ block: "nearest" });
}

async function look() {
  if (busy) return;
  busy = true;
  try {
    await ask();
    if (!over) await tell();
  } catch {
    // No connection: the next time will tell.
  } finally {
    busy = false;
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
  look();
  timer = setInterval(look, EVERY);
}

if (thread) {
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  start();
}
