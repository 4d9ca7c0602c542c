/** References to copy, in the style that the reader prefers. */

import { referenceOf } from "./api.js";
import { announce, element } from "./dom.js";
import { t } from "./i18n.js";
import { problemView } from "./problem.js";
import { recall, remember } from "./storage.js";

const STYLES = { gost: null, apa: "APA", chicago: "Chicago", bibtex: "BibTeX", ris: "RIS", "csl-json": "CSL-JSON" };

/** @returns {string} */
const chosen = () => (recall("style") in STYLES ? recall("style") : "gost");

let current = chosen();

/** @returns {HTMLElement} a menu of styles; all menus show the same choice */
export function styleMenu() {
  const change = (/** @type {Event} */ event) => {
    current = /** @type {HTMLSelectElement} */ (event.target).value;
    remember("style", current);
    for (const menu of document.querySelectorAll("select.style")) /** @type {any} */ (menu).value = current;
  };
  const menu = element("select", { class: "style", tLabel: "style", change });
  for (const [style, name] of Object.entries(STYLES)) menu.append(name ? element("option", { value: style }, name) : element("option", { value: style, t: style }));
  menu.value = current;
  return menu;
}

/**
 * @param {{document: string, section?: string|null, page?: string|null, n?: number}} source
 * @param {HTMLElement} below where the reference is shown
 * @returns {HTMLElement} a button that copies its reference
 */
export function copyButton({ document: id, section, page, n }, below) {
  const copy = async () => {
    try {
      await offer(await referenceOf(id, { style: current, section, page }), below);
    } catch (problem) {
      below.replaceChildren(problemView(problem, copy));
    }
  };
  return element("button", { class: "plain", type: "button", t: "copy", tLabel: n ? ["copyNumbered", { n }] : "copy", click: copy });
}

/** Show a reference, marked to be copied by hand. */
async function offer(/** @type {string} */ reference, /** @type {HTMLElement} */ below) {
  const text = element("pre", { class: "reference" }, reference);
  const note = element("p", { class: "quiet" });
  below.replaceChildren(text, note);
  getSelection()?.selectAllChildren(text);
  const copied = await navigator.clipboard?.writeText(reference).then(() => true, () => false);
  note.replaceWith(element("p", { class: "quiet", t: copied ? "copied" : "copyByHand" }));
  announce(t(copied ? "copied" : "copyByHand"));
}
