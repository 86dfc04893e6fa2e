// Keeps what is typed into a form with `data-draft` in this browser, for the user alone, until the server has saved it:
// over a reload, a crash, a lost connection. Signing out deletes all drafts; so does another user who signs in.

const PREFIX = "draft:";
const KEEP = 30 * 24 * 3600 * 1000; // ms
const TEXTS = "textarea, input[type=text]";
const mine = `${PREFIX}${document.querySelector("[data-user]").dataset.user}:`;

// A draft is { at: time, sent: the key of the form if it was submitted, fields: { name: { base, value } } }; `base` is
// the text that the server had. The storage may be off or full: then there are no drafts.

function attempt(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

const keys = () => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))) ?? [];
const read = (key) => attempt(() => JSON.parse(localStorage.getItem(key)));
const write = (key, draft) => attempt(() => localStorage.setItem(key, JSON.stringify(draft)));
const remove = (key) => attempt(() => localStorage.removeItem(key));

function tidy() {
  const saved = [...document.querySelectorAll("[data-saved]")].map((mark) => mark.dataset.saved);
  for (const key of keys()) {
    const draft = read(key);
    if (!key.startsWith(mine) || !draft || saved.includes(draft.sent) || Date.now() - draft.at > KEEP) remove(key);
  }
}

function save(key, fields, sent = null) {
  const former = read(key)?.fields ?? {};
  const texts = {};
  for (const { name, defaultValue, value } of fields) {
    const base = former[name]?.base ?? defaultValue;
    if (value !== base) texts[name] = { base, value };
  }
  if (Object.keys(texts).length) write(key, { at: Date.now(), sent, fields: texts });
  else remove(key);
}

function restore(form, key, fields) {
  const draft = read(key);
  const restored = fields.filter((field) => draft?.fields[field.name]?.base === field.value);
  for (const field of restored) {
    field.value = draft.fields[field.name].value;
    field.dispatchEvent(new Event("input")); // graphemes.js
  }
  if (!restored.length) return;
  // It may have arrived although the answer was lost: with the same key, it is saved once.
  if (draft.sent) form.elements.form_key.value = draft.sent;
  offerDiscarding(form, key, restored);
}

function offerDiscarding(form, key, fields) {
  const note = document.createElement("p");
  const button = document.createElement("button");
  note.className = "form-text";
  note.setAttribute("role", "status");
  button.type = "button";
  button.className = "btn btn-sm btn-quiet";
  button.textContent = form.dataset.discard;
  button.addEventListener("click", () => {
    for (const field of fields) {
      field.value = field.defaultValue;
      field.dispatchEvent(new Event("input"));
    }
    note.remove();
    fields[0].focus();
  });
  fields[0].closest(".field").append(note);
  note.append(form.dataset.restored, " ", button);
}

function attach(form) {
  const key = mine + new URL(form.action).pathname;
  const fields = [...form.querySelectorAll(TEXTS)];
  restore(form, key, fields);
  for (const field of fields) field.addEventListener("input", () => save(key, fields));
  form.addEventListener("submit", () => save(key, fields, form.elements.form_key.value));
}

tidy();
document.querySelectorAll("form[data-draft]").forEach(attach);
document.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("data-forget-drafts")) keys().forEach(remove);
});
