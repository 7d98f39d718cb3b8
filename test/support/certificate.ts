import { generateKeyPairSync, sign } from 'node:crypto';

/** A key and its certificate, as PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

const DAY_MS = 86_400_000;

/** A new self-signed certificate for 127.0.0.1 (RFC 5280), valid from yesterday to tomorrow. */
export function selfSigned(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('55 04 03'), node(0x0c, Buffer.from('localhost')))));
  const ecdsaWithSha256 = sequence(oid('2a 86 48 ce 3d 04 03 02'));
  const times = [Date.now() - DAY_MS, Date.now() + DAY_MS].map(utcTime);
  const isAuthority = extension('55 1d 13', sequence(node(0x01, Buffer.from([0xff]))));
  const address = extension('55 1d 11', sequence(node(0x87, Buffer.from([127, 0, 0, 1]))));
  const statement = sequence(
    node(0xa0, node(0x02, Buffer.from([2]))),
    node(0x02, Buffer.from([1])),
    ecdsaWithSha256,
    name,
    sequence(...times),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    node(0xa3, sequence(isAuthority, address)),
  );
  const signature = sign('sha256', statement, privateKey);
  const whole = sequence(statement, ecdsaWithSha256, node(0x03, Buffer.from([0]), signature));
  const lines = whole
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** One value of DER, shorter than 64 kB: tag, length, content. */
function node(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 128 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...content: Buffer[]): Buffer => node(0x30, ...content);
const set = (...content: Buffer[]): Buffer => node(0x31, ...content);
const oid = (hex: string): Buffer => node(0x06, Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const extension = (id: string, value: Buffer): Buffer => sequence(oid(id), node(0x04, value));

function utcTime(ms: number): Buffer {
  return node(0x17, Buffer.from(new Date(ms).toISOString().replace(/^20|[-:T]|\.\d+/g, '')));
}
