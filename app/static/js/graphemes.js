// Shows how many characters are left in a textarea with `data-graphemes-max`. Counts as app/text.py does: the text in
// NFC, each line end as one character, without white space around it.

const segmenter = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const NEAR = 20; // characters left when screen readers are first told

export function count(text) {
  const tidy = text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
  return segmenter ? [...segmenter.segment(tidy)].length : [...tidy].length;
}

function attach(area) {
  const limit = Number(area.dataset.graphemesMax);
  const shown = document.createElement("span");
  const spoken = document.createElement("span");
  shown.className = "count";
  shown.setAttribute("aria-hidden", "true");
  spoken.className = "visually-hidden";
  spoken.setAttribute("role", "status");
  const foot = area.form?.querySelector(".composer-foot");
  if (foot) foot.lastElementChild.before(shown, spoken);
  else area.after(shown, spoken);

  const update = () => {
    const left = limit - count(area.value);
    shown.textContent = area.value ? left : "";
    shown.classList.toggle("near", left <= NEAR && left >= 0);
    shown.classList.toggle("over", left < 0);
    spoken.textContent = left <= NEAR ? (area.dataset.graphemesLeft ?? "#").replace("#", left) : "";
  };
  area.addEventListener("input", update);
  area.form?.addEventListener("reset", () => setTimeout(update));
  window.addEventListener("pageshow", update); // the browser may have restored the text
  update();
}

document.querySelectorAll("textarea[data-graphemes-max]").forEach(attach);
