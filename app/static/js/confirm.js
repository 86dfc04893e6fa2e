// Asks what a button named `ask` has as its value. Without JavaScript the server asks (app/web/questions.py).

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name !== "ask") return;
  if (!window.confirm(button.value)) return event.preventDefault();
  button.name = ""; // answered: the browser leaves the question out of what it sends now
  setTimeout(() => (button.name = "ask"));
});
