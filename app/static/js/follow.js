// Follows or unfollows a user without leaving the page. The server renders the new buttons and follower counts
// (components/follow.html), which replace the old ones all over the page. Without JavaScript the button sends the form.

import { announce } from "./announce.js";
import { post } from "./request.js";

function replace(selector, html) {
  for (const old of document.querySelectorAll(selector)) {
    const focused = old === document.activeElement;
    old.insertAdjacentHTML("afterend", html);
    if (focused) old.nextElementSibling.focus();
    old.remove();
  }
}

function complain(button, text) {
  const problem = document.createElement("p");
  problem.className = "follow-problem";
  problem.setAttribute("role", "alert");
  button.parentElement.append(problem);
  problem.textContent = text; // after it was added, or some screen readers skip it
}

async function act(button, form) {
  button.parentElement.querySelector(".follow-problem")?.remove();
  button.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  let answer = null;
  try {
    answer = await post(button.formAction, new FormData(form));
  } catch (error) {
    return complain(button, error.message || button.dataset.failed);
  } finally {
    button.removeAttribute("aria-disabled");
  }
  replace(`[data-follow="${button.dataset.follow}"]`, answer.button);
  replace(`[data-followers="${button.dataset.follow}"]`, answer.followers);
  announce(answer.message);
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button?.dataset.follow) return;
  event.preventDefault();
  if (!button.ariaDisabled) act(button, event.target);
});
