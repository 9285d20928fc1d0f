// Opens the page in Chromium, as somebody with a token for one person, and tells its stories one by one.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { type Page, chromium } from "playwright-core";
import type { Visitor } from "./page.ts";

const {
  REBOUND_URL = "",
  REBOUND_GRPC_ADDR,
  REBOUND_API_KEY,
  REBOUND_PAGE_ORIGIN = "",
  REBOUND_TEST_CHROMIUM = "",
} = process.env;

test("a page of an origin that may call", { timeout: 60_000 }, async (page) => {
  const tab = await open(page, REBOUND_PAGE_ORIGIN);
  const visitor = await visit();

  const names = await tab.evaluate(() => Object.keys(stories));
  assert.ok(names.length > 0);
  for (const name of names) {
    await page.test(name, () => tab.evaluate(([name, visitor]) => stories[name]?.(visitor), [name, visitor] as const));
  }
});

test("a page of any other origin", { timeout: 60_000 }, async (page) => {
  const tab = await open(page, "https://elsewhere.example");
  const visitor = await visit();

  const told = tab.evaluate((visitor) => stories["the next steps, in their order"]?.(visitor), visitor);
  await assert.rejects(told, /Failed to fetch/);
});

/** The page as that origin serves it. Nothing listens there; all that the page asks for goes out as from any page. */
async function open(test: TestContext, origin: string): Promise<Page> {
  // It cannot have a sandbox as root; it opens nothing but this page.
  const browser = await chromium.launch({ executablePath: REBOUND_TEST_CHROMIUM, chromiumSandbox: false });
  test.after(() => browser.close());
  // The service is on this machine, and a browser lets no page near that without asking.
  const context = await browser.newContext({ permissions: ["local-network-access"] });
  const tab = await context.newPage();
  const script = readFileSync("page.js", "utf8");
  const body = `<!doctype html><title>Stories</title><script type="module">${script}</script>`;
  await tab.route(`${origin}/`, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await tab.goto(`${origin}/`);
  return tab;
}

/** What the app's own server does: it keeps a history, and gives whoever looks at the page a token for this person alone. */
async function visit(): Promise<Visitor> {
  const userId = randomUUID();
  for (const [organization, occurred_at] of [
    ["Example School", daysAgo(9)],
    ["Example Ltd", daysAgo(2)],
  ]) {
    await post(`/v1/users/${userId}/rejections`, { kind: "job_application", organization, occurred_at });
  }
  const { secret } = await post(`/v1/users/${userId}/tokens`, { scopes: ["guidance", "diary:read"], ttl_seconds: 300 });
  return { rest: REBOUND_URL, grpc: `http://${REBOUND_GRPC_ADDR}`, userId, token: secret ?? assert.fail("no token") };
}

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString();
}

async function post(path: string, body: object): Promise<{ secret?: string }> {
  const headers = { authorization: `Bearer ${REBOUND_API_KEY}`, "content-type": "application/json" };
  const answer = await fetch(`${REBOUND_URL}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, await answer.clone().text());
  return (await answer.json()) as { secret?: string };
}
