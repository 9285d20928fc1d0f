// Batches answer one JSON object a line. What OpenAPI cannot say of them is said here.

import type { Fragment, Guidance, Problem } from "./rebound/index.ts";

/** A line of `batchGetGuidance`. */
export type GuidanceLine = { ref?: string } & (
  { guidance: Guidance; error?: never } | { guidance?: never; error: Problem }
);

/** A line of `batchRenderFragments`: a fragment, or who gets which one. */
export type FragmentLine =
  | { fragment: Fragment & { id: string }; ref?: never }
  | { fragment?: never; ref?: string; fragment_id: string; error?: never }
  | { fragment?: never; ref?: string; fragment_id?: never; error: Problem };

/** The body of a request, one item a line. */
export function toLines(items: readonly object[]): string {
  return items.map((item) => JSON.stringify(item) + "\n").join("");
}

/** The lines of an answer, each as soon as it is there. */
export async function* fromLines<Line>(body: ReadableStream<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let begun = "";
  for await (const bytes of body) {
    const lines = (begun + decoder.decode(bytes, { stream: true })).split("\n");
    begun = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line) as Line;
  }
}
