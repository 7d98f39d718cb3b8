import type { RequestListener, ServerResponse } from 'node:http';
import type { Health } from '../health/health.ts';
import { hostsOf, isAddress, isHostOf, isLoopback } from '../health/host-header.ts';
import { METRICS_CONTENT_TYPE } from '../health/metrics.ts';
import { framingFault } from './framing.ts';
import { problemOf, RequestError } from './problem.ts';

/** What is asked on the port for probes, and where that is. */
export interface Probes {
  health: Health;
  metrics: { text(): string | Promise<string> };
  host: string;
  hosts: readonly string[] | undefined;
}

/**
 * Answers on the port for probes: `/livez`, `/readyz` and `/metrics`.
 *
 * @param options - host: address that is listened on. hosts: further names that `Host` may have.
 */
export function probeHandler(options: Probes): RequestListener {
  const { health, metrics, host } = options;
  const hosts = hostsOf(host, options.hosts);
  const refusal = (request: Parameters<RequestListener>[0]): RequestError | null => {
    const { headers } = request;
    const fault = framingFault(request);
    if (fault) return fault;
    // Orchestrators use the IP address.
    const byAddress = !isLoopback(host) && isAddress(headers.host);
    if (!hosts || byAddress || isHostOf(headers.host, hosts)) return null;
    const hint = `Ask for ${hosts[0]}, or have the name allowed.`;
    return new RequestError('HOST_UNKNOWN', 'This server does not go by that name', hint, {
      status: 421,
    });
  };
  const refuse = (response: ServerResponse, error: unknown): void => {
    const { problem, headers } = problemOf(error);
    response.setHeader('content-type', 'application/problem+json');
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    response.writeHead(problem.status);
    response.end(JSON.stringify(problem));
  };
  const answerMetrics = async (response: ServerResponse): Promise<void> => {
    try {
      const text = await metrics.text();
      response.setHeader('content-type', METRICS_CONTENT_TYPE);
      response.end(text);
    } catch (error) {
      refuse(response, error);
    }
  };
  return (request, response) => {
    const refused = refusal(request);
    if (refused) refuse(response, refused);
    else if (request.url?.replace(/\?.*/s, '') === '/metrics') void answerMetrics(response);
    else health.handler(request, response);
  };
}
