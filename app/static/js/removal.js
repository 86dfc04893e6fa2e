// Removes an item of a list (`data-item`) by its button (`data-remove`) without leaving the page, and moves the focus to
// the next item, else the previous one. The last item of a list, or any without JavaScript, is removed by the form alone.

import { announce } from "./announce.js";
import { post } from "./request.js";

function neighbour(item) {
  const items = [...item.parentElement.children].filter((child) => child.dataset.item !== undefined);
  const index = items.indexOf(item);
  return items[index + 1] ?? items[index - 1];
}

function complain(item, text) {
  const problem = document.createElement("p");
  problem.className = "removal-problem";
  problem.setAttribute("role", "alert");
  item.append(problem);
  problem.textContent = text; // after it was added, or some screen readers skip it
}

async function remove(item, button, form) {
  const address = button.hasAttribute("formaction") ? button.formAction : form.action;
  item.querySelector(".removal-problem")?.remove();
  button.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  let answer = null;
  try {
    answer = await post(address, new FormData(form));
  } catch (error) {
    button.removeAttribute("aria-disabled");
    if (error.message) return complain(item, error.message);
    delete button.dataset.remove; // no answer from the server: the browser's own page says why
    button.name = "";
    return form.requestSubmit(button);
  }
  const next = neighbour(item);
  item.remove();
  if (!next) return location.reload(); // the others were removed meanwhile
  next.tabIndex = -1;
  next.focus();
  announce(answer.message);
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const item = button?.dataset.remove === undefined ? null : button.closest("[data-item]");
  if (event.defaultPrevented || !item || !neighbour(item)) return;
  event.preventDefault();
  if (!button.ariaDisabled) remove(item, button, event.target);
});
