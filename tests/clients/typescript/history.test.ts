// What happened to a person, kept under an id of the app's own, until it is all erased.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import {
  type NewRejection,
  type Rejection,
  createContact,
  createFeedback,
  createRejection,
  eraseUser,
  exportUser,
  getErasureReceipt,
  getRejection,
  getRejectionGuidance,
  listRejections,
  updateRejection,
} from "./rebound/index.ts";
import "./service.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

test("from the rejection to what it led to", async () => {
  const user = { user_id: randomUUID() };
  const body: NewRejection = {
    kind: "promotion",
    conversation_with: ["manager"],
    occurred_at: daysAgo(3),
    phase: "processing",
  };

  // The key makes a second try harmless, as after a lost connection.
  const headers = { "Idempotency-Key": randomUUID() };
  const { data: rejection, response } = await createRejection({ path: user, body, headers, throwOnError: true });
  const { data: again } = await createRejection({ path: user, body, headers, throwOnError: true });
  assert.equal(response.status, 201);
  assert.equal(again.id, rejection.id);

  const path = { ...user, id: rejection.id };
  const { data: guidance } = await getRejectionGuidance({ path, throwOnError: true });
  assert.ok(guidance.steps.length > 0);

  const thanks = { purpose: "thank_you", channel: "email", sent_at: daysAgo(2) } as const;
  const { data: contact } = await createContact({ path, body: thanks, throwOnError: true });
  assert.equal(contact.purpose, "thank_you");
  const { error: refused } = await createContact({ path, body: { ...thanks, sent_at: daysAgo(1) } });
  assert.equal(refused?.status, 409);

  const text = "Great energy. We missed concrete examples.";
  const { data: feedback } = await createFeedback({
    path,
    body: { received_at: daysAgo(1), text },
    throwOnError: true,
  });
  assert.equal(feedback.text, text);

  const { data: kept } = await getRejection({ path, throwOnError: true });
  assert.deepEqual(
    kept.contacts?.map(({ id }) => id),
    [contact.id],
  );
  assert.deepEqual(
    kept.feedback_items?.map(({ id }) => id),
    [feedback.id],
  );
});

test("a change, only if nobody else changed it meanwhile", async () => {
  const user = { user_id: randomUUID() };
  const body: NewRejection = { kind: "job_application", stage: "interview", occurred_at: daysAgo(5) };
  const { data: rejection } = await createRejection({ path: user, body, throwOnError: true });
  const path = { ...user, id: rejection.id };

  const { response: first } = await getRejection({ path, throwOnError: true });
  const headers = { "If-Match": first.headers.get("etag") };
  const { data: changed } = await updateRejection({
    path,
    headers,
    body: { stage: null, role: "Data Analyst" },
    throwOnError: true,
  });
  assert.equal(changed.role, "Data Analyst");
  assert.equal(changed.stage, undefined, "null takes away");

  const { error: stale } = await updateRejection({ path, headers, body: { role: "Engineer" } });
  assert.equal(stale?.status, 412);
  const unchanged = await getRejection({ path, headers: { "If-None-Match": first.headers.get("etag") } });
  assert.equal(unchanged.response?.status, 200, "it has changed");
});

test("all of them, page by page", async () => {
  const user = { user_id: randomUUID() };
  for (const days of [5, 4, 3, 2, 1]) {
    await createRejection({ path: user, body: { kind: "idea", occurred_at: daysAgo(days) }, throwOnError: true });
  }

  const rejections: Rejection[] = [];
  let pages = 0;
  let page_token = "";
  do {
    const { data } = await listRejections({ path: user, query: { page_size: 2, page_token }, throwOnError: true });
    rejections.push(...data.rejections);
    page_token = data.next_page_token;
    pages += 1;
  } while (page_token);

  assert.equal(pages, 3);
  assert.equal(new Set(rejections.map(({ id }) => id)).size, 5);
  const times = rejections.map(({ occurred_at }) => occurred_at);
  assert.deepEqual(times, times.toSorted().reverse(), "the newest comes first");
});

test("everything that is kept, and nothing any more", async () => {
  const user = { user_id: randomUUID() };
  const body: NewRejection = { kind: "program_admission", organization: "Example School", occurred_at: daysAgo(9) };
  await createRejection({ path: user, body, throwOnError: true });

  const { data: everything } = await exportUser({ path: user, throwOnError: true });
  assert.equal(everything.user_id, user.user_id);
  assert.deepEqual(
    everything.rejections.map(({ organization }) => organization),
    ["Example School"],
  );

  const { data: receipt } = await eraseUser({ path: user, throwOnError: true });
  assert.equal(receipt.erased.rejections, 1);
  const { data: later } = await getErasureReceipt({ path: { id: receipt.id }, throwOnError: true });
  assert.equal(later.genuine, true);
  const { data: left } = await listRejections({ path: user, throwOnError: true });
  assert.deepEqual(left, { rejections: [], next_page_token: "" });
});
