// All that the page asks of the server. Addresses are relative to the page.
/* global performance, prompt, URLSearchParams */
import { texts } from './texts.js';

/** What went wrong, as the server said it; `code` is NETWORK where it said nothing. */
export class Problem extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @returns { hits, total, more, times } of a search over whole names; `query` as of the API. */
export async function search(query, signal) {
  const { body, times } = await ask(`search?${parameters(query)}`, { signal });
  return { ...body, times };
}

/** @returns { notes, total, more } */
export async function notes(query, signal) {
  return (await ask(`notes?${parameters(query)}`, { signal })).body;
}

/** @returns What is known of a place. */
export async function place(id) {
  return (await ask(`places/${encodeURIComponent(id)}`, {})).body;
}

/** @returns The first pictures of the index. */
export async function pictures(signal) {
  return (await ask('images?limit=60', { signal })).body.images;
}

/** @returns { detection, times } */
export async function detect({ name, country }, signal) {
  const { body, times } = await ask(`detect?${parameters({ name, country })}`, { signal });
  return { detection: body, times };
}

/** @param picture - A file, or the id of an indexed one. @returns { images, times } */
export async function similar(picture, signal) {
  const query = { limit: 24, ...(typeof picture === 'string' ? { id: picture } : {}) };
  const { body, times } = await ask(`similar?${parameters(query)}`, {
    method: 'POST',
    ...(typeof picture === 'string'
      ? {}
      : { headers: { 'content-type': 'application/octet-stream' }, body: picture }),
    signal,
  });
  return { images: body.images, times };
}

/** @returns { indexes, thumbnails } */
export async function status(signal) {
  const { body } = await ask('status', { signal });
  return body;
}

/**
 * Shows the thumbnail of a picture; an image can't bring the token by itself.
 *
 * @param missing - Called where there is none.
 */
export async function showThumbnail(image, sha256, missing) {
  image.addEventListener('error', missing);
  const address = `thumbnails/${sha256}`;
  if (token === '') {
    image.src = address;
    return;
  }
  try {
    const response = await fetchWithToken(address, {});
    if (!response.ok) throw new Error(response.statusText);
    image.src = URL.createObjectURL(await response.blob());
    image.addEventListener('load', () => URL.revokeObjectURL(image.src));
  } catch {
    missing();
  }
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
    response = await fetchWithToken(address, options);
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

/** Held by this page alone, until it is left. */
let token = '';
let refused = false;

/** Asks for the token where the server does, once for all that wait for it. */
export async function fetchWithToken(address, options) {
  for (;;) {
    const tried = token;
    const own = tried === '' ? {} : { authorization: `Bearer ${tried}` };
    const response = await fetch(address, { ...options, headers: { ...options.headers, ...own } });
    if (response.status !== 401 || refused) return response;
    if (tried !== token) continue;
    const given = prompt(texts().token)?.trim() ?? '';
    refused = given === '';
    if (refused) return response;
    token = given;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
