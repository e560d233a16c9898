import assert from "node:assert/strict";
import { test } from "node:test";
import { Interface, id } from "ethers";
import { didRegistryAbi } from "../../resolver/abi.ts";
import { readPage, readRepositoryFile } from "./examples.ts";

const page = await readPage("docs/contracts.md");
const { fragments } = new Interface(didRegistryAbi);

test("the page names every function and error of the registry with its arguments", () => {
  for (const fragment of fragments) {
    if (fragment.type !== "function" && fragment.type !== "error") continue;
    // `function f(address a, bytes calldata b) view returns (…)`: what the page shows is `f(address a, bytes b)`.
    const shown = fragment.format("full").replace(/^(?:function|error) /, "");
    const signature = shown.slice(0, shown.indexOf(")") + 1);
    assert(page.includes(`\`${signature}\``), `docs/contracts.md lacks ${signature}`);
  }
});

test("the page names every event of the registry with its topic", () => {
  const events = fragments.filter(({ type }) => type === "event").map((fragment) => fragment.format("sighash"));
  assert(events.length >= 3);
  for (const signature of events) {
    assert(page.includes(`| \`${signature}\` | \`${id(signature)}\` |`), `docs/contracts.md lacks ${signature}`);
  }
});

test("the gas that the page speaks of is what is measured, to the nearest thousand", async () => {
  const gas = JSON.parse(await readRepositoryFile("test/contracts/gas.json")) as Record<string, number>;
  for (const name of [
    "setAttribute 33 B, known",
    "multicall of 3 setAttribute 33 B, known",
    "create with 2 keys and a service, multicall",
  ]) {
    const thousands = `${Math.round((gas[name] ?? 0) / 1_000)} 000`;
    assert(page.replace(/\s+/g, " ").includes(`about ${thousands}`), `${name}: ${gas[name]}`);
  }
});
