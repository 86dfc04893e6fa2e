// Moves the bar of an export that is under way; when it has ended, the page is loaded anew and says how.

const EVERY = 1_000; // ms
const place = document.querySelector("[data-progress]");
const bar = place?.querySelector("progress");

async function look() {
  try {
    const headers = { "X-Requested-With": "fetch" };
    const response = await fetch(place.dataset.progress, { headers, cache: "no-store" });
    if (response.status === 401) return; // logged out meanwhile
    if (response.ok) {
      const answer = await response.json();
      bar.value = answer.progress;
      if (!answer.under_way) return location.reload();
    }
  } catch {
    // No connection: the next time will tell.
  }
  setTimeout(look, EVERY);
}

if (bar) look();
