// "Translate" shows what a post says under its text. Without a script the button leads to the post's page, which has it.

async function translate(button, form) {
  const body = new URLSearchParams(new FormData(form));
  const response = await fetch(button.formAction, { method: "POST", body });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const translation = page.querySelector(".translation");
  if (translation) return translation;
  const problem = document.createElement("p");
  problem.className = "translation-problem";
  problem.textContent = page.querySelector(".alert div, .empty p").textContent;
  return problem;
}

async function show(button, form) {
  const content = button.closest(".post-content");
  button.disabled = true;
  try {
    const found = await translate(button, form);
    content.querySelector(".translation-problem")?.remove();
    content.querySelector(".post-body").after(found);
    found.tabIndex = -1;
    found.focus(); // and so is read aloud
    if (found.matches(".translation")) button.remove();
  } catch {
    delete button.dataset.translate; // no connection, which the browser tells better
    button.disabled = false;
    form.requestSubmit(button);
  }
  button.disabled = false;
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.dataset.translate === undefined) return;
  event.preventDefault();
  show(button, event.target);
});
