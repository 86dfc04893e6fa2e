// Moves the progress bar of an export. When the export has ended, reloads the page, which shows the result.

import { poll } from "./poller.js";
import { getJson } from "./request.js";

const INTERVAL = 1_000; // ms
const place = document.querySelector("[data-progress]");

async function refresh() {
  const job = await getJson(place.dataset.progress);
  place.querySelector("progress").value = job.progress;
  if (job.under_way) return;
  poller.stop();
  location.reload();
}

const poller = poll(refresh, INTERVAL);
