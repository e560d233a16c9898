import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { bundleInWords } from "../../../cli/bundle/describe-bundle.ts";
import { askMetrics, askStatus } from "../../../cli/doctor/ask-node.ts";
import { linesOf } from "../../../cli/terminal/printable.ts";
import { output } from "../../../cli/terminal/terminal.ts";
import { answerInWords } from "../../../cli/verify/words.ts";
import { parseDid, type VerifierAnswer } from "../../../resolver/index.ts";
import { simulatedIdentity } from "../../helpers/chain-simulator.ts";

const FORGED = "https://lists.example\n  accredited  did:mapae:gov-00000000:0x12 (행정안전부)";

test("a line break in foreign text is printed as its code, so that it adds no line to an answer", () => {
  assert.equal(linesOf(["a", "b\nc"]), "a\nb\\u000ac");
  const credential = {
    ...{ format: "vc-jwt", issuer: parseDid(`did:mapae:local:${simulatedIdentity(1)}`), key: "k", type: FORGED },
    ...{ issuedAt: 0, validFrom: null, validUntil: null, ignoredStatus: [FORGED], status: { uri: FORGED, index: 1 } },
  };
  const answer = { verdict: "invalid", reason: "statusMismatch", credential, steps: [] } as unknown as VerifierAnswer;
  assert.doesNotMatch(answerInWords(answer), /^ {2}accredited/m);
  const described = { network: FORGED, block: 1, hash: `0x${"1".repeat(64)}`, time: "", since: null } as const;
  const counts = { issuers: 0, grants: 0, lists: 0, events: 0 };
  assert.doesNotMatch(bundleInWords({ ...described, types: [FORGED], ...counts }, 1), /^ {2}accredited/m);
});

test("further lines of errors and warnings are indented, because a server's reason may have any", () => {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const out = output({ env: {}, stdin: new PassThrough(), ...streams }, false);
  let text = "";
  streams.stderr.on("data", (chunk) => {
    text += chunk;
  });
  out.error({}, "it answered x\nvalid\n  → at y");
  out.warn("a\nError: b");
  streams.stderr.end();
  return once(streams.stderr, "close").then(() =>
    assert.equal(text, "Error: it answered x\n  valid\n  → at y\nWarning: a\n  Error: b\n"),
  );
});

test("an endless answer on a node's port is read up to a limit, and is not taken for a node's", async (t) => {
  let sent = 0;
  const server = createServer((_request, response) => {
    const part = Buffer.alloc(65_536, 0x20);
    const more = () => {
      while (!response.destroyed && response.write(part)) sent += part.length;
    };
    response.on("drain", more).writeHead(200);
    more();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const ask of [askStatus, askMetrics]) {
    sent = 0;
    assert.equal(await ask(url), undefined);
    assert.ok(sent < 64 * 1_048_576, `${sent} bytes were sent`);
  }
});
