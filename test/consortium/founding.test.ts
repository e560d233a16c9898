import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Wallet } from "ethers";
import { NETWORK_GAS } from "../../cli/deploy/budget.ts";
import type { NetworkDescriptor } from "../../resolver/index.ts";
import { endsOf, temporaryFolder } from "../chain/helpers/ends.ts";
import { until } from "../chain/helpers/until.ts";
import { answerOf, errorOf, freePorts, mapae } from "../cli/harness.ts";
import { type Consortium, foundConsortium, kitFile, type Member, untilOneChain } from "./helpers/founding.ts";
import { type MinistryNode, ministryNodes, untilState } from "./helpers/ministry-node.ts";

// The story of a consortium: each test goes on where the one before ended, on the same chain and nodes.

const DELAY = 3;
/** Blocks after which one stays, by the network's rule. */
const FINALITY = 12;
const atEnd = endsOf({ after });

let consortium: Consortium;
let nodes: readonly MinistryNode[];
let network: NetworkDescriptor;
let interior: Member;

const file = (name: string) => join(consortium.folder, name);
const by = <T = Record<string, never>>(signer: Wallet, ...args: string[]) => answerOf<T>(args, consortium.as(signer));

before(async () => {
  consortium = await foundConsortium(await temporaryFolder(atEnd), atEnd);
  interior = consortium.members[0] ?? assert.fail();
});

test("four members found a chain by the kit's files: its validators are those of the genesis, and all seal blocks", async () => {
  const { members } = consortium;
  await untilOneChain(members);
  const signers = await interior.validator.rpc<string[]>("clique_getSigners", "latest");
  const { extraData } = await kitFile(interior, "genesis.json");
  assert.equal(
    extraData.slice(2 + 64, -130),
    [...signers]
      .sort()
      .map((one) => one.slice(2))
      .join(""),
  );
  await until("every validator has sealed a block", async () => {
    const { sealerActivity } = await interior.validator.rpc<{ sealerActivity: Record<string, number> }>(
      "clique_status",
    );
    return signers.every((signer) => (sealerActivity[signer] ?? 0) > 0);
  });
  const env = { MAPAE_RPC_URLS: members.map(({ server }) => server.url).join(",") };
  const { troubles } = await until("mapae validators show finds no trouble", async () => {
    const { code, stdout } = await mapae(["validators", "show", "--json"], env);
    return code === 0 && (JSON.parse(stdout) as { troubles: unknown[] });
  });
  assert.deepEqual(troubles, []);
});

test("two bodies are founded and the contracts deployed for what was said they may cost, and the descriptor says what network this is", async () => {
  const { council, guardian, people, as, members } = consortium;
  const owners = (wallets: readonly Wallet[]) => ({ threshold: 2, owners: wallets.map(({ address }) => address) });
  const bodies = { council: owners(council), guardian: owners(guardian), delay: DELAY, rehearsal: true };
  await writeFile(file("bodies.json"), JSON.stringify(bodies));
  await by(people.deployer, "council", "found", file("bodies.json"), "--out", file("council.json"));
  const balance = async () =>
    BigInt(await interior.validator.rpc<string>("eth_getBalance", people.deployer.address, "latest"));
  const before = await balance();
  const deployed = await by<{ descriptor: NetworkDescriptor; hash: string }>(
    people.deployer,
    ...[
      ...[
        "network",
        "deploy",
        "--label",
        "drill",
        "--governance",
        file("council.json"),
        "--finality",
        String(FINALITY),
      ],
      ...["--consensus", join(interior.kit, "operators.json"), "--out", file("network.json")],
    ],
  );
  network = deployed.descriptor;
  // Gas costs 1 wei.
  const spent = before - (await balance());
  assert(spent > NETWORK_GAS / 4n && spent < NETWORK_GAS, `${spent} gas`);
  assert.deepEqual(
    [network.rehearsal, network.consensus.kind, network.finality],
    [true, "attested", { kind: "depth", blocks: FINALITY }],
  );
  for (const at of members.keys()) {
    const roles = ["network", "roles", "--governance", file("council.json")];
    const { faults } = await answerOf<{ faults: unknown[] }>(roles, as(people.anybody, at));
    assert.deepEqual(faults, []);
  }
  const poor = council[0] ?? assert.fail();
  const dear = [
    "network",
    "deploy",
    "--label",
    "drill",
    "--governance",
    file("council.json"),
    "--out",
    file("other.json"),
  ];
  const consensus = [
    "--consensus",
    join(interior.kit, "operators.json"),
    "--json",
    "--gas-price",
    "100000000000000000",
  ];
  const { message } = errorOf(await mapae([...dear, ...consensus], as(poor)));
  assert.match(message, /balance of \d+ wei.*nothing was sent/);
});

test("three ministries' nodes, started with the kit's variables, follow, and serve the network's descriptor byte for byte", async () => {
  const ports = await freePorts(3);
  nodes = await ministryNodes(consortium, ports);
  for (const node of nodes) {
    atEnd(node.kill);
    await node.start();
  }
  for (const node of nodes) await untilState(node, "following");
  const descriptors = await Promise.all(nodes.map((node) => node.get("/network")));
  assert.equal(new Set(descriptors.map(({ text }) => text)).size, 1);
});
