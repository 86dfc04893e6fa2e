// An open conversation: adds new messages, and marks them as read while the page is visible.

import { poll } from "./poller.js";
import { getJsonIfChanged, post } from "./request.js";

const INTERVAL = 5_000; // ms
const NEAR_END = 200; // px
const ask = getJsonIfChanged();
const thread = document.querySelector(".thread[data-news]");

async function fetchNews() {
  const answer = await ask(`${thread.dataset.news}?since=${thread.dataset.newest}`);
  if (!answer) return;
  thread.dataset.newest = answer.newest;
  thread.dataset.unread = answer.unread;
  for (const field of document.querySelectorAll("[name=seen]")) field.value = answer.newest;
  if (!answer.html) return;
  const atEnd = window.innerHeight + window.scrollY >= document.body.scrollHeight - NEAR_END;
  thread.insertAdjacentHTML("beforeend", answer.html);
  if (atEnd) thread.lastElementChild.scrollIntoView({ block: "nearest" });
}

async function markSeen() {
  if (document.hidden || thread.dataset.unread === "0") return;
  const data = new FormData(document.querySelector("#actions"));
  data.set("seen", thread.dataset.newest);
  await post(thread.dataset.seen, data);
  thread.dataset.unread = "0";
  const form = document.querySelector(".mark-seen");
  if (form?.contains(document.activeElement)) document.querySelector(".composer textarea").focus();
  form?.remove();
  document.dispatchEvent(new Event("badges")); // poll.js
}

async function refresh() {
  await fetchNews();
  await markSeen();
}

if (thread) poll(refresh, INTERVAL);
