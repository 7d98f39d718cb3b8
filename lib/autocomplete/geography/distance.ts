const EARTH_RADIUS_KM = 6371;

/** Great-circle distance in kilometres (haversine), null where a point is unknown. */
export function distanceKm(
  from: { lat: number; lon: number } | undefined,
  to: { lat: number; lon: number } | undefined,
): number | null {
  if (!from || !to) return null;
  const rad = Math.PI / 180;
  const dLat = (to.lat - from.lat) * rad;
  const dLon = (to.lon - from.lon) * rad;
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
