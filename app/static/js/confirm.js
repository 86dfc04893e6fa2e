// Asks before a button with `data-confirm` does what can't be undone. Without a script the button does it at once.

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
