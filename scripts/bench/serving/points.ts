import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { p256 } from "@noble/curves/nist.js";

/** Compressed points of P-256, a different one for each DID: to resolve it takes what a real one takes. */
export function pointsFrom(first: number, count: number): string[] {
  const { Point } = p256;
  const points: InstanceType<typeof Point>[] = [];
  let point = Point.BASE.multiplyUnsafe(BigInt(first + 1));
  for (; points.length < count; point = point.add(Point.BASE)) points.push(point);
  return normalizeZ(Point, points).map((one) => one.toHex(true));
}
