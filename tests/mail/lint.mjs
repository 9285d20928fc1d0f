// Asks what Can I email knows about every tag, attribute and property of the fragments of every tip and of the ten
// situations. What a mail program does not support fails; what it supports in part needs a reason in support.json.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { archive, fragments } from "./program.mjs";

const require = createRequire(join(process.env.REBOUND_MAIL_TOOLS, "package.json"));
const { caniemail } = await import(pathToFileURL(require.resolve("caniemail")));
const read = (name) => JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8"));
const { clients, allowed } = read("support.json");
const { shown, never_shown: never } = read("tips.json");
const situations = read("situations.json");

const ofTips = fragments(shown.map((context) => ({ context, max_tips: 10, budget_bytes: 12288, formats: ["html"] })));
const ofSituations = fragments(situations.map((situation) => situation.request), archive());

const faults = new Set();
const needed = new Set();
for (const { html, steps } of [...ofTips, ...ofSituations]) {
  for (const { feature, note, client } of doubts(html)) {
    const answer = allowed.find((it) => it.feature === feature && it.note === note);
    if (answer) needed.add(answer);
    else faults.add(`${feature}: ${client}: ${note} (in the fragment of ${steps[0]}, …)`);
  }
}
for (const answer of allowed) {
  if (!needed.has(answer)) faults.add(`support.json allows what nothing needs: ${answer.feature}: ${answer.note}`);
}

const tips = readdirSync("crates/domain/catalog/en/tips").map((file) => file.replace(/\.toml$/, ""));
const seen = new Set(ofTips.flatMap((fragment) => fragment.steps));
for (const tip of tips) {
  const isNever = never.tips.includes(tip);
  if (!seen.has(tip) && !isNever) faults.add(`${tip}: no context of tips.json shows it; add one`);
  if (seen.has(tip) && isNever) faults.add(`${tip}: tips.json says that it is never shown`);
}

for (const fault of faults) console.error(fault);
const counts = `${seen.size} of ${tips.length} tips in ${ofTips.length + ofSituations.length} fragments`;
console.log(`Asked about ${counts}: ${faults.size} faults, ${needed.size} answered doubts.`);
process.exitCode = faults.size === 0 ? 0 : 1;

/** What is known against a piece of HTML. */
function doubts(html) {
  const { issues } = caniemail({ clients, html });
  return [...issues.errors, ...issues.warnings].flatMap(([client, found]) =>
    found.flatMap(({ title, support, notes }) => {
      const said = support === "none" || notes.length === 0 ? ["not supported"] : notes;
      return said.map((note) => ({ feature: title, note, client }));
    }),
  );
}
