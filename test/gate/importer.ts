// A gate in a process of its own, which imports bundles one after the other and says what it holds: it is killed at any point.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { levelStore, openGate, parseGatePolicy } from "../../gate/index.ts";
import { parseNetworkDescriptor } from "../../resolver/network.ts";

const [folder = "", count = "0"] = process.argv.slice(2);
const json = async (name: string) => JSON.parse(await readFile(join(folder, name), "utf8"));
const network = parseNetworkDescriptor(await json("network.json"));
const store = await levelStore(join(folder, "gate"), network);
const gate = await openGate({
  network,
  policy: parseGatePolicy(await json("policy.json")),
  store,
  onFault(error) {
    throw error;
  },
});
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ opened: gate.status().asOf?.number ?? null });
for (let at = 0; at < Number(count); at++) {
  const { reason } = await gate.importBundle(await readFile(join(folder, `${at}.bundle`)));
  say({ at, reason, held: gate.status().asOf?.number });
}
await gate.close();
say({ closed: true });
