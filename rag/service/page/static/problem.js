/** What went wrong, in plain words, with what can be done about it. */

import { element } from "./dom.js";
import { known } from "./i18n.js";
import { offerModels } from "./models.js";
import { setApiKey } from "./storage.js";

/** @param {any} problem @returns {[string, Object<string, string|number>]} the key of its words and their values */
export function wordsFor({ status, code, message, waitS }) {
  if (known(`error ${code}`, "")) return [`error ${code}`, {}];
  const key = { 0: "unreachable", 401: "keyNeeded", 429: "tooMany", 503: "overloaded", 504: "tooSlow" }[status];
  return key ? [key, { seconds: waitS }] : ["refusedByService", { message }];
}

/**
 * @param {any} problem a `Problem`, or an error of the page itself
 * @param {() => void} again what was tried
 * @returns {HTMLElement}
 */
export function problemView(problem, again) {
  const retry = problem.status === 401 ? keyForm(again) : element("button", { type: "button", t: "again", click: again });
  return element("div", { class: "problem", role: "alert" }, element("p", { t: wordsFor(problem) }), retry);
}

/** @param {() => void} again */
function keyForm(again) {
  const input = element("input", { type: "password", autocomplete: "off", required: true, tLabel: "key" });
  requestAnimationFrame(() => input.focus()); // else the key that is typed now would become a question
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    setApiKey(input.value.trim());
    offerModels();
    again();
  };
  return element("form", { class: "row", submit }, input, element("button", { t: "useKey" }), element("p", { class: "quiet", t: "keyKept" }));
}
