import sharp from 'sharp';

/** A field of a protocol buffer: its number and a value, text, bytes, a whole number, or a message. */
type Field = [number: number, value: string | Uint8Array | number];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function message(fields: readonly Field[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [...varint(number * 8), ...varint(value)];
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
    }),
  );
}

const FLOAT = 1;

function valueInfo(name: string, dims: readonly number[]): Uint8Array {
  const shape = message(dims.map((size): Field => [1, message([[1, size]])]));
  const tensor = message([
    [1, FLOAT],
    [2, shape],
  ]);
  return message([
    [1, name],
    [2, message([[1, tensor]])],
  ]);
}

function node(op: string, input: string, output: string): Uint8Array {
  return message([
    [1, input],
    [2, output],
    [4, op],
  ]);
}

/**
 * A tiny ONNX model: the mean of each colour of a picture of 8 x 8 pixels, as a vector of three.
 *
 * Field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, ValueInfoProto).
 */
export function meanColorModel(): Uint8Array {
  const graph = message([
    [1, node('GlobalAveragePool', 'pixels', 'means')],
    [1, node('Flatten', 'means', 'vector')],
    [2, 'mean-color'],
    [11, valueInfo('pixels', [1, 3, 8, 8])],
    [12, valueInfo('vector', [1, 3])],
  ]);
  const opset = message([[2, 13]]);
  return message([
    [1, 8],
    [7, graph],
    [8, opset],
  ]);
}

/** A picture of one color, as a PNG of 20 x 10 pixels. */
export function flat(background: string): Promise<Buffer> {
  return sharp({ create: { width: 20, height: 10, channels: 3, background } })
    .png()
    .toBuffer();
}

/** A vector to three digits. */
export function rounded(vector: readonly number[]): number[] {
  return vector.map((x) => Math.round(x * 1000) / 1000);
}
