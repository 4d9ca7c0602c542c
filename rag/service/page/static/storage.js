/**
 * Kept here: language, style of references and conversation until they are cleared, the API key
 * until the tab is closed. Where a browser keeps nothing, everything else works.
 */

const PREFIX = "eurag.";

/** @param {() => Storage} storage asked each time, since even naming it may be forbidden */
const place = (storage) => ({
  /** @param {string} name @returns {any} null where nothing usable is kept */
  get(name) {
    try {
      return JSON.parse(storage().getItem(PREFIX + name) ?? "null");
    } catch {
      return null;
    }
  },
  /** @param {string} name @param {any} value null removes it @returns {boolean} whether it is kept */
  set(name, value) {
    try {
      if (value === null) storage().removeItem(PREFIX + name);
      else storage().setItem(PREFIX + name, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
});

const browser = place(() => localStorage);
const tab = place(() => sessionStorage);
let key = tab.get("key");

export const recall = browser.get;
export const remember = browser.set;

/** @returns {string|null} the API key of this tab */
export const apiKey = () => key;

/** @param {string} text */
export function setApiKey(text) {
  key = text;
  tab.set("key", text);
}

/**
 * Keep the turns of the conversation, without the oldest ones where there is no room for all.
 * @param {any[]} turns @returns {boolean} whether all are kept
 */
export function keepTurns(turns) {
  if (!turns.length) return remember("conversation", null);
  for (let first = 0; first < turns.length; first++) {
    if (remember("conversation", { version: 1, turns: turns.slice(first) })) return first === 0;
  }
  return false;
}

/** @returns {any[]} the turns that are kept */
export function keptTurns() {
  const kept = recall("conversation");
  return kept?.version === 1 && Array.isArray(kept.turns) ? kept.turns : [];
}
