/**
 * The words of the interface. An element keeps the key of its text in `data-t`, that of its accessible name in
 * `data-t-label` and that of its placeholder in `data-t-placeholder`.
 */

import en from "./en.js";
import ru from "./ru.js";
import { recall, remember } from "./storage.js";

const words = { en, ru };
const readsRussian = /^(ru|be|uk|kk|ky|tg|uz|hy|az|tk|tt|ba)\b/;
const shownAs = { "t": "textContent", "tLabel": "ariaLabel", "tPlaceholder": "placeholder" };

/** @type {"en"|"ru"} */
let language = recall("language") in words ? recall("language") : preferred();

/** @returns {"en"|"ru"} */
function preferred() {
  const tag = navigator.languages.find((tag) => tag.startsWith("en") || readsRussian.test(tag));
  return readsRussian.test(tag) ? "ru" : "en";
}

/** @returns {"en"|"ru"} */
export const currentLanguage = () => language;

/**
 * @param {string} key
 * @param {Object<string, string|number>} values what stands for the {names} in the text
 * @returns {string}
 */
export function t(key, values = {}) {
  return words[language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** @param {string} key @param {string} otherwise @returns {string} the words for a key that may be unknown */
export const known = (key, otherwise) => words[language][key] ?? otherwise;

/**
 * Give an element words that follow the language.
 * @param {HTMLElement} target @param {"t"|"tLabel"|"tPlaceholder"} what @param {string} key
 * @param {Object<string, string|number>} [values]
 */
export function label(target, what, key, values) {
  target.dataset[what] = key;
  if (values) target.dataset[`${what}Values`] = JSON.stringify(values);
  show(target, what);
}

/** Show the whole page in the language. */
export function translate() {
  document.documentElement.lang = language;
  for (const what of Object.keys(shownAs)) {
    const attribute = `data-${what.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    for (const target of document.querySelectorAll(`[${attribute}]`)) show(/** @type {HTMLElement} */ (target), what);
  }
}

/** Change to the other language and remember it. */
export function switchLanguage() {
  language = language === "ru" ? "en" : "ru";
  remember("language", language);
  translate();
}

/** @param {HTMLElement} target @param {string} what */
function show(target, what) {
  const values = target.dataset[`${what}Values`];
  target[shownAs[what]] = t(/** @type {string} */ (target.dataset[what]), values ? JSON.parse(values) : {});
}
