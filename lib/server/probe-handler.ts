import type { RequestListener } from 'node:http';
import type { Health } from '../health/health.ts';
import { countHosts, hostsOf, isAddress, isHostOf, isLoopback } from '../health/host-header.ts';
import { type Metrics, METRICS_CONTENT_TYPE } from '../health/metrics.ts';
import { problemOf, RequestError } from './problem.ts';

/**
 * Answers on the port for probes: `/livez`, `/readyz` and `/metrics`.
 *
 * @param options - host: address that is listened on. hosts: further names that `Host` may have.
 */
export function probeHandler(options: {
  health: Health;
  metrics: Metrics;
  host: string;
  hosts: readonly string[] | undefined;
}): RequestListener {
  const { health, metrics, host } = options;
  const hosts = hostsOf(host, options.hosts);
  const refusal = ({
    rawHeaders,
    headers,
  }: Parameters<RequestListener>[0]): RequestError | null => {
    if (countHosts(rawHeaders) > 1) {
      const what = 'The request has more than one Host header';
      return new RequestError('HOST_INVALID', what, 'Send one.', { status: 400 });
    }
    // An orchestrator asks by address.
    const byAddress = !isLoopback(host) && isAddress(headers.host);
    if (!hosts || byAddress || isHostOf(headers.host, hosts)) return null;
    const hint = `Ask for ${hosts[0]}, or have the name allowed.`;
    return new RequestError('HOST_UNKNOWN', 'This server does not go by that name', hint, {
      status: 421,
    });
  };
  return (request, response) => {
    const refused = refusal(request);
    if (refused) {
      const { problem } = problemOf(refused);
      response.writeHead(problem.status, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify(problem));
    } else if (request.url !== '/metrics') {
      health.handler(request, response);
    } else {
      response.setHeader('content-type', METRICS_CONTENT_TYPE);
      response.end(metrics.text());
    }
  };
}
