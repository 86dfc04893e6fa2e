// Keeps the unread counts in the menu and the title fresh, and the list of notifications where the page shows it.

import { poll } from "./poller.js";
import { getJsonIfChanged } from "./request.js";

const INTERVAL = 10_000; // ms
const ask = getJsonIfChanged();
const url = document.querySelector("[data-poll]").dataset.poll;
const title = document.title.replace(/^\(\d+\) /, "");
const list = document.querySelector("[data-notifications]");
let since = list?.dataset.notifications; // the id of the newest notification that is known

function showCounts({ unread_messages: messages, unread_notifications: notifications }) {
  for (const [kind, count] of Object.entries({ messages, notifications })) {
    const badge = document.querySelector(`[data-badge="${kind}"]`);
    if (!badge) continue;
    badge.hidden = !count;
    badge.querySelector("[data-count]").textContent = count > 99 ? "99+" : count;
  }
  document.title = messages + notifications ? `(${messages + notifications}) ${title}` : title;
}

function addRows(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const focused = document.activeElement.closest("[data-event]")?.dataset.event;
  for (const { dataset } of template.content.querySelectorAll("[data-event]")) {
    list.querySelector(`[data-event="${dataset.event}"]`)?.remove(); // the new row replaces it
  }
  list.prepend(template.content);
  if (focused && document.activeElement === document.body) {
    list.querySelector(`[data-event="${focused}"] a`)?.focus({ preventScroll: true });
  }
  const form = document.querySelector("[data-mark-read]");
  form.elements.seen.value = since;
  form.hidden = !list.querySelector(".unread");
}

async function refresh() {
  const answer = await ask(since === undefined ? url : `${url}?since=${since}`);
  if (!answer) return;
  since = answer.since;
  showCounts(answer);
  if (list && answer.html) addRows(answer.html);
}

const poller = poll(refresh, INTERVAL);
document.addEventListener("badges", poller.now); // messages.js has marked something as read
