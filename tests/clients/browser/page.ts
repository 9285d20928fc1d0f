// What a page does over gRPC-Web, and over REST. Each story runs in the browser, and what it throws fails the test.

import { Code, ConnectError, type Interceptor, createClient } from "@connectrpc/connect";
import { createClient as createRestClient } from "../typescript/rebound/client/index.ts";
import { getGuidanceByQuery } from "../typescript/rebound/index.ts";
import { createBatchTransport } from "./batch.ts";
import { BadRequestSchema, ErrorInfoSchema } from "./rebound/google/rpc/error_details_pb.ts";
import { Kind, Phase, Stage } from "./rebound/rebound/v1/context_pb.ts";
import { GuidanceService, StepPhase } from "./rebound/rebound/v1/guidance_pb.ts";
import { HistoryService } from "./rebound/rebound/v1/history_pb.ts";

/** Who looks at the page: the app's server gave it a token for this person alone. */
export interface Visitor {
  rest: string;
  grpc: string;
  userId: string;
  token: string;
}

function transport({ grpc, token }: Visitor) {
  const withToken: Interceptor = (next) => (request) => {
    request.header.set("authorization", `Bearer ${token}`);
    return next(request);
  };
  return createBatchTransport({ baseUrl: grpc, interceptors: [withToken] });
}

const stories = {
  async "the next steps, in their order"(visitor: Visitor) {
    const client = createClient(GuidanceService, transport(visitor));

    const guidance = await client.getGuidance({
      context: { kind: Kind.JOB_APPLICATION, stage: Stage.INTERVIEW, roundsCompleted: 3, phase: Phase.SHOCK },
      locale: "en-GB",
    });

    equal(guidance.steps[0]?.phase, StepPhase.RECOVER);
    equal(guidance.locale?.resolved, "en");
  },

  async "a batch, read as it is answered"(visitor: Visitor) {
    const client = createClient(GuidanceService, transport(visitor));
    const kinds = [Kind.JOB_APPLICATION, Kind.PROMOTION, Kind.IDEA, Kind.UNSPECIFIED];
    async function* items() {
      for (let place = 0; place < 400; place += 1) {
        yield { ref: `item-${place}`, context: { kind: kinds[place % kinds.length] ?? Kind.OTHER }, limit: 1 };
      }
    }

    let place = 0;
    for await (const { ref, result } of client.batchGetGuidance(items())) {
      equal(ref, `item-${place}`);
      if (place % kinds.length < 3) equal(result.case === "guidance" && result.value.steps.length, 1);
      else equal(result.case === "error" && result.value.errors[0]?.pointer, "/context/kind");
      place += 1;
    }
    equal(place, 400);
  },

  async "everything that is kept of the person, as a stream"(visitor: Visitor) {
    const client = createClient(HistoryService, transport(visitor));

    const organizations: (string | undefined)[] = [];
    for await (const { item } of client.exportUser({ userId: visitor.userId })) {
      if (item.case === "rejection") organizations.push(item.value.organization);
    }

    equal(organizations.join(), "Example Ltd,Example School");
  },

  async "every mistake of an input, with its place"(visitor: Visitor) {
    const client = createClient(GuidanceService, transport(visitor));

    const error = await failure(
      client.getGuidance({ context: { kind: Kind.IDEA, roundsCompleted: 5, roundsTotal: 4 } }),
    );

    equal(error.code, Code.InvalidArgument);
    const [info] = error.findDetails(ErrorInfoSchema);
    equal(info?.reason, "INVALID_REQUEST");
    const [wrong] = error.findDetails(BadRequestSchema);
    equal(wrong?.fieldViolations.map(({ field }) => field).join(), "context.rounds_completed");
  },

  async "somebody else's history, and no key at all"(visitor: Visitor) {
    const client = createClient(HistoryService, transport(visitor));
    const other = await failure(client.listRejections({ userId: "somebody-else" }));
    equal(other.code, Code.NotFound);

    const stranger = createClient(GuidanceService, transport({ ...visitor, token: "rbk_wrong" }));
    const unknown = await failure(stranger.getGuidance({ context: { kind: Kind.OTHER } }));
    equal(unknown.code, Code.Unauthenticated);
    equal(unknown.metadata.get("x-request-id")?.startsWith("req_"), true);
  },

  async "over REST, again only if it changed"(visitor: Visitor) {
    const client = createRestClient({ baseUrl: visitor.rest, auth: visitor.token });
    const query = { kind: "idea" } as const;

    const { response: first } = await getGuidanceByQuery({ client, query, throwOnError: true });
    const again = await getGuidanceByQuery({ client, query, headers: { "If-None-Match": first.headers.get("etag") } });

    equal(again.response?.status, 304);
  },
};

declare global {
  var stories: Record<string, (visitor: Visitor) => Promise<void>>;
}
globalThis.stories = stories;

async function failure(call: Promise<unknown>): Promise<ConnectError> {
  const answer = await call.then(JSON.stringify, (error: unknown) => ConnectError.from(error));
  if (answer instanceof ConnectError) return answer;
  throw new Error(`expected an error, got ${answer}`);
}

function equal<Value>(actual: Value, expected: Value): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
