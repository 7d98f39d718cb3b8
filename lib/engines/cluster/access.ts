import { OptionError, quoteValue } from '../../errors.ts';
import { OPTION_INVALID, type Spec } from '../../options.ts';

// Address and access of a cluster, in the form that clients of all products take.

/** Address and access of a cluster. */
export interface AccessOptions {
  /** URLs of one or more nodes, or of a proxy in front of them. */
  nodes: readonly string[];
  /** Certificate of the authority that signed the cluster's, PEM. Default: those of Node.js. */
  ca?: string;
  /** User and password of basic authentication. */
  user?: { username: string; password: string };
  /** Accepts any certificate. Default false. */
  insecure?: boolean;
}

const USER: Spec<NonNullable<AccessOptions['user']>> = {
  code: OPTION_INVALID,
  options: {
    username: { type: 'text', required: true, help: 'of basic authentication' },
    password: { type: 'text', required: true, secret: true, help: 'of basic authentication' },
  },
};

/** Options of every client. */
export const ACCESS_SPEC: Spec<AccessOptions, 'insecure'> = {
  code: OPTION_INVALID,
  options: {
    nodes: {
      type: 'list',
      items: { type: 'text', secret: true, help: '' },
      least: 1,
      required: true,
      secret: true,
      wanted: 'a list of URLs such as https://search.example:9200',
      code: 'NODE_INVALID',
      flag: '--node <url>',
      repeats: true,
      help: 'URLs of one or more nodes, or of a proxy in front of them',
    },
    ca: {
      type: 'text',
      otherwise: 'those of Node.js',
      help: "certificate of the authority that signed the cluster's, PEM",
    },
    user: { type: 'object', spec: USER, secret: true, help: 'for basic authentication' },
    insecure: {
      type: 'flag',
      default: false,
      help: 'accepts any certificate; only for trying things out',
    },
  },
};

/** The options for the TLS of Node.js. */
export function tlsOf({ ca, insecure }: AccessOptions): object {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  };
}

/**
 * URLs of nodes, without anything that must not be logged.
 *
 * @throws {OptionError} `NODE_INVALID`.
 */
export function nodeUrls({ nodes }: AccessOptions): string[] {
  return nodes.map(nodeUrl);
}

function nodeUrl(node: string): string {
  const hint = 'Give a URL such as https://search.example:9200.';
  let url: URL;
  try {
    url = new URL(node);
  } catch {
    // What has an @ may hold a password, wherever that begins.
    const what = node.includes('@') ? 'A node is not a URL' : `${quoteValue(node)} is not a URL`;
    throw new OptionError('NODE_INVALID', what, hint);
  }
  if (url.username || url.password || node.includes('@')) {
    const what = `The node ${url.host} has its password in the URL`;
    throw new OptionError('NODE_INVALID', what, 'Name a variable that holds it: --user-env VAR.');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new OptionError(
      'NODE_INVALID',
      `${url.protocol}//${url.host} is not http or https`,
      hint,
    );
  }
  return url.href;
}
