import fc from "fast-check";
import type { SimulatedWrite } from "./chain-simulator.ts";

const IDENTITIES = 6;

const small = fc.nat({ max: 5 });
const identity = fc.nat({ max: IDENTITIES - 1 });
const two = fc.nat({ max: 1 });
const validTo = fc.constantFrom(0, 1_700_000_100, 4_000_000_000);
const ofGrant = { identity: two, type: two, number: two };
const ofList = { identity: two, list: two };
const bit = fc.nat({ max: 255 });
const does = <const T extends string>(name: T) => ({ do: fc.constant(name) });
/** Any write to any registry, for a few subjects; the chain leaves out what the contracts would refuse. */
export const anyWrite: fc.Arbitrary<SimulatedWrite> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ ...does("attribute"), identity, value: small, validTo }) },
  { weight: 3, arbitrary: fc.record({ ...does("delegate"), identity, value: small, validTo }) },
  { weight: 1, arbitrary: fc.record({ ...does("suspendDelegate"), identity, value: small, validTo }) },
  { weight: 2, arbitrary: fc.record({ ...does("owner"), identity, value: small }) },
  { weight: 1, arbitrary: fc.record({ ...does("deactivate"), identity }) },
  { weight: 1, arbitrary: fc.record(does("role")) },
  { weight: 3, arbitrary: fc.record({ ...does("type"), type: two }) },
  {
    weight: 3,
    arbitrary: fc.record({ ...does("grant"), identity: two, type: two, parent: fc.option(two) }),
  },
  { weight: 2, arbitrary: fc.record({ ...does("accept"), ...ofGrant }) },
  {
    weight: 1,
    arbitrary: fc.record({ ...does("extend"), ...ofGrant, notAfter: fc.constantFrom(4_000_000_001, 4_100_000_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ ...does("withdraw"), ...ofGrant, from: fc.constantFrom(1_650_000_000, 1_700_000_000) }),
  },
  { weight: 3, arbitrary: fc.record({ ...does("list"), ...ofList }) },
  { weight: 1, arbitrary: fc.record({ ...does("close"), ...ofList }) },
  { weight: 5, arbitrary: fc.record({ ...does("status"), ...ofList, word: small, bits: fc.tuple(bit, bit, bit) }) },
  {
    weight: 2,
    arbitrary: fc.record({ ...does("checkpoint"), ...ofList, from: small, count: fc.integer({ min: 1, max: 6 }) }),
  },
);
/** The writes of a block. Half of all blocks are empty. */
export const anyBlock = fc.oneof(fc.constant<SimulatedWrite[]>([]), fc.array(anyWrite, { minLength: 1, maxLength: 3 }));
