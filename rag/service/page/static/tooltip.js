/** The quote behind a [n], shown while its link has the pointer or the focus. */

import { byId, element } from "./dom.js";

const HIDE_MS = 150;
const GAP = 8;

const box = byId("quote");
/** @type {HTMLElement|null} */
let owner = null;
let hiding = 0;

/** @param {HTMLElement} link @param {import("./api.js").Citation} citation */
export function showsQuote(link, citation) {
  const show = () => open(link, citation);
  link.addEventListener("mouseenter", show);
  link.addEventListener("focus", () => link.matches(":focus-visible") && show()); // not when a tap comes back to it
  link.addEventListener("mouseleave", hideSoon);
  link.addEventListener("blur", hideQuote);
}

/** @returns {boolean} whether there was something to hide */
export function hideQuote() {
  clearTimeout(hiding);
  owner?.removeAttribute("aria-describedby");
  owner = null;
  const shown = !box.hidden;
  box.hidden = true;
  return shown;
}

function hideSoon() {
  clearTimeout(hiding);
  hiding = setTimeout(hideQuote, HIDE_MS);
}

/** @param {HTMLElement} link @param {import("./api.js").Citation} citation */
function open(link, citation) {
  hideQuote();
  owner = link;
  const from = citation.section ? `${citation.title} · ${citation.section}` : citation.title;
  box.replaceChildren(
    element("p", { class: "quoted", lang: citation.language }, citation.quote),
    element("p", { class: "quiet" }, from),
  );
  box.hidden = false;
  link.setAttribute("aria-describedby", box.id);
  place();
}

/** Above the link or below it; nowhere once the link is out of sight. */
function place() {
  if (!owner) return;
  const at = owner.getBoundingClientRect();
  if (at.bottom < 0 || at.top > innerHeight) return void hideQuote();
  const above = at.top - box.offsetHeight - GAP;
  const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - GAP);
  box.style.left = `${Math.max(GAP, left)}px`;
  box.style.top = `${above >= byId("top").offsetHeight ? above : at.bottom + GAP}px`;
}

box.addEventListener("mouseenter", () => clearTimeout(hiding));
box.addEventListener("mouseleave", hideSoon);
addEventListener("scroll", place, { capture: true, passive: true }); // the focus scrolls its link into sight
