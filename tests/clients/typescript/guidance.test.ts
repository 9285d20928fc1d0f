// What to do after a rejection: one situation, many at once, and only when something changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromLines, toLines } from "./ndjson.ts";
import {
  type Context,
  type GetGuidanceByQueryData,
  type GuidanceBatchItem,
  type GuidanceBatchResult,
  batchGetGuidance,
  getGuidance,
  getGuidanceByQuery,
} from "./rebound/index.ts";
import "./service.ts";

const context: Context = {
  kind: "job_application",
  stage: "interview",
  rounds_completed: 3,
  rounds_total: 4,
  conversation_with: ["interviewer"],
  phase: "shock",
};

test("the next steps, in their order, each with its reason and its sources", async () => {
  const { data: guidance } = await getGuidance({ body: { context, locale: "en-GB" }, throwOnError: true });

  const [first] = guidance.steps;
  assert.equal(first?.phase, "recover");
  assert.ok(first.why.includes("phase=processing|shock|unknown"));
  assert.ok(first.sources.every(({ article, atom }) => article && atom));
  assert.deepEqual(guidance.locale, { requested: "en-GB", resolved: "en" });
  const thanks = guidance.steps.find(({ tip }) => tip === "thank-the-person");
  assert.deepEqual(thanks?.actions, [{ type: "reply", id: "thank-you" }]);
});

test("what was withheld, and why", async () => {
  const final: Context = { kind: "promotion", decision: "final" };
  const { data: guidance } = await getGuidance({ body: { context: final, explain: true }, throwOnError: true });

  const withheld = guidance.withheld?.find(({ tip }) => tip === "ask-to-reconsider");
  assert.deepEqual(withheld?.because, ["decision=final"]);
});

test("only the members that are shown", async () => {
  const { data } = await getGuidance({ body: { context }, query: { fields: "steps(tip,title)" }, throwOnError: true });

  // The type knows nothing of `fields`: it promises members that did not come.
  const guidance: Pick<typeof data, "steps"> = data;
  assert.deepEqual(Object.keys(guidance), ["steps"]);
  for (const step of guidance.steps) assert.deepEqual(Object.keys(step), ["tip", "title"]);
});

test("again only if it changed", async () => {
  const query: GetGuidanceByQueryData["query"] = { kind: "idea", conversation_with: ["manager", "committee"] };
  const { response: first } = await getGuidanceByQuery({ query, throwOnError: true });

  const headers = { "If-None-Match": first.headers.get("etag") };
  const again = await getGuidanceByQuery({ query, headers });

  assert.equal(again.response?.status, 304);
});

test("a thousand situations in one call, read as they are answered", async () => {
  const items: GuidanceBatchItem[] = Array.from({ length: 1000 }, (_, place) => ({ ref: `person-${place}`, context, limit: 2 }));
  const wrong = { ref: "wrong", context: { kind: "lottery" } };

  const { response } = await batchGetGuidance({
    body: toLines([...items, wrong]),
    bodySerializer: null, // The lines are the body; they are not to be written as JSON once more.
    parseAs: "stream",
    throwOnError: true,
  });
  assert.ok(response.body);
  const refs: (string | undefined)[] = [];
  for await (const line of fromLines<GuidanceBatchResult>(response.body)) {
    refs.push(line.ref);
    if (line.guidance) assert.equal(line.guidance.steps.length, 2);
    else
      assert.deepEqual(
        line.error?.errors?.map(({ pointer }) => pointer),
        ["/context/kind"],
      );
  }

  assert.deepEqual(
    refs,
    [...items, wrong].map(({ ref }) => ref),
  );
});
