/**
 * The conversation: questions after questions, answers kept in this browser.
 * @typedef {{question: string, answer: import("./api.js").Answer|null, view?: HTMLElement}} Turn
 */

import { answerView } from "./answer.js";
import { ask, listSuggestions } from "./api.js";
import { announce, byId, element } from "./dom.js";
import { asMarkdown } from "./export.js";
import { currentLanguage, label, t } from "./i18n.js";
import { chosenModel } from "./models.js";
import { problemView } from "./problem.js";
import { keepTurns, keptTurns } from "./storage.js";

const CONTEXT_TURNS = 20;
const NEAR_KEPT = 5;

/** @type {Turn[]} */
let turns = [];
/** @type {AbortController|null} */
let asking = null;
const field = byId("question");

/** Show what is kept and take questions. */
export function startConversation() {
  byId("ask").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    askNew(field.value);
  });
  field.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      askNew(field.value);
    }
  });
  byId("stop").addEventListener("click", () => asking?.abort());
  byId("clear").addEventListener("click", clear);
  byId("export").addEventListener("click", save);
  addEventListener("storage", (event) => {
    if (event.key === "eurag.conversation" && !asking) restore();
  });
  restore();
}

/** Suggest questions; where asking needs a key, none until it is known. */
export async function suggest() {
  const interfaceLanguage = currentLanguage();
  const suggested = await listSuggestions(interfaceLanguage).catch(() => []);
  if (interfaceLanguage !== currentLanguage()) return;
  byId("suggestions").replaceChildren(...suggested.map(({ question, language }) =>
    element("li", {}, element("button", { type: "button", lang: language, click: () => askNew(question) }, question))));
}

function restore() {
  turns = keptTurns();
  byId("turns").replaceChildren();
  for (const turn of turns) {
    addView(turn);
    if (turn.answer) fill(turn, ...answerView(turn.answer));
    else fill(turn, unanswered(turn));
  }
  showState(true);
}

/** @param {string} text */
function askNew(text) {
  const question = text.trim();
  if (!question || asking) return;
  const turn = { question, answer: null };
  turns.push(turn);
  addView(turn).scrollIntoView({ block: "start" });
  field.value = "";
  answer(turn);
}

/** @param {Turn} turn asked for the first time or again */
async function answer(turn) {
  if (asking) return;
  asking = new AbortController();
  keep();
  fill(turn, element("p", { class: "waiting", t: "searching" }));
  turn.view?.setAttribute("aria-busy", "true");
  try {
    turn.answer = shortened(await answered(turn, asking.signal));
    fill(turn, ...answerView(turn.answer));
    turn.view?.scrollIntoView({ block: "start" });
    announce(turn.answer.answer);
  } catch (problem) {
    fill(turn, asking.signal.aborted ? unanswered(turn) : problemView(problem, () => answer(turn)));
  }
  turn.view?.removeAttribute("aria-busy");
  asking = null;
  keep();
}

/** @param {Turn} turn @param {AbortSignal} signal @returns {Promise<import("./api.js").Answer>} */
async function answered(turn, signal) {
  const text = element("p", { class: "streaming" });
  for (;;) {
    try {
      return await ask(chosenModel(), messages(turn), (soFar) => {
        text.textContent = soFar;
        if (!text.isConnected) fill(turn, text);
      }, signal);
    } catch (caught) {
      const { code, message, waitS } = /** @type {any} */ (caught);
      if (code !== "not_ready") throw caught;
      fill(turn, element("p", { class: "waiting", t: ["notReady", { message }] }));
      await pause(waitS * 1000, signal);
    }
  }
}

/** @param {Turn} turn @returns {{role: string, content: string}[]} it and what was answered before it */
function messages(turn) {
  const before = turns.slice(0, turns.indexOf(turn)).filter((earlier) => earlier.answer).slice(-CONTEXT_TURNS);
  return [
    ...before.flatMap(({ question, answer: given }) => [
      { role: "user", content: question },
      { role: "assistant", content: given?.answer ?? "" },
    ]),
    { role: "user", content: turn.question },
  ];
}

/** @param {import("./api.js").Answer} answer @returns {import("./api.js").Answer} only what is shown and kept */
const shortened = (answer) => ({ ...answer, passages: answer.answerable ? [] : answer.passages.slice(0, NEAR_KEPT) });

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
const pause = (ms, signal) => new Promise((resolve, reject) => {
  setTimeout(resolve, ms);
  signal.addEventListener("abort", () => reject(signal.reason));
});

/** @param {Turn} turn @returns {HTMLElement} */
function addView(turn) {
  const view = element("article", {}, element("h2", {}, turn.question), element("div", { class: "reply" }));
  turn.view = view;
  byId("turns").append(view);
  return view;
}

/** @param {Turn} turn @param {...HTMLElement} parts */
function fill(turn, ...parts) {
  turn.view?.lastElementChild?.replaceChildren(...parts);
}

/** @param {Turn} turn */
const unanswered = (turn) => element("div", { class: "problem" },
  element("p", { t: "unanswered" }), element("button", { type: "button", t: "again", click: () => answer(turn) }));

function keep() {
  showState(keepTurns(turns.map(({ question, answer: given }) => ({ question, answer: given }))));
}

/** @param {boolean} kept whether the whole conversation is kept */
function showState(kept) {
  byId("conversation").classList.toggle("begun", turns.length > 0);
  byId("empty").hidden = turns.length > 0;
  byId("kept").hidden = !turns.length;
  byId("send").hidden = Boolean(asking);
  byId("stop").hidden = !asking;
  label(byId("kept-notice"), "t", kept ? "kept" : "notKept");
}

function clear() {
  if (!confirm(t("clearAll"))) return;
  asking?.abort();
  turns = [];
  keepTurns(turns);
  byId("turns").replaceChildren();
  showState(true);
  suggest();
  field.focus();
}

function save() {
  const file = new Blob([asMarkdown(turns)], { type: "text/markdown" });
  const link = element("a", { href: URL.createObjectURL(file), download: "eurag.md" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}
