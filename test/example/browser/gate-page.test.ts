import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { encodeQR } from "qr";
import { bundled } from "../../../examples/mobile-id/shared/site.ts";
import { wordsOf } from "../../../examples/mobile-id/shared/words.ts";
import { REPOSITORY } from "../../cli/harness.ts";
import { openDevice } from "./helpers/browsers.ts";
import type { Picture } from "./helpers/camera.ts";

const PAGE = join(REPOSITORY, "examples/mobile-id/gate/page");

/** Pixels of a module of a code. */
const SCALE = 8;

function pictureOfText(text: string): Picture {
  const rows = encodeQR(text, "raw", { ecc: "low", border: 4 });
  const size = rows.length * SCALE;
  const pixels = Uint8Array.from({ length: size * size }, (_, at) => {
    const [x, y] = [Math.floor((at % size) / SCALE), Math.floor(at / size / SCALE)];
    return rows[y]?.[x] ? 0 : 255;
  });
  return { size, pixels };
}

test("a gate whose program can't take what was before the camera goes on reading", async (t) => {
  const script = await bundled(join(PAGE, "main.ts"));
  let answers = 0;
  const calls: Readonly<Record<string, () => [status: number, body: object]>> = {
    "/state": () => [200, { factsAt: 0, counts: {} }],
    "/requests": () => [200, { text: "openid4vp://?client_id=gate", until: 0 }],
    "/answers": () => {
      answers += 1;
      if (answers === 1) return [400, { code: "GATE_CALL", message: "Got a call that is too long" }];
      return [200, { outcome: "closed", reason: "malformed", factsAt: 0, counts: {} }];
    },
  };
  const server = createServer((request, response) => {
    const call = calls[request.url ?? ""];
    if (call !== undefined) {
      const [status, body] = call();
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    } else if (request.url === "/gate.js") response.setHeader("content-type", "text/javascript").end(script);
    else
      response
        .setHeader("content-type", "text/html")
        .end('<div id="gate"></div><script type="module" src="/gate.js"></script>');
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const gate = await openDevice(t, { kind: "pc", language: "en" });
  await gate.see([pictureOfText("what a visitor shows")]);
  await gate.page.goto(`http://localhost:${(server.address() as AddressInfo).port}/?language=en`);
  await gate.page.locator(".verdict").waitFor();
  assert((await gate.page.locator(".verdict").innerText()).includes(wordsOf("en")("reason.malformed")));
  assert.equal(answers, 2);
});
