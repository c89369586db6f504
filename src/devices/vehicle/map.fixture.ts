/** A square yard of about 1 km around 31 N 121 E, and a road of 2 km east from its middle. */
export const YARD = 'yard.geojson';

const DEGREES = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { name: 'yard' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [120.995, 30.995],
            [121.005, 30.995],
            [121.005, 31.005],
            [120.995, 31.005],
            [120.995, 30.995],
          ],
        ],
      },
    },
    {
      type: 'Feature',
      properties: { name: 'road', width: 100 },
      geometry: {
        type: 'LineString',
        coordinates: [
          [121, 31],
          [121.02, 31],
        ],
      },
    },
  ],
};

/** Where a driver under test finds its files. */
export function files(name: string): unknown {
  return name === YARD ? DEGREES : undefined;
}
