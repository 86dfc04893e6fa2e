// Asks before a button with `data-confirm` does something irreversible. Without JavaScript it is done at once.

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
