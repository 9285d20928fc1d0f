// Words for the person: a reply, and a draft looked over before it is sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDraft, composeReply, listReplyTemplates } from "./rebound/index.ts";
import "./service.ts";

test("a thank-you, ready to be sent", async () => {
  const { data: reply } = await composeReply({
    body: {
      template: "thank-you",
      tone: "warm",
      length: "short",
      context: { kind: "job_application", conversation_with: ["hiring_manager"], rounds_completed: 3 },
      variables: { recipient_name: "Robin Lee", sender_name: "Kim Novak", role: "Data Analyst" },
    },
    throwOnError: true,
  });

  assert.match(reply.text ?? "", /^Hi Robin Lee,\n/);
  assert.match(reply.mailto ?? "", /^mailto:/);
  assert.deepEqual(reply.missing, []);
});

test("no thank-you where nobody talked with the person, but a better step", async () => {
  const { error: problem } = await composeReply({
    body: { template: "thank-you", context: { kind: "job_application", conversation: "none" } },
  });

  assert.equal(problem?.code, "reply_not_advised");
  assert.equal(problem.rule, "C1");
  assert.equal(problem.instead, "no-thanks-needed-for-a-form-letter");
});

test("which replies there are, and what each takes", async () => {
  const { data } = await listReplyTemplates({ throwOnError: true });

  const thanks = data.reply_templates.find(({ id }) => id === "thank-you");
  assert.ok(thanks?.variables.some(({ name }) => name === "recipient_name"));
});

test("a draft that had better wait until tomorrow", async () => {
  const text = "Thanks for nothing. You people are idiots.";
  const { data: report } = await checkDraft({ body: { profile: "candidate_reply", text }, throwOnError: true });

  assert.equal(report.verdict, "hold");
  assert.equal(report.cool_off_hours, 24);
  const hostile = report.findings.find(({ code }) => code === "hostility");
  // Places count characters of Unicode, and a string of JavaScript counts otherwise.
  const characters = [...text];
  assert.equal(characters.slice(hostile?.start, hostile?.end).join(""), "You people are idiots");
});
