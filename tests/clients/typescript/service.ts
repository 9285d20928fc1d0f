// Where the service is and with which key: once, before the first call.

import { client } from "./rebound/client.gen.ts";

const { REBOUND_URL, REBOUND_API_KEY } = process.env;
if (!REBOUND_URL || !REBOUND_API_KEY) throw new Error("REBOUND_URL and REBOUND_API_KEY are not set.");

client.setConfig({ baseUrl: REBOUND_URL, auth: REBOUND_API_KEY });
