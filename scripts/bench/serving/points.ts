import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { p256 } from "@noble/curves/nist.js";

/** Distinct compressed P-256 keys, one per DID. They are valid points, so that resolving a DID costs as much as in reality. */
export function pointsFrom(first: number, count: number): string[] {
  const { Point } = p256;
  const points: InstanceType<typeof Point>[] = [];
  let point = Point.BASE.multiplyUnsafe(BigInt(first + 1));
  for (; points.length < count; point = point.add(Point.BASE)) points.push(point);
  return normalizeZ(Point, points).map((one) => one.toHex(true));
}
