import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { keccak256, toUtf8Bytes } from "ethers";
import fc from "fast-check";
import { InvalidDescriptorError } from "../../resolver/errors.ts";
import {
  currentDeployment,
  descriptorHash,
  type NetworkDescriptor,
  parseNetworkDescriptor,
} from "../../resolver/network.ts";
import { runs } from "../helpers/property.ts";
import invalid from "../vectors/invalid/networks.json" with { type: "json" };
import valid from "../vectors/valid/networks.json" with { type: "json" };

const schema = JSON.parse(readFileSync(new URL("../../docs/network.schema.json", import.meta.url), "utf8"));
const matchesSchema = new Ajv2020({ strict: false }).compile(schema);

interface Fault {
  readonly reason: string;
  readonly field: string;
  readonly value?: unknown;
  readonly named?: string;
  readonly wanted: string;
  readonly schemaKnows?: false;
}

/** `base` with a field, by its dotted path, set to a value or left out. */
function withFault({ field, ...fault }: Fault): unknown {
  const descriptor: unknown = structuredClone(invalid.base);
  const path = field.split(".");
  const name = path.pop() ?? assert.fail();
  const parent = path.reduce((at, step) => (at as Record<string, unknown>)[step], descriptor) as Record<
    string,
    unknown
  >;
  if ("value" in fault) parent[name] = fault.value;
  else delete parent[name];
  return descriptor;
}

for (const { description, descriptor } of valid.networks) {
  test(`a descriptor is read as it is: ${description}`, () => {
    assert.deepEqual(parseNetworkDescriptor(descriptor), descriptor);
    assert(matchesSchema(descriptor), JSON.stringify(matchesSchema.errors));
    const network = parseNetworkDescriptor(descriptor);
    assert.deepEqual(currentDeployment(network), descriptor.deployments[0]);
  });
}

for (const fault of invalid.faults as Fault[]) {
  const { reason, field, named = field, wanted, schemaKnows = true } = fault;
  test(`${field} that is ${reason} is refused: ${JSON.stringify(fault.value ?? null).slice(0, 60)}`, () => {
    const descriptor = withFault(fault);
    assert.throws(
      () => parseNetworkDescriptor(descriptor),
      (error) => {
        assert(error instanceof InvalidDescriptorError, `${error}`);
        assert.equal(error.code, "INVALID_DESCRIPTOR");
        assert(error.message.startsWith(`Network descriptor: ${named}`), error.message);
        assert(error.message.includes(wanted), error.message);
        if (schemaKnows && "value" in fault && !wanted.startsWith("Unrecognized") && named === field) {
          assert(error.message.includes(`got ${JSON.stringify(fault.value).slice(0, 100)}`), error.message);
        }
        return true;
      },
    );
    assert.equal(matchesSchema(descriptor), !schemaKnows);
  });
}

test("what is no object at all is refused, and so is a list longer than its bound", () => {
  for (const value of [undefined, null, 5, "local", [], [valid.networks[0]?.descriptor]]) {
    assert.throws(() => parseNetworkDescriptor(value), /Network descriptor: the value: .*expected object/);
  }
  const many = Array.from({ length: 1_001 }, () => `0x${"01".repeat(20)}`);
  const base = structuredClone(invalid.base);
  const list = (consensus: unknown, signatures: string[] = []) =>
    parseNetworkDescriptor({ ...base, consensus, signatures });
  assert.throws(() => list({ kind: "qbft", validators: many }), /consensus.validators: Too big.*<=1000/);
  assert.throws(() => list(base.consensus, many), /signatures: Too big.*<=1000/);
  const operators = many.map((name) => ({ name, key: {} }));
  assert.throws(() => list({ kind: "attested", threshold: 1, operators }), /consensus.operators: Too big.*<=1000/);
  assert.doesNotThrow(() => list({ kind: "qbft", validators: many.slice(1) }, many.slice(1)));
});

test("a network that moved is well described, keeps its name, and is refused as what this version can't read", () => {
  const before = valid.networks[1]?.descriptor ?? assert.fail();
  const { genesisHash, chainId, deployments } = before;
  const root = (byte: string) => `0x${byte.repeat(32)}`;
  const roots = { did: root("01"), trust: root("02"), status: root("03") };
  const first = { ...deployments[0], past: { chainId, genesisHash, toBlock: 900, roots } };
  const moved = { ...before, chainId: 7302, genesisHash: root("ee"), deployments: [first, ...deployments] };
  assert(matchesSchema(moved), JSON.stringify(matchesSchema.errors));
  assert.throws(() => parseNetworkDescriptor(moved), { code: "FEATURE_NOT_SUPPORTED" });
  // Its name is bound to the first chain, not to the one that it is on.
  const renamed = { ...moved, name: `gov-${"ee".repeat(4)}` };
  assert.throws(() => parseNetworkDescriptor(renamed), {
    code: "INVALID_DESCRIPTOR",
    message: new RegExp(`name is ${renamed.name}`),
  });
  assert.throws(() => parseNetworkDescriptor({ ...moved, deployments: Array(101).fill(first) }), {
    code: "INVALID_DESCRIPTOR",
    message: /deployments: Too big.*<=100/,
  });
});

test("every fault of a descriptor is named at once", () => {
  assert.throws(() => parseNetworkDescriptor({ ...invalid.base, chainId: "1", version: 0, extra: true }), {
    message: /version: .*got 0; chainId: .*got "1"; the value: Unrecognized key: "extra"/,
  });
});

test("whatever JSON a descriptor is, it is one or refused", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...(invalid.faults as Fault[])), (value, { field }) => {
      for (const input of [value, withFault({ field, value, reason: "", wanted: "" })]) {
        try {
          parseNetworkDescriptor(input);
        } catch (error) {
          const { code } = error as { code?: unknown };
          assert(error instanceof InvalidDescriptorError || code === "FEATURE_NOT_SUPPORTED", `${error}`);
        }
      }
    }),
    runs(1_000),
  );
});

/** Of the first valid descriptor: sorted by Python's `json` and hashed by ethers. */
const WORKED_HASH = "0x54262dab07d40f9e90182d4edc13d7695b9c9417245c1880dd2d8688cb5eb10f";

/** RFC 8785 for values without numbers that need care: members sorted by UTF-16 code units, no white space. */
function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${jcs(one)}`).join(",")}}`;
}

test("a descriptor's hash is keccak256 of its JCS bytes without its signatures", () => {
  for (const { descriptor } of valid.networks) {
    const network = parseNetworkDescriptor(descriptor);
    const { signatures, ...signed } = descriptor;
    assert.equal(descriptorHash(network), keccak256(toUtf8Bytes(jcs(signed))));
    assert.equal(descriptorHash({ ...network, signatures: [...signatures, "another"] }), descriptorHash(network));
    assert.notEqual(descriptorHash({ ...network, version: 7 }), descriptorHash(network));
  }
});

test("the worked example of a descriptor's hash", () => {
  const [first] = valid.networks;
  const network = first?.descriptor as NetworkDescriptor;
  const reversed = Object.fromEntries(Object.entries(network).reverse()) as NetworkDescriptor;
  assert.equal(descriptorHash(network), WORKED_HASH);
  assert.equal(descriptorHash(reversed), WORKED_HASH);
});
