// Opens the fragments of ten situations inside three host e-mails, light, dark and with colours turned round by the mail
// program, on a narrow and a wide screen. Prints what is wrong and leaves a picture of each page in the folder it is given.

import { deepStrictEqual } from "node:assert";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { HOSTS, compose } from "./hosts.mjs";
import { layout, painted } from "./measure.mjs";
import { answers, archive, fragments } from "./program.mjs";

const require = createRequire(join(process.env.REBOUND_MAIL_TOOLS, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.argv[2];

const WIDTHS = [320, 640];
const MODES = ["light", "dark", "turned"];
const SCALE = 2; // Strokes of letters are then wide enough to show their colour without the blur of their edges.
const NEEDED = 4.5; // WCAG 2.2, success criterion 1.4.3

const situations = JSON.parse(readFileSync(join(import.meta.dirname, "situations.json"), "utf8"));
const requests = situations.map((situation) => situation.request);
const catalogs = archive();
const written = fragments(requests, catalogs);
// A stream names a fragment by its id, an answer has an entity tag; all else is the same.
const content = ({ id, etag, ...content }) => content;
deepStrictEqual((await answers(requests, catalogs)).map(content), written.map(content));

// A host is opened without fragment first: what it does wrong itself is no fault of the fragment.
const jobs = HOSTS.flatMap((host) =>
  ["en", "he"].map((language) => ({
    host,
    language,
    bare: {},
    around: [{ name: "nothing", level: 4, html: "" }],
  })),
);
situations.forEach(({ name, host: language = "en", request }, place) => {
  for (const job of jobs.filter((job) => job.language === language)) {
    const brand = `color:${request.brand?.link_color}`;
    job.around.push({ name, level: request.heading_level ?? 3, brand, html: written[place].html });
  }
});

rmSync(pictures, { recursive: true, force: true });
mkdirSync(pictures, { recursive: true });
const found = [];
const greys = [];
let opened = 0;
const browser = await chromium.launch({
  executablePath: process.env.REBOUND_TEST_CHROMIUM,
  chromiumSandbox: false, // It cannot have one as root; it opens nothing but these pages, and has no network.
});
try {
  await Promise.all(jobs.map(open));
} finally {
  await browser.close();
}
for (const fault of found) console.error(fault);
const worst = greys.length ? `, at least ${Math.min(...greys).toFixed(2)}` : "";
console.log(`Looked at ${opened} pages: ${found.length} faults; pictures are in ${pictures}.`);
console.log(`${greys.length} times a brand's colour had less than ${NEEDED} on a dark grey, for which none is made${worst}.`);
process.exitCode = found.length === 0 ? 0 : 1;

async function open({ host, language, bare, around }) {
  const context = await browser.newContext({ deviceScaleFactor: SCALE });
  const [page, eye] = [await context.newPage(), await context.newPage()];
  const session = await context.newCDPSession(page);
  for (const { name, level, brand, html } of around) {
    const asked = [];
    await page.route("**", (route) => {
      if (route.request().isNavigationRequest()) {
        return route.fulfill({ contentType: "text/html; charset=utf-8", body: compose(host, language, level, html) });
      }
      asked.push(`asks the network for ${route.request().url()}`);
      return route.abort();
    });
    await page.goto("http://mail.test/");
    await page.evaluate(axe);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const mode of MODES) {
        await page.emulateMedia({ colorScheme: mode === "dark" ? "dark" : "light" });
        await session.send("Emulation.setAutoDarkModeOverride", mode === "turned" ? { enabled: true } : {});
        const laid = await page.evaluate(layout, { bare: bare[width], level, brand });
        if (html === "") bare[width] = laid.width;
        const path = join(pictures, `${name}-${host}-${language}-${width}-${mode}.png`);
        const picture = (await page.screenshot({ fullPage: true, path })).toString("base64");
        const contrasts = await eye.evaluate(painted, { picture, scale: SCALE, texts: laid.texts });
        const pale = laid.texts.map((text, place) => ({ ...text, ...contrasts[place] })).filter(isPale);
        // Styles do not say what the mail program has made of the colours: axe-core would judge what nobody sees.
        const barred = mode === "turned" ? [] : await page.evaluate(barriers, brand);
        const faults = [...asked.splice(0), ...laid.faults, ...pale.map(describe), ...barred];
        found.push(...faults.map((fault) => `${path.split("/").at(-1)}: ${fault}`));
        opened += 1;
      }
    }
    await page.unroute("**");
  }
  await context.close();
}

/**
 * What axe-core finds, by all of its rules; what it cannot tell counts as well. It runs inside of the page. The contrast of
 * a brand's colour is left to what was painted, which knows what such a colour can have.
 */
async function barriers(brand) {
  const { violations, incomplete } = await globalThis.axe.run();
  const isBranded = ({ target }) => document.querySelector(target.join(" "))?.getAttribute("style") === brand;
  return [...violations, ...incomplete].flatMap(({ id, help, nodes }) =>
    nodes
      .filter((node) => id !== "color-contrast" || !isBranded(node))
      .map((node) => `${id} (${help}): ${node.html.slice(0, 120)}`),
  );
}

/**
 * Whether a text has too little contrast. A brand's colour has 4.5 on white and on black, and no such colour has as much on
 * a dark grey: there it needs what the darkest of them has.
 */
function isPale(text) {
  if (text.contrast >= NEEDED) return false;
  const darkest = NEEDED * 0.05;
  if (!text.isBranded || text.behind > 0.1 || text.contrast < darkest / (text.behind + 0.05) - 0.01) return true;
  greys.push(text.contrast);
  return false;
}

function describe({ name, contrast }) {
  return `${name}: has a contrast of ${contrast.toFixed(2)}, not ${NEEDED}`;
}
