// Batches take and answer one JSON object a line, which OpenAPI cannot say. The types of the lines are generated.

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
