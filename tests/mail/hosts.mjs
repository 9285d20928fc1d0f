// Host e-mails: what an employer's system sends, with a place for the fragment.

import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "hosts");
const words = JSON.parse(readFileSync(join(folder, "words.json"), "utf8"));

/** Their names. */
export const HOSTS = ["transactional", "responsive", "quoted"];

/** A host e-mail in a language, with headings above `level`, around a fragment. */
export function compose(host, language, level, fragment) {
  const texts = { ...words[language], lang: language, start: words[language].dir === "rtl" ? "right" : "left" };
  return readFileSync(join(folder, `${host}.html`), "utf8")
    .replace(/<!-- from (\d) -->(.*)<!-- end -->/g, (_, from, heading) => (level >= Number(from) ? heading : ""))
    .replace(/\[\[(\w+)\]\]/g, (_, name) => escape(texts[name]))
    .replace("<!-- fragment -->", () => `<!-- begin -->${fragment}<!-- end -->`);
}

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
