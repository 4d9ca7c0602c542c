/**
 * The service's API. Addresses are relative to the page, so that it works behind a proxy's path too.
 * @typedef {{n: number, passage: string, document: string, source: string, title: string, date: string|null,
 *   language: string, section: string|null, page: string|null, start: number, end: number, quote: string,
 *   reference: string}} Citation
 * @typedef {{document: string, source: string, title: string, section: string|null, language: string, start: number,
 *   end: number, text: string}} Passage
 * @typedef {{asked: string, question: string, language: string, snapshot: string, answerable: boolean, answer: string,
 *   sentences: {text: string, citations: number[], role: string}[], short_answer?: {text: string}|null, groups: {heading: string, sentences: number[]}[],
 *   notes: string[], citations: Citation[], passages: Passage[], generation?: {note: string}}} Answer
 */

import { apiKey } from "./storage.js";

/** What went wrong; `status` is 0 where the service was not reached or the connection broke. */
export class Problem extends Error {
  /** @param {number} status @param {string} code @param {string} message @param {number} [waitS] */
  constructor(status, code, message, waitS = 5) {
    super(message);
    Object.assign(this, { status, code, waitS });
  }
}

/** @param {string} path @param {RequestInit} [options] @returns {Promise<Response>} */
async function send(path, options = {}) {
  const key = apiKey();
  const headers = { ...options.headers, ...(key && { Authorization: `Bearer ${key}` }) };
  const response = await reached(() => fetch(path, { ...options, headers }));
  if (response.ok) return response;
  const error = (await response.json().catch(() => null))?.error;
  throw new Problem(response.status, error?.code ?? "", error?.message ?? response.statusText,
    Number(response.headers.get("Retry-After")) || undefined);
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} what it returns; a broken connection becomes a `Problem`
 */
async function reached(work) {
  try {
    return await work();
  } catch (error) {
    if (/** @type {Error} */ (error).name === "AbortError") throw error;
    throw new Problem(0, "network", String(error));
  }
}

/** @param {string} path @param {Object<string, any>} query what is null or empty is left out @param {AbortSignal} [signal] */
async function get(path, query = {}, signal) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const response = await send(given.length ? `${path}?${new URLSearchParams(given)}` : path, { signal });
  return response.json();
}

const pathOf = (/** @type {string} */ document) => `documents/${encodeURIComponent(document)}`;

/** The names of the models. @returns {Promise<string[]>} */
export const listModels = async () => (await get("v1/models")).data.map((/** @type {{id: string}} */ { id }) => id);

/** Questions to begin with. @param {string} lang @returns {Promise<{question: string, language: string}[]>} */
export const listSuggestions = async (lang) => (await get("suggestions", { lang })).suggestions;

/** A page of the list of documents. @param {Object<string, any>} query @param {AbortSignal} signal */
export const listDocuments = (query, signal) => get("documents", query, signal);

/** A document's record. @param {string} document @param {AbortSignal} signal */
export const documentDetails = (document, signal) => get(pathOf(document), {}, signal);

/** A stretch of a document's text. @param {string} document @param {any} stretch @param {AbortSignal} signal */
export const documentText = (document, stretch, signal) => get(`${pathOf(document)}/text`, stretch, signal);

/** A reference in a style. @param {string} document @param {any} query @returns {Promise<string>} */
export const referenceOf = async (document, query) => (await get(`${pathOf(document)}/citation`, query)).reference;

/**
 * Ask the last question of a conversation.
 * @param {string} model
 * @param {{role: string, content: string}[]} messages
 * @param {(text: string) => void} onText gets the text as far as it has come
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function ask(model, messages, onText, signal) {
  const response = await send("v1/chat/completions", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model, stream: true, messages }),
    signal,
  });
  let text = "";
  let answer = null;
  for await (const data of events(/** @type {ReadableStream} */ (response.body))) {
    if (data === "[DONE]") break;
    const delta = JSON.parse(data).choices[0]?.delta ?? {};
    if (delta.content) onText((text += delta.content));
    answer = delta.eurag ?? answer;
  }
  if (!answer) throw new Problem(0, "network", "the answer broke off");
  return answer;
}

/** @param {ReadableStream<any>} stream @returns {AsyncGenerator<string>} the data of server-sent events */
async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reached(() => reader.read());
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = /** @type {string} */ (lines.pop());
    for (const line of lines) if (line.startsWith("data: ")) yield line.slice(6);
  }
}
