// Tells screen readers what has changed; others see it.

const status = document.createElement("div");
status.className = "visually-hidden";
status.setAttribute("role", "status");
document.body.append(status);

export function announce(text) {
  status.textContent = text;
}
