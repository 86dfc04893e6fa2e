// Submits a form once, however often its button is pressed. A form with `data-ping` stays on its page, with what was
// typed, while the server cannot be reached. Without JavaScript the server recognises repeated submissions (app/submissions).

const RELEASE = 10_000; // ms until a button works again: the user may have stopped the page from loading
const PATIENCE = 3_000; // ms
const held = new Set(); // buttons

function release(button) {
  held.delete(button);
  button.removeAttribute("aria-disabled");
}

function hold(button) {
  held.add(button);
  button.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  setTimeout(release, RELEASE, button);
}

async function isReachable(address) {
  try {
    await fetch(address, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    return error.name === "TimeoutError"; // slow; the browser waits longer
  }
  return true;
}

function complain(form, text) {
  const problem = document.createElement("div");
  problem.className = "alert alert-danger";
  problem.dataset.problem = "";
  problem.setAttribute("role", "alert");
  form.prepend(problem);
  problem.textContent = text; // after it was added, or some screen readers skip it
}

async function submitIfReachable(form, button) {
  form.querySelector("[data-problem]")?.remove();
  if (await isReachable(form.dataset.ping)) return form.submit();
  release(button);
  complain(form, form.dataset.unreachable);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form;
  if (event.defaultPrevented || form.method !== "post") return;
  if (held.has(button)) return event.preventDefault();
  hold(button);
  if (!form.dataset.ping) return;
  event.preventDefault();
  submitIfReachable(form, button);
});

window.addEventListener("pageshow", () => held.forEach(release)); // "Back" may show the page as it was left
