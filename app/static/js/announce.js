// Announces changes to screen readers.

const status = document.createElement("div");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

export function announce(text) {
  status.textContent = text;
}
