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

/** @param {import("./api.js").Answer} answer */
function sentences(answer) {
  const paragraphs = answer.sentences.map((sentence) => {
    const cited = sentence.citations.map((n) => answer.citations[n - 1]);
    const foreign = cited[0].language === answer.language ? "" : ` (${cited[0].language})`;
    return element("p", { lang: cited[0].language }, sentence.text, ...cited.map((c) => mark(c, answer.snapshot)), foreign);
  });
  return element("div", { class: "said" }, ...paragraphs);
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
  const list = element("ol", { class: "sources" });
  for (const citation of answer.citations) {
    const below = element("div");
    const link = element("a", { href: placeOf(citation, answer.snapshot) }, citation.reference);
    const section = citation.section ? element("span", { class: "quiet" }, ` § ${citation.section}`) : "";
    list.append(element("li", {}, link, section, " ", copyButton(citation, below), below));
  }
  return element("section", { class: "basis" }, element("div", { class: "row" }, element("h3", { t: "sources" }), styleMenu()), list);
}

/** @param {import("./api.js").Answer} answer */
function refusal(answer) {
  const near = answer.passages.slice(0, NEAR).map((passage) => element("li", {},
    element("a", { href: placeOf(passage, answer.snapshot) }, passage.title || passage.source),
    passage.section ? element("span", { class: "quiet" }, ` § ${passage.section}`) : "",
    element("p", { class: "quiet", lang: passage.language }, excerpt(passage.text)),
  ));
  return [
    element("p", { class: "refusal", t: "refusal" }),
    ...(near.length ? [element("section", { class: "basis" }, element("h3", { t: "near" }), element("ul", { class: "sources" }, ...near))] : []),
  ];
}

/** @param {string} text */
function excerpt(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > EXCERPT_CHARS ? `${line.slice(0, line.lastIndexOf(" ", EXCERPT_CHARS) + 1 || EXCERPT_CHARS)}…` : line;
}
