// Fragments as the program writes them: on the command line, and as the answer of its REST API.

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const binary = resolve(process.env.REBOUND_TEST_BINARY ?? "target/debug/rebound");
const home = mkdtempSync(join(tmpdir(), "rebound-mail."));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));

// No setting of this machine reaches the program.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("REBOUND_")));

// The version under which the catalog is kept once more, with some words in Hebrew: no language of the catalog itself is
// written from right to left.
const HEBREW_VERSION = "2099.1.0";

/** A folder for `--catalog-archive` that holds the catalog with Hebrew. */
export function archive() {
  const folder = join(home, "archive");
  const catalog = join(folder, HEBREW_VERSION);
  run(["catalog", "export", catalog]);
  for (const name of ["catalog.toml", "changelog.toml"]) {
    const text = readFileSync(join(catalog, name), "utf8");
    writeFileSync(join(catalog, name), text.replace(/^version = .*$/m, `version = "${HEBREW_VERSION}"`));
  }
  cpSync(join(import.meta.dirname, "hebrew"), join(catalog, "he"), { recursive: true });
  return folder;
}

/** The fragment of each request, in their order, from `rebound fragments`. */
export function fragments(requests, catalogs) {
  const lines = requests.map((request, place) => JSON.stringify({ ref: String(place), ...request }));
  const options = catalogs ? ["--catalog-archive", catalogs] : [];
  const answers = run(["fragments", ...options, "-"], lines.join("\n")).trim().split("\n").map((line) => JSON.parse(line));
  const written = new Map(answers.filter((it) => it.fragment).map(({ fragment }) => [fragment.id, fragment]));
  return answers.filter((it) => it.ref).map((it) => written.get(it.fragment_id));
}

function run(args, input = "") {
  const { status, error, stdout, stderr } = spawnSync(binary, args, { input, env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw error ?? new Error(`rebound ${args[0]}: ${stderr}${stdout.match(/^.*"error".*$/gm) ?? ""}`);
  return stdout;
}

/** The answer of `POST /v1/fragments` to each request, in their order. */
export async function answers(requests, catalogs) {
  const key = "rbk_" + "mail".repeat(12);
  const options = ["--http-addr", "127.0.0.1:0", "--grpc-addr", "127.0.0.1:0", "--catalog-archive", catalogs];
  const store = ["--data-dir", home, "--database-url", `sqlite://${home}/rebound.db`];
  const server = spawn(binary, ["serve", ...options, ...store], {
    env: { ...env, REBOUND_BOOTSTRAP_KEY: key, REBOUND_LOG: "info,rebound::access=off", REBOUND_LOG_FORMAT: "json" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise((ended) => server.on("close", ended));
  try {
    const url = `http://${await address(server)}/v1/fragments`;
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const post = (request) => fetch(url, { method: "POST", headers, body: JSON.stringify(request) });
    return await Promise.all(requests.map(async (request) => (await post(request)).json()));
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}

/** Where the service answers, from its line `ready`. */
async function address(server) {
  const said = [];
  for await (const line of createInterface({ input: server.stderr })) {
    const { message, http_addr: address } = JSON.parse(line);
    if (message === "ready") {
      server.stderr.resume(); // What it says from now on is read and forgotten, lest it wait for a reader.
      return address;
    }
    said.push(line);
  }
  throw new Error(`the service did not start:\n${said.join("\n")}`);
}
