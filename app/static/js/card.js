// Shows a card about a post's author beside a link to them: on hover, on keyboard focus, or on the first tap (a second
// tap follows the link, as do the links in the card). Without JavaScript or popovers, the links only lead to the profile.

import { getText } from "./request.js";

const LINKS = "a.post-author, a.post-avatar";
const OPEN_AFTER = 400; // ms
const CLOSE_AFTER = 300; // ms, for the pointer to get from the link to the card
const CACHED_FOR = 60_000; // ms
const GAP = 4; // px
const MARGIN = 8; // px

const card = document.createElement("div");
const cache = new Map(); // address -> { html, until }
let link = null; // the link whose card is open or loading
let dismissed = null; // the link whose card Escape has closed; it stays closed until the pointer or focus moves on
let loading = null; // the AbortController of the card that is loading
let opening = 0;
let closing = 0;
let pointer = ""; // the type of pointer last lifted

card.id = card.className = "person-card";
card.popover = "manual"; // in the top layer, so that nothing clips it
card.setAttribute("role", "dialog");
card.setAttribute("aria-labelledby", "person-card-name");
card.tabIndex = -1;

// The avatar is hidden from keyboard and screen readers: the author's name beside it has the card.
const named = (anchor) => (anchor.matches(".post-avatar") ? anchor.parentElement.querySelector(".post-author") : anchor);

function linkAt(element) {
  const anchor = element.closest(LINKS);
  return anchor?.pathname === location.pathname ? null : anchor; // the page is this user's profile
}

async function html(address, signal) {
  const known = cache.get(address);
  if (known && Date.now() < known.until) return known.html;
  const text = await getText(address, signal);
  cache.set(address, { html: text, until: Date.now() + CACHED_FOR });
  return text;
}

// Places the card below the link, or above it if only there is room, within the window. It scrolls with the page.
function place(anchor) {
  const { clientWidth, clientHeight, dir } = document.documentElement;
  const at = anchor.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const start = dir === "rtl" ? at.right - width : at.left;
  const above = at.bottom + GAP + height + MARGIN > clientHeight && at.top - GAP - height - MARGIN >= 0;
  card.style.left = `${scrollX + Math.max(MARGIN, Math.min(start, clientWidth - width - MARGIN))}px`;
  card.style.top = `${scrollY + (above ? at.top - GAP - height : at.bottom + GAP)}px`;
}

// Returns whether the card is open: not if it can't be loaded, or was closed while loading.
async function open(anchor) {
  const { signal } = (loading = new AbortController());
  try {
    card.innerHTML = await html(`${anchor.pathname}/popup`, signal);
  } catch {
    return false; // aborted, no such user, or signed out
  }
  if (signal.aborted) return false;
  link.setAttribute("aria-details", card.id);
  link.after(card); // next in the order of Tab
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

  // Not sent for a finger that scrolls.
  document.addEventListener("pointerup", (event) => {
    pointer = event.pointerType;
    const anchor = linkAt(event.target);
    if (!card.contains(event.target) && !(anchor && named(anchor) === link)) close();
  });

  document.addEventListener("click", async (event) => {
    const anchor = linkAt(event.target);
    const tapped = pointer === "touch" && event.detail; // 0 when a key has clicked
    if (!anchor || !tapped || named(anchor) === link) return;
    event.preventDefault();
    aim(anchor);
    if (await open(anchor)) card.focus(); // so that screen readers announce it
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

  // Sending a form may change what cards show.
  document.addEventListener("submit", () => cache.clear(), true);
  window.addEventListener("resize", () => card.isConnected && place(link));
  window.addEventListener("pagehide", close); // or it would still be open after Back
}

if ("showPopover" in card) listen();
