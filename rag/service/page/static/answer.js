/** An answer as it is read: sentences with [n], or a plain refusal, and what they rest on. */

import { element } from "./dom.js";
import { copyButton, styleMenu } from "./references.js";
import { showsQuote } from "./tooltip.js";

const NEAR = 5;
const EXCERPT_CHARS = 220;

/**
 * @param {{document: string, start: number, end: number}} place
 * @param {string} snapshot that of the texts in which `start` and `end` count
 * @returns {string} the address at which this page shows it
 */
export const placeOf = ({ document: id, start, end }, snapshot) =>
  `#/documents/${encodeURIComponent(id)}?${new URLSearchParams({ start: String(start), end: String(end), snapshot })}`;

/** @param {import("./api.js").Answer} answer @returns {HTMLElement[]} */
export function answerView(answer) {
  const understood = element("p", { class: "understood", t: ["understood", { question: answer.question }] });
  return [
    ...(answer.question === answer.asked ? [] : [understood]),
    ...(answer.answerable ? [sentences(answer), sources(answer)] : refusal(answer)),
  ];
}

/** @param {import("./api.js").Answer} answer a kept one may have no groups and notes */
function sentences(answer) {
  const said = answer.sentences.map((sentence, place) => {
    const cited = sentence.citations.map((n) => answer.citations[n - 1]);
    const { language } = cited[0];
    const foreign = language === answer.language ? "" : element("span", { class: "quiet" }, ` (${language})`);
    const words = emphasised(sentence.text, place ? "" : answer.short_answer?.text);
    const differs = sentence.role === "differs" ? [element("span", { class: "quiet", t: "differs" }), " "] : [];
    return element("p", { lang: language }, ...differs, ...words, ...cited.map((c) => mark(c, answer.snapshot)), foreign);
  });
  const grouped = (answer.groups ?? []).flatMap(({ heading, sentences: places }) => [
    element("h3", {}, heading), ...places.map((place) => said[place]),
  ]);
  const told = [...(answer.notes ?? []), ...(answer.generation ? [answer.generation.note] : [])];
  const notes = told.map((note) => element("p", { class: "quiet", lang: answer.language }, note));
  return element("div", { class: "said" }, ...(grouped.length ? grouped : said), ...notes);
}

/** @param {string} text @param {string} [words] shown in bold */
function emphasised(text, words) {
  const start = words ? text.indexOf(words) : -1;
  return start < 0 ? [text] : [text.slice(0, start), element("strong", {}, words), text.slice(start + words.length)];
}

/** @param {import("./api.js").Citation} citation @param {string} snapshot */
function mark(citation, snapshot) {
  const link = element("a", {
    class: "mark", href: placeOf(citation, snapshot), tLabel: ["openSource", { n: citation.n }],
  }, String(citation.n));
  showsQuote(link, citation);
  return link;
}

/** @param {import("./api.js").Answer} answer */
function sources(answer) {
  const list = element("ul", { class: "sources bare" });
  for (const citations of bySource(answer.citations)) {
    const [first] = citations;
    const below = element("div");
    const numbers = element("span", { class: "numbers" }, ...citations.map((c) => mark(c, answer.snapshot)));
    list.append(element("li", {}, numbers,
      element("div", {}, first.reference, section(first), " ", copyButton(first, below), below)));
  }
  return element("section", { class: "basis" }, element("div", { class: "row" }, element("h3", { t: "sources" }), styleMenu()), list);
}

/** @param {import("./api.js").Citation[]} citations @returns {Iterable<import("./api.js").Citation[]>} */
function bySource(citations) {
  const groups = new Map();
  for (const citation of citations) {
    const key = JSON.stringify([citation.document, citation.section, citation.page]);
    groups.set(key, [...(groups.get(key) ?? []), citation]);
  }
  return groups.values();
}

/** @param {{section: string|null}} place */
const section = (place) => (place.section ? element("span", { class: "quiet" }, ` § ${place.section}`) : "");

/** @param {import("./api.js").Answer} answer */
function refusal(answer) {
  const near = answer.passages.slice(0, NEAR).map((passage) => element("li", {},
    element("a", { href: placeOf(passage, answer.snapshot) }, passage.title || passage.source),
    section(passage),
    element("p", { class: "quiet", lang: passage.language }, excerpt(passage.text)),
  ));
  return [
    element("p", { class: "refusal", lang: answer.language }, answer.answer),
    ...(near.length ? [element("section", { class: "basis" }, element("h3", { t: "near" }), element("ul", { class: "sources" }, ...near))] : []),
  ];
}

/** @param {string} text */
function excerpt(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT_CHARS ? `${line.slice(0, line.lastIndexOf(" ", EXCERPT_CHARS) + 1 || EXCERPT_CHARS)}…` : line;
}
