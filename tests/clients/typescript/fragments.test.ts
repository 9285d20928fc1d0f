// Advice inside of an e-mail that an employer sends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type FragmentLine, fromLines, toLines } from "./ndjson.ts";
import { type FragmentRequest, batchRenderFragments, renderFragment } from "./rebound/index.ts";
import "./service.ts";

const request: FragmentRequest = {
  context: { kind: "job_application", conversation_with: ["interviewer"] },
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
  const { data: fragment } = await renderFragment({ body: request, throwOnError: true });

  assert.equal(fragment.steps.length, 2);
  assert.match(fragment.html ?? "", /^<div lang="en" dir="ltr"/);
  assert.match(fragment.html ?? "", /href="https:\/\/example\.com\/jobs"/);
  assert.match(fragment.text ?? "", /With thanks, \{\{CANDIDATE_FIRST_NAME\}\}/);
  assert.equal(fragment.markdown, undefined, "nobody asked for it");
  assert.ok((fragment.bytes.html_quoted_printable ?? Infinity) <= 6144);
});

test("everybody who was turned down: each different fragment comes once", async () => {
  const people = Array.from({ length: 500 }, (_, place) => ({
    ref: `candidate-${place}`,
    ...request,
    context: { ...request.context, stage: place % 2 ? "interview" : "final_interview" } as const,
  }));

  const { response } = await batchRenderFragments({
    body: toLines(people),
    bodySerializer: null,
    parseAs: "stream",
    throwOnError: true,
  });
  assert.ok(response.body);
  const html = new Map<string, string>();
  const sent = new Map<string, string>();
  for await (const line of fromLines<FragmentLine>(response.body)) {
    if (line.fragment) html.set(line.fragment.id, line.fragment.html ?? "");
    else if (line.error) assert.fail(line.error.detail);
    else sent.set(line.ref ?? "", html.get(line.fragment_id) ?? assert.fail("a fragment comes before who gets it"));
  }

  assert.equal(sent.size, 500);
  assert.ok(html.size <= 2);
  assert.equal(sent.get("candidate-1"), sent.get("candidate-499"));
});
