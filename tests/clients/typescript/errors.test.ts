// What goes wrong is a value with a type: a problem document (RFC 9457).

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Context, type Problem, getGuidance, getRejection, getTip } from "./rebound/index.ts";
import "./service.ts";

test("every mistake of an input, each with its place and what is allowed there", async () => {
  // Not what the types allow; it came from elsewhere.
  const context = { kind: "lottery", rounds_completed: 5, rounds_total: 4, mood: "bad" } as unknown as Context;
  const { data, error: problem } = await getGuidance({ body: { context } });

  assert.equal(data, undefined);
  assert.equal(problem?.status, 422);
  assert.equal(problem.code, "invalid_request");
  const pointers = problem.errors?.map(({ pointer }) => pointer).toSorted();
  assert.deepEqual(pointers, ["/context/kind", "/context/mood", "/context/rounds_completed"]);
  assert.match(
    problem.errors?.find(({ pointer }) => pointer === "/context/kind")?.detail ?? "",
    /allowed: job_application/,
  );
});

test("something that is not there", async () => {
  const { error: tip } = await getTip({ path: { id: "no-such-tip" } });
  assert.equal(tip?.status, 404);

  const path = { user_id: "emp-1042", id: "rej_01h45ytscbebyvny4gc8cr8ma2" };
  const { error: rejection } = await getRejection({ path });
  assert.equal(rejection?.status, 404);
  assert.equal(rejection.code, "not_found");
});

test("a key that is not valid, and the request id to ask about", async () => {
  const { error: problem, response } = await getGuidance({ body: { context: { kind: "other" } }, auth: "rbk_wrong" });

  assert.equal(problem?.status, 401);
  assert.equal(problem.code, "unauthenticated");
  assert.equal(problem.instance, response?.headers.get("x-request-id"));
});

test("thrown, where that is wanted", async () => {
  const call = getGuidance({ body: { context: { kind: "other" }, catalog_version: "1999.1.0" }, throwOnError: true });

  await assert.rejects(
    call,
    (problem: Problem) => problem.status === 422 && problem.errors?.[0]?.pointer === "/catalog_version",
  );
});
