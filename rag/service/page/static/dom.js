/**
 * Elements are put together from text, never from markup, so that nothing in a document is ever parsed.
 */

import { label } from "./i18n.js";

/** @param {string} id @returns {any} the element of the page with this id */
export const byId = (id) => document.getElementById(id);

/**
 * @param {string} tag
 * @param {Object<string, any>} properties attributes; functions listen to the event of their name; `t` is the key of
 *   the element's text, or the key and its arguments; `tLabel` the same for its accessible name
 * @param {...(Node|string)} children strings become text
 * @returns {any}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "t" || name === "tLabel") label(made, name, .../** @type {[string]} */ ([value].flat()));
    else if (value !== null && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** Say something to those who listen to the page instead of looking at it. @param {string} text */
export function announce(text) {
  byId("status").textContent = text;
}
