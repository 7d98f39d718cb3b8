import type * as S3 from '@aws-sdk/client-s3';
import { MissingDependencyError, OptionError, quoteValue } from '../../errors.ts';
import { OPTION_INVALID, settle, type Spec } from '../../options.ts';
import type { ByteStore } from './byte-store.ts';

/** Where a store is that speaks the protocol of S3. The client finds credentials in its usual places. */
export interface S3StoreOptions {
  bucket: string;
  /** Stands before the name of every file: `thumbnails/`. Default none. */
  prefix?: string;
  /** Address of a server that is not AWS, `https://minio.example:9000`; the bucket is then part of the path. */
  endpoint?: string;
  /** Default: from the environment; `us-east-1` with an endpoint. */
  region?: string;
  /** Milliseconds that a request may take, with its retries and its body. Default 60,000. */
  timeoutMs?: number;
}

/** Options of `s3Store`. */
export const S3_STORE_SPEC: Spec<S3StoreOptions, 'timeoutMs'> = {
  code: OPTION_INVALID,
  options: {
    bucket: { type: 'text', required: true, help: 'name of the bucket' },
    prefix: { type: 'text', otherwise: 'none', help: 'stands before the name of every file' },
    endpoint: { type: 'text', otherwise: 'AWS', help: 'address of a server that is not AWS' },
    region: { type: 'text', otherwise: 'as the environment says', help: 'region of the bucket' },
    timeoutMs: {
      type: 'whole',
      min: 1,
      max: 86_400_000,
      default: 60_000,
      unit: 'ms',
      help: 'that a request may take, with its retries and its body',
    },
  },
};

/**
 * A store in a bucket of S3, or of a compatible server, through the official client.
 *
 * @throws {OptionError} `STORE_INVALID`; methods throw `MissingDependencyError` `S3_MISSING`.
 */
export function s3Store(options: S3StoreOptions): ByteStore {
  const { bucket, prefix = '', endpoint, region, timeoutMs } = settle(S3_STORE_SPEC, options);
  refuseSecrets(bucket, endpoint);
  let opened: Promise<{ client: S3.S3Client; s3: typeof S3 }> | undefined;
  const open = (): NonNullable<typeof opened> =>
    (opened ??= loadClient().then((s3) => {
      const own = endpoint === undefined ? {} : { endpoint, forcePathStyle: true };
      const where = region ?? (endpoint === undefined ? undefined : 'us-east-1');
      const config = { ...own, ...(where === undefined ? {} : { region: where }) };
      return { s3, client: new s3.S3Client(config) };
    }));
  const at = (name: string): { Bucket: string; Key: string } => ({
    Bucket: bucket,
    Key: `${prefix}${name}`,
  });
  /** Runs a request and reads its body, within the time limit. */
  const inTime = async <T>(
    work: (opened: { client: S3.S3Client; s3: typeof S3 }, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    const client = await open();
    const signal = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`no whole answer within ${timeoutMs} ms`);
      signal.addEventListener('abort', () => reject(error), { once: true });
    });
    return Promise.race([work(client, signal), late]);
  };
  return {
    label: `s3://${bucket}/${prefix}`,
    async put(name, bytes) {
      await inTime(({ s3, client }, abortSignal) =>
        client.send(new s3.PutObjectCommand({ ...at(name), Body: bytes }), { abortSignal }),
      );
    },
    get: (name) =>
      inTime(async ({ s3, client }, abortSignal) => {
        try {
          const { Body } = await client.send(new s3.GetObjectCommand(at(name)), { abortSignal });
          return Body ? await Body.transformToByteArray() : null;
        } catch (error) {
          if (isMissing(error)) return null;
          throw error;
        }
      }),
    async delete(name) {
      await inTime(({ s3, client }, abortSignal) =>
        client.send(new s3.DeleteObjectCommand(at(name)), { abortSignal }),
      );
    },
    async *list(begin) {
      const where = { Bucket: bucket, Prefix: `${prefix}${begin}` };
      for (let token: string | undefined; ;) {
        const asked = { ...where, ...(token ? { ContinuationToken: token } : {}) };
        const page = await inTime(({ s3, client }, abortSignal) =>
          client.send(new s3.ListObjectsV2Command(asked), { abortSignal }),
        );
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
          yield { name: Key.slice(prefix.length), bytes: Size, modified: LastModified };
        }
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
        if (token === undefined) return;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  return name === 'NoSuchKey' || (name === 'NotFound' && $metadata?.httpStatusCode === 404);
}

async function loadClient(): Promise<typeof S3> {
  try {
    return await import('@aws-sdk/client-s3');
  } catch (cause) {
    const hint = 'Install it: npm install @aws-sdk/client-s3.';
    const what = 'Buckets are reached by @aws-sdk/client-s3, which cannot be loaded';
    throw new MissingDependencyError('S3_MISSING', what, hint, { cause });
  }
}

/** Text with an @ may contain a password, so it is not quoted. */
function refuseSecrets(bucket: string, endpoint: string | undefined): void {
  const hint = 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment instead.';
  if (bucket.includes('@') || (bucket.includes(':') && !bucket.startsWith('arn:'))) {
    throw new OptionError('STORE_INVALID', 'A store has user and password before its bucket', hint);
  }
  if (endpoint === undefined) return;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (endpoint.includes('@')) {
    const what = 'The address of a store has user and password in it';
    throw new OptionError('STORE_INVALID', what, hint);
  }
  if (url && /^https?:$/.test(url.protocol)) return;
  const wanted = 'Give an http(s) address, such as https://minio.example:9000.';
  throw new OptionError('STORE_INVALID', `${quoteValue(endpoint)} is no address`, wanted);
}
