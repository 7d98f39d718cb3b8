import { SearchError } from '../../errors.ts';

/**
 * A picture can't be read. `code` says why; the same bytes fail in the same way the next time.
 *
 * `EMPTY`, `NOT_IMAGE`, `SVG_REFUSED`, `UNSUPPORTED_FORMAT`, `TOO_MANY_PIXELS`, `TRUNCATED`, `CORRUPT`.
 */
export class ImageError extends SearchError {
  /** What the first bytes say: `jpeg`, `heic`, ...; null where they say nothing. */
  readonly format: string | null;

  constructor(
    code: string,
    format: string | null,
    what: string,
    hint: string,
    options?: ErrorOptions,
  ) {
    super(code, what, hint, options);
    this.format = format;
  }
}
