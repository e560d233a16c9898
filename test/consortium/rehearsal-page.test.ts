import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import { type AtEnd, endsOf, temporaryFolder } from "../../scripts/rehearsal/ends.ts";
import { type Member, startMembers } from "../../scripts/rehearsal/founding.ts";
import { freePorts } from "../../scripts/rehearsal/free-ports.ts";
import { ministryNodes } from "../../scripts/rehearsal/ministry-node.ts";
import { until } from "../../scripts/rehearsal/until.ts";
import { addProgram, markedBlocks, runBlocks } from "../pages/shell.ts";

/** Members in the order of the page's file. */
const IDS = ["interior", "safety", "tax", "welfare"];

test("the commands of the page for founders, run unchanged, lead to a served status list", async (t) => {
  const atEnd = endsOf(t);
  const folder = await temporaryFolder(atEnd);
  const units = await unitsOf(folder, atEnd);
  const programs = join(folder, "programs");
  await mkdir(programs);
  // Starts the kits' units, as systemd does on the machines.
  await addProgram(programs, "systemctl", `exec curl -sf "${units}/$1/$2"`);
  const ports = await freePorts(IDS.length);
  const blocks = (await markedBlocks("operating-network.md", "rehearse")).map((block) => {
    let here = block.replaceAll("http://127.0.0.1:8080", "$(cat node.url)");
    for (const at of IDS.keys()) {
      here = here.replaceAll(`http://10.${at + 1}.0.10:8545`, `$(cat ${IDS[at]}.url)`);
      here = here.replaceAll(`"10.${at + 1}.0.10"`, `"127.0.0.${at + 2}", "port": ${ports[at]}`);
    }
    return here;
  });
  assert(blocks.length > 5);
  const printed = await runBlocks(blocks, { programs, cwd: folder, env: {} });
  assert.equal(printed.length, blocks.length);
  assert.match(printed.join(), /hash 0x[0-9a-f]{64}/);

  const node = await readFile(join(folder, "node.url"), "utf8");
  const { address } = JSON.parse(await readFile(join(folder, "agency.json"), "utf8"));
  const served = JSON.parse(payloadOf(await readFile(join(folder, "list.jwt"), "utf8")));
  assert.equal(served.sub, `https://node.interior.example/status-lists/0x${address}/0`);
  // The list may be served before the node has indexed its first change.
  await until("the revocations are served", async () => {
    const headers = { accept: "application/statuslist+jwt" };
    const answer = await fetch(`${node}/status-lists/0x${address}/0`, { headers });
    const { bits, lst } = JSON.parse(payloadOf(await answer.text())).status_list;
    const bytes = inflateSync(Buffer.from(lst, "base64url"));
    const statusAt = (index: number) => ((bytes[Math.floor((index * bits) / 8)] ?? 0) >> ((index * bits) % 8)) & 3;
    return [5, 6, 700].map(statusAt).join() === "1,0,1";
  });
});

/**
 * Starts the members' units on request, and writes the URLs of the running servers to files.
 * @returns the URL for requests.
 */
async function unitsOf(folder: string, atEnd: AtEnd): Promise<string> {
  let members: Member[] = [];
  const units: Record<string, () => Promise<void>> = {
    async "/start/geth"() {
      members = await startMembers(join(folder, "drill.json"), folder, atEnd);
      for (const { id, server } of members) await writeFile(join(folder, `${id}.url`), server.url);
    },
    async "/start/mapae-node"() {
      const signing = { MAPAE_SIGNER_PASSWORD_FILE: join(folder, "password") };
      const nodes = await ministryNodes({ folder, members, signing }, members.length);
      for (const node of nodes) atEnd(node.kill);
      await Promise.all(nodes.map((node) => node.start()));
      await writeFile(join(folder, "node.url"), nodes[0]?.url ?? "");
    },
  };
  const server = createServer(async (request, response) => {
    try {
      await (units[request.url ?? ""] ?? assert.fail(`no unit: ${request.url}`))();
      response.end();
    } catch (error) {
      console.error(error);
      response.writeHead(500).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(async () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function payloadOf(token: string): string {
  return Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
}
