import { bitsOf } from './hash-slots.ts';
import { SCAN_CODE } from './scan-code.ts';

/**
 * How a query is compared with rows: `products` are inner products of a query of signed 16-bit
 * numbers and rows of signed bytes, `differences` numbers of bits in which query and rows differ.
 */
export type Comparison = 'products' | 'differences';

type Compare = (row: number, rows: number, stride: number, out: number) => void;

/** Comparisons over one memory, which begins with the query; all positions are in bytes. */
interface Kernel extends Record<Comparison, Compare> {
  buffer(): ArrayBuffer;
  /** Makes the memory larger, which may replace its buffer. */
  grow(bytes: number): void;
}

/** Where the results of a tile are, behind a query of at most 32,000 bytes. */
const RESULTS = 32_768;
/** Where the rows begin. */
const ROWS = 65_536;
/** Rows that are compared in one step. */
const TILE = 4096;
/** Bytes of rows in one memory. A memory of WebAssembly has at most 4 GiB. */
const BLOCK = 2 ** 30;
/** Bytes by which a memory grows, at least; whole pages of WebAssembly. */
const GROWTH = 2 ** 20;
const PAGE = 65_536;

/**
 * Rows of bytes in memory that can be compared with a query: by WebAssembly with SIMD, or by plain
 * JavaScript if this machine has no SIMD.
 */
export class ByteRows {
  readonly #stride: number;
  readonly #perBlock: number;
  readonly #blocks: { kernel: Kernel; rows: number }[] = [];
  readonly #newKernel: () => Kernel;

  /**
   * @param length - Bytes of a row, at most 16,000.
   * @param options - simd: false compares without WebAssembly. Default: as the machine allows.
   */
  constructor(length: number, { simd = hasSimd() }: { simd?: boolean } = {}) {
    this.#stride = Math.ceil(length / 16) * 16;
    this.#perBlock = Math.floor(BLOCK / this.#stride);
    this.#newKernel = simd ? simdKernel : plainKernel;
  }

  /** Adds a row after the others; bytes that it lacks are 0. */
  add(row: Uint8Array | Int8Array): void {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.rows === this.#perBlock) {
      block = { kernel: this.#newKernel(), rows: 0 };
      this.#blocks.push(block);
    }
    const at = ROWS + block.rows * this.#stride;
    const { kernel } = block;
    const missing = at + this.#stride - kernel.buffer().byteLength;
    if (missing > 0) kernel.grow(Math.ceil(Math.max(missing, GROWTH) / PAGE) * PAGE);
    new Int8Array(kernel.buffer(), at, row.length).set(row);
    block.rows += 1;
  }

  /** The rows of the first memory as numbers of 16 bits, until the next row is added. */
  firstRows(): Uint16Array {
    const block = this.#blocks[0];
    if (!block) return new Uint16Array();
    return new Uint16Array(block.kernel.buffer(), ROWS, (block.rows * this.#stride) / 2);
  }

  /**
   * Compares rows with a query.
   *
   * @param query - `products`: 16-bit numbers, as many as a row has bytes; `differences`: bytes.
   * @param each - Gets the results of rows `first`, `first + 1` and so on, valid during the call.
   * @param from - The first row to compare. Default 0.
   */
  compare(
    how: Comparison,
    query: Int16Array | Uint8Array,
    each: (first: number, results: Int32Array) => void,
    from = 0,
  ): void {
    const bytes = new Uint8Array(query.buffer, query.byteOffset, query.byteLength);
    let first = 0;
    for (const { kernel, rows } of this.#blocks) {
      const buffer = kernel.buffer();
      const place = new Uint8Array(buffer, 0, RESULTS);
      place.fill(0);
      place.set(bytes);
      for (let at = Math.max(0, from - first); at < rows; at += TILE) {
        const count = Math.min(TILE, rows - at);
        kernel[how](ROWS + at * this.#stride, count, this.#stride, RESULTS);
        each(first + at, new Int32Array(buffer, RESULTS, count));
      }
      first += rows;
    }
  }
}

interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Makes it larger by pages. */
  grow(pages: number): number;
}

/** The part of WebAssembly that is used here; Node.js declares no types of it. */
interface Wasm {
  validate(code: Uint8Array): boolean;
  Module: new (code: Uint8Array) => object;
  Instance: new (module: object) => {
    exports: Record<Comparison, Compare> & { memory: WasmMemory };
  };
}

/** Missing where Node.js runs with --jitless. */
const wasm = (globalThis as { WebAssembly?: Wasm }).WebAssembly;
let compiled: object | null | undefined;

/** The compiled module; null if WebAssembly or its SIMD is missing here. */
function moduleHere(): object | null {
  if (compiled === undefined) {
    const code = Buffer.from(SCAN_CODE, 'base64');
    compiled = wasm?.validate(code) ? new wasm.Module(code) : null;
  }
  return compiled;
}

function hasSimd(): boolean {
  return moduleHere() !== null;
}

function simdKernel(): Kernel {
  const { memory, products, differences } = new wasm!.Instance(moduleHere()!).exports;
  return {
    products,
    differences,
    buffer: () => memory.buffer,
    grow: (bytes) => void memory.grow(bytes / PAGE),
  };
}

function plainKernel(): Kernel {
  let memory = new ArrayBuffer(2 * PAGE);
  const each = (
    [row, rows, stride, out]: [number, number, number, number],
    result: (row: number) => number,
  ): void => {
    const results = new Int32Array(memory, out, rows);
    for (let i = 0; i < rows; i++) results[i] = result(row + i * stride);
  };
  return {
    products(row, rows, stride, out) {
      const numbers = new Int16Array(memory, 0, stride);
      const bytes = new Int8Array(memory);
      each([row, rows, stride, out], (at) => {
        let sum = 0;
        for (let i = 0; i < stride; i++) sum += numbers[i]! * bytes[at + i]!;
        return sum;
      });
    },
    differences(row, rows, stride, out) {
      const words = new Uint32Array(memory);
      each([row, rows, stride, out], (at) => {
        let sum = 0;
        for (let i = 0; i < stride; i += 4) {
          sum += bitsOf(words[i >> 2]! ^ words[(at + i) >> 2]!);
        }
        return sum;
      });
    },
    buffer: () => memory,
    grow(bytes) {
      const larger = new ArrayBuffer(Math.max(memory.byteLength + bytes, memory.byteLength * 1.5));
      new Uint8Array(larger).set(new Uint8Array(memory));
      memory = larger;
    },
  };
}
