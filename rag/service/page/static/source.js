/**
 * A document beside the answer, at the passage that was cited. Its text comes in pieces as it is scrolled to.
 * @typedef {{document: string, start: number, end: number, snapshot: string|null}} Place
 */

import { documentDetails, documentText } from "./api.js";
import { byId, element } from "./dom.js";
import { known } from "./i18n.js";
import { utf16 } from "./offsets.js";
import { problemView } from "./problem.js";
import { copyButton, styleMenu } from "./references.js";

const AROUND = 4000;
const NEAR_EDGE_PX = 800;
const ABOVE_MARK = 1 / 4;

const panel = byId("source");
const pane = byId("source-text");
const title = byId("source-title");
const narrow = matchMedia("(max-width: 899px)");

/** What is shown: from where to where, of how many characters. @type {any} */
let shown = null;
let opening = new AbortController();
/** @type {HTMLElement|null} */
let opener = null;

/** @param {Place} place */
export async function openSource(place) {
  opening.abort();
  opening = new AbortController();
  if (panel.hidden) opener = /** @type {HTMLElement} */ (document.activeElement);
  shown = null;
  panel.hidden = false;
  title.textContent = "…";
  byId("source-about").replaceChildren();
  byId("source-reference").replaceChildren();
  pane.replaceChildren(element("p", { class: "waiting", t: "loading" }));
  coverPage();
  title.focus();
  const { signal } = opening;
  try {
    const [details, stretch] = await Promise.all([documentDetails(place.document, signal), textAt(place, signal)]);
    showDetails(details);
    showText(place, stretch);
  } catch (problem) {
    if (signal.aborted) return;
    title.textContent = "";
    pane.replaceChildren(problemView(problem, () => openSource(place)));
  }
}

/** Put the panel away and give the focus back. @returns {boolean} whether it was open */
export function closeSource() {
  opening.abort();
  if (panel.hidden) return false;
  panel.hidden = true;
  coverPage();
  if (opener?.isConnected) opener.focus();
  return true;
}

/** On a narrow screen the panel covers everything else, which then cannot be reached. */
function coverPage() {
  document.body.classList.toggle("with-source", !panel.hidden);
  for (const part of document.querySelectorAll("body > header, main, #skip")) {
    /** @type {HTMLElement} */ (part).inert = narrow.matches && !panel.hidden;
  }
}

/** The text around a place, that of the index as it is now where the earlier one is gone. */
async function textAt(/** @type {Place} */ { document: id, start, end, snapshot }, /** @type {AbortSignal} */ signal) {
  const stretch = { start: Math.max(0, start - AROUND), end: end + AROUND };
  try {
    return await documentText(id, { ...stretch, snapshot }, signal);
  } catch (problem) {
    if (/** @type {any} */ (problem).code !== "snapshot_not_found") throw problem;
    return { ...(await documentText(id, { ...stretch, snapshot: null }, signal)), changed: true };
  }
}

/** @param {any} details */
function showDetails(details) {
  const { record } = details;
  const about = [record.authors.join(", "), record.date, known(`kind ${details.kind}`, details.kind), details.source];
  title.textContent = details.title || details.source;
  byId("source-about").textContent = about.filter(Boolean).join(" · ");
  const below = element("div");
  byId("source-reference").replaceChildren(element("div", { class: "row" }, styleMenu(), copyButton(details, below)), below);
}

/** @param {Place} place @param {any} stretch */
function showText(place, stretch) {
  const { text } = stretch;
  const from = utf16(text, place.start - stretch.start);
  const to = utf16(text, place.end - stretch.start);
  const mark = element("mark", {}, text.slice(from, to));
  const body = element("div", { class: "text" }, text.slice(0, from), ...(to > from ? [mark] : []), text.slice(to));
  const notice = element("p", { class: "notice", t: "changed" });
  pane.replaceChildren(...(stretch.changed ? [notice] : []), body);
  pane.scrollTop = to > from ? mark.offsetTop - pane.clientHeight * ABOVE_MARK : 0;
  shown = { body, document: place.document, snapshot: stretch.snapshot, start: stretch.start, end: stretch.end, of: stretch.characters, loading: false };
  loadMore();
}

/** Load what comes before or after when its edge is near. */
async function loadMore() {
  const piece = shown;
  if (!piece || piece.loading) return;
  const before = pane.scrollTop < NEAR_EDGE_PX && piece.start > 0;
  const after = pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR_EDGE_PX && piece.end < piece.of;
  if (!before && !after) return;
  piece.loading = true;
  const start = before ? Math.max(0, piece.start - AROUND) : piece.end;
  const wanted = { start, end: before ? piece.start : start + AROUND, snapshot: piece.snapshot };
  try {
    add(piece, await documentText(piece.document, wanted, opening.signal), before);
  } catch {
    return; // the next scrolling tries again
  } finally {
    piece.loading = false;
  }
  loadMore();
}

/** @param {any} piece @param {any} stretch @param {boolean} before */
function add(piece, stretch, before) {
  if (piece !== shown) return;
  const height = pane.scrollHeight;
  if (before) {
    piece.body.prepend(stretch.text);
    piece.start = stretch.start;
    pane.scrollTop += pane.scrollHeight - height;
  } else {
    piece.body.append(stretch.text);
    piece.end = stretch.end;
  }
}

pane.addEventListener("scroll", loadMore, { passive: true });
narrow.addEventListener("change", coverPage);
