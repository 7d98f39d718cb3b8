// All that the page asks of the server. Addresses are relative to the page.
/* global performance, URLSearchParams */

/** What went wrong, as the server said it; `code` is NETWORK where it said nothing. */
export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * @param input - text, language, near ('lat,lon' or ''), countries ('TW,JP' or '').
 * @returns { suggestions, times }, times in milliseconds: server, all.
 */
export async function suggest({ text, language, near, countries }, signal) {
  const query = parameters({ q: text, language, near, countries, limit: 8, explain: true });
  const { body, times } = await ask(`suggest?${query}`, { signal });
  return { suggestions: body.suggestions, times };
}

/** @returns { detection, times } */
export async function detect({ name, country }, signal) {
  const { body, times } = await ask(`detect?${parameters({ name, country })}`, { signal });
  return { detection: body, times };
}

/** @returns { images, times } */
export async function similar(file, signal) {
  const { body, times } = await ask('similar?limit=12', {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
    signal,
  });
  return { images: body.images, times };
}

/** @returns { indexes, thumbnails } */
export async function status(signal) {
  const { body } = await ask('status', { signal });
  return body;
}

/** Address of the thumbnail of a picture. */
export function thumbnailOf(sha256) {
  return `thumbnails/${sha256}`;
}

function parameters(values) {
  const given = Object.entries(values).filter(([, value]) => value !== '' && value !== undefined);
  return new URLSearchParams(given).toString();
}

async function ask(address, options) {
  const began = performance.now();
  let response;
  let text;
  try {
    response = await fetch(address, options);
    text = await response.text();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem('NETWORK', String(error.message));
  }
  const all = performance.now() - began;
  const body = parsed(text);
  if (!response.ok || body === undefined) {
    throw new Problem(body?.code ?? `HTTP_${response.status}`, body?.detail ?? response.statusText);
  }
  const timing = /\bdur=([\d.]+)/.exec(response.headers.get('server-timing') ?? '');
  return { body, times: { server: timing ? Number(timing[1]) : null, all } };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
