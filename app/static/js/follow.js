// Follows a person, or no longer does, without leaving the page: the answer has what takes the place of the buttons and of
// the number of followers (components/follow.html), wherever they stand. Without a script the button sends the form.

const told = document.createElement("div"); // to screen readers; the button itself tells whoever sees it
told.className = "visually-hidden";
told.setAttribute("role", "status");
document.body.append(told);

function replace(selector, html) {
  for (const old of document.querySelectorAll(selector)) {
    const focused = old === document.activeElement;
    old.insertAdjacentHTML("afterend", html);
    if (focused) old.nextElementSibling.focus();
    old.remove();
  }
}

async function send(button, form) {
  const headers = { "X-Requested-With": "fetch" };
  const body = new URLSearchParams(new FormData(form));
  const response = await fetch(button.formAction, { method: "POST", headers, body });
  const answer = await response.json();
  if (!response.ok) return complain(button, answer.message);
  replace(`[data-follow="${button.dataset.follow}"]`, answer.button);
  replace(`[data-followers="${button.dataset.follow}"]`, answer.followers);
  told.textContent = answer.message;
}

function complain(button, text) {
  const problem = document.createElement("p");
  problem.className = "follow-problem";
  problem.setAttribute("role", "alert");
  button.parentElement.append(problem);
  problem.textContent = text; // once it is there, or some would not read it
}

async function act(button, form) {
  button.parentElement.querySelector(".follow-problem")?.remove();
  button.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  try {
    await send(button, form);
  } catch {
    complain(button, button.dataset.failed);
  }
  button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.follow) return;
  event.preventDefault();
  if (!button.ariaDisabled) act(button, event.target);
});
