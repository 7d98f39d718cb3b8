import { SearchError } from '../../errors.ts';

/**
 * A picture can't be read. `code` says why; retrying the same bytes fails again.
 *
 * `EMPTY`, `NOT_IMAGE`, `SVG_REFUSED`, `UNSUPPORTED_FORMAT`, `TOO_MANY_PIXELS`, `TRUNCATED`,
 * `CORRUPT`, `DECODE_TIMEOUT`; of `decoderProcesses` also `DECODE_MEMORY`, `DECODER_CRASHED`.
 */
export class ImageError extends SearchError {
  /** Format detected from the first bytes: `jpeg`, `heic`, ...; null if they are not recognised. */
  readonly format: string | null;

  constructor(
    code: string,
    what: string,
    hint: string,
    options: ErrorOptions & { format: string | null },
  ) {
    super(code, what, hint, options);
    this.format = options.format;
  }
}
