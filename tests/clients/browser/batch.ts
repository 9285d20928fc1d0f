// A browser sends a request as a whole, so what is generated for it refuses methods that take a stream. Here all items are
// gathered first, and the answers are read as they come. Twenty thousand items in a call went through.

import { type DescMethodStreaming, type MessageInitShape, create, toBinary } from "@bufbuild/protobuf";
import type { Transport } from "@connectrpc/connect";
import { type GrpcWebTransportOptions, createGrpcWebTransport } from "@connectrpc/connect-web";

/** A transport like `createGrpcWebTransport`, for batches too. */
export function createBatchTransport(options: GrpcWebTransportOptions): Transport {
  const transport = createGrpcWebTransport(options);
  return {
    unary: transport.unary,
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const items = await Array.fromAsync(input);
      const [first] = items;
      if (first === undefined) throw new Error("A batch has at least one item.");
      const body = new Blob(items.map((item) => envelope(method.input, item)));
      const send: typeof fetch = (url, init) => fetch(url, { ...init, body });
      const oneRequest: typeof method = { ...method, methodKind: "server_streaming" };
      return createGrpcWebTransport({ ...options, fetch: send }).stream(
        oneRequest,
        signal,
        timeoutMs,
        header,
        only(first),
        contextValues,
      );
    },
  };
}

/** A message as gRPC sends it: a flag, its length, itself. */
function envelope<I extends DescMethodStreaming["input"]>(
  schema: I,
  item: MessageInitShape<I>,
): Uint8Array<ArrayBuffer> {
  const message = toBinary(schema, create(schema, item));
  const bytes = new Uint8Array(5 + message.length);
  new DataView(bytes.buffer).setUint32(1, message.length);
  bytes.set(message, 5);
  return bytes;
}

async function* only<Item>(item: Item): AsyncIterable<Item> {
  yield item;
}
