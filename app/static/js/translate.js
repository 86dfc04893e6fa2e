// "Translate" shows the translation, as the server renders it, under the post's text. Without JavaScript the button
// leads to the post's page, which shows it too.

import { post } from "./request.js";

function place(content, element) {
  content.querySelector(".translation-problem")?.remove();
  content.querySelector(".post-body").after(element);
  element.tabIndex = -1;
  element.focus(); // so that screen readers read it
}

function problem(text) {
  const element = document.createElement("p");
  element.className = "translation-problem";
  element.textContent = text;
  return element;
}

async function translate(button, form) {
  const content = button.closest(".post-content");
  button.disabled = true;
  let answer = null;
  try {
    answer = await post(button.formAction, new FormData(form));
  } catch (error) {
    button.disabled = false;
    if (error.message) return place(content, problem(error.message));
    delete button.dataset.translate; // no answer from the server: the browser's own page says why
    return form.requestSubmit(button);
  }
  const template = document.createElement("template");
  template.innerHTML = answer.html;
  place(content, template.content.firstElementChild);
  button.remove();
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.dataset.translate === undefined) return;
  event.preventDefault();
  translate(button, event.target);
});
