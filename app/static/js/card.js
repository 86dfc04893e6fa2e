// Shows who wrote a post in a card beside the links to them: where the pointer rests, where the keyboard's focus stays, or
// at a finger's first tap (the second follows the link, as the card's own does). Without a script, without a card for that
// person, or where the browser has no popovers, the links lead to the profile and no more.

const LINKS = "a.post-author, a.post-avatar";
const OPEN_AFTER = 400; // ms
const CLOSE_AFTER = 300; // ms, in which the pointer gets from the link to the card
const KEPT_FOR = 60_000; // ms
const GAP = 4; // px
const MARGIN = 8; // px

const card = document.createElement("div");
const kept = new Map(); // by address: the card's HTML, and until when
let link = null; // the one whose card is open or on its way
let dismissed = null; // the one whose card was closed by Escape, until something else is pointed at
let loading = null; // what aborts the card that is on its way
let opening = 0;
let closing = 0;
let pointer = ""; // the kind that was last lifted

card.id = card.className = "person-card";
card.popover = "manual"; // above all else, whatever clips or covers the link
card.setAttribute("role", "dialog");
card.setAttribute("aria-labelledby", "person-card-name");
card.tabIndex = -1;

// A post's picture stands for the name beside it, which the keyboard and screen readers get instead.
const named = (anchor) => (anchor.matches(".post-avatar") ? anchor.parentElement.querySelector(".post-author") : anchor);

function linkAt(element) {
  const anchor = element.closest(LINKS);
  return anchor?.pathname === location.pathname ? null : anchor; // on somebody's own page it would say the same again
}

async function html(address, signal) {
  const known = kept.get(address);
  if (known && Date.now() < known.until) return known.html;
  const response = await fetch(address, { headers: { "X-Requested-With": "fetch" }, signal });
  if (!response.ok) throw new Error("nobody of that name, or logged out meanwhile");
  const text = await response.text();
  kept.set(address, { html: text, until: Date.now() + KEPT_FOR });
  return text;
}

// Below the link if there is room, else above it, and never beyond the window. It scrolls with the page.
function place(anchor) {
  const { clientWidth, clientHeight, dir } = document.documentElement;
  const at = anchor.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const start = dir === "rtl" ? at.right - width : at.left;
  const above = at.bottom + GAP + height + MARGIN > clientHeight && at.top - GAP - height - MARGIN >= 0;
  card.style.left = `${scrollX + Math.max(MARGIN, Math.min(start, clientWidth - width - MARGIN))}px`;
  card.style.top = `${scrollY + (above ? at.top - GAP - height : at.bottom + GAP)}px`;
}

// True when the card is there; false when there is none, or it is no longer wanted.
async function open(anchor) {
  const { signal } = (loading = new AbortController());
  try {
    card.innerHTML = await html(`${anchor.pathname}/popup`, signal);
  } catch {
    return false;
  }
  if (signal.aborted) return false;
  link.setAttribute("aria-details", card.id);
  link.after(card); // where Tab finds it
  card.showPopover();
  place(anchor);
  return true;
}

function close() {
  clearTimeout(opening);
  clearTimeout(closing);
  loading?.abort();
  card.remove();
  link?.removeAttribute("aria-details");
  link = null;
}

function aim(anchor) {
  close();
  dismissed = null;
  link = named(anchor);
}

function openSoon(anchor) {
  clearTimeout(closing);
  if ([link, dismissed].includes(named(anchor))) return;
  aim(anchor);
  opening = setTimeout(open, OPEN_AFTER, anchor);
}

const isUsed = () => link.matches(":hover, :focus-visible") || card.matches(":hover, :has(:focus-visible)");

function closeSoon() {
  dismissed = null;
  clearTimeout(closing);
  if (!link || isUsed()) return;
  if (card.isConnected) closing = setTimeout(() => isUsed() || close(), CLOSE_AFTER);
  else close();
}

function pointAt(element, opens) {
  const anchor = linkAt(element);
  if (anchor && opens) openSoon(anchor);
  else if (card.contains(element)) clearTimeout(closing);
  else closeSoon();
}

function listen() {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") pointAt(event.target, true);
  });

  document.documentElement.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") closeSoon();
  });

  document.addEventListener("focusin", (event) => pointAt(event.target, event.target.matches(":focus-visible")));

  // Of a finger that scrolls there is none.
  document.addEventListener("pointerup", (event) => {
    pointer = event.pointerType;
    const anchor = linkAt(event.target);
    if (!card.contains(event.target) && !(anchor && named(anchor) === link)) close();
  });

  document.addEventListener("click", async (event) => {
    const anchor = linkAt(event.target);
    const byFinger = pointer === "touch" && event.detail; // a key's click has none
    if (!anchor || !byFinger || named(anchor) === link) return;
    event.preventDefault();
    aim(anchor);
    if (await open(anchor)) card.focus(); // so that a screen reader says that it is there
    else if (link === named(anchor)) location.assign(anchor.href);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !link) return;
    const owner = link;
    const inside = card.contains(document.activeElement);
    close();
    dismissed = owner;
    if (inside) owner.focus();
  });

  // What is sent may change what cards say.
  document.addEventListener("submit", () => kept.clear(), true);
  window.addEventListener("resize", () => card.isConnected && place(link));
  window.addEventListener("pagehide", close); // or it would be there when one comes back
}

if ("showPopover" in card) listen();
