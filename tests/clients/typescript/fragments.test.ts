// Advice inside of an e-mail that an employer sends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromLines, toLines } from "./ndjson.ts";
import {
  type Context,
  type FragmentBatchDefaults,
  type FragmentBatchItem,
  type FragmentBatchResult,
  type FragmentDefaults,
  batchRenderFragments,
  renderFragment,
} from "./rebound/index.ts";
import "./service.ts";

const context: Context = { kind: "job_application", conversation_with: ["interviewer"] };

const settings: FragmentDefaults = {
  max_tips: 2,
  formats: ["html", "text"],
  brand: {
    name: "Example Ltd",
    signoff: "With thanks, {{CANDIDATE_FIRST_NAME}}",
    link: { text: "Open roles", url: "https://example.com/jobs" },
  },
  merge_tags: { dialect: "greenhouse", keep: ["{{CANDIDATE_FIRST_NAME}}"] },
};

test("a fragment in the employer's voice, as HTML and as text", async () => {
  const { data: fragment } = await renderFragment({ body: { context, ...settings }, throwOnError: true });

  assert.equal(fragment.steps.length, 2);
  assert.match(fragment.html ?? "", /^<div lang="en" dir="ltr"/);
  assert.match(fragment.html ?? "", /href="https:\/\/example\.com\/jobs"/);
  assert.match(fragment.text ?? "", /With thanks, \{\{CANDIDATE_FIRST_NAME\}\}/);
  assert.equal(fragment.markdown, undefined, "nobody asked for it");
  assert.ok((fragment.bytes.html_quoted_printable ?? Infinity) <= 6144);
});

test("everybody who was turned down: each different fragment comes once", async () => {
  const first: FragmentBatchDefaults = { defaults: settings };
  const people: FragmentBatchItem[] = Array.from({ length: 500 }, (_, place) => ({
    ref: `candidate-${place}`,
    context: { ...context, stage: place % 2 ? "interview" : "final_interview" },
  }));

  const { response } = await batchRenderFragments({
    body: toLines([first, ...people]),
    bodySerializer: null,
    parseAs: "stream",
    throwOnError: true,
  });
  assert.ok(response.body);
  const html = new Map<string, string>();
  const sent = new Map<string, string>();
  for await (const line of fromLines<FragmentBatchResult>(response.body)) {
    if (line.fragment) html.set(line.fragment.id, line.fragment.html ?? "");
    else if (line.error) assert.fail(line.error.detail);
    else sent.set(line.ref ?? "", html.get(line.fragment_id ?? "") ?? assert.fail("a fragment comes before who gets it"));
  }

  assert.equal(sent.size, 500);
  assert.ok(html.size <= 2);
  assert.equal(sent.get("candidate-1"), sent.get("candidate-499"));
});
