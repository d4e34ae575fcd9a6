import { ProblemError, toProblem, UnreachableError } from './client';
import { OWN } from './session';
import type { ContentAnswer } from './types';

type Content = ContentAnswer['data'];

/** The header that says what the body must hash to (RFC 9530). */
export function contentDigest(sha256: `0x${string}`): string {
  const bytes = sha256.slice(2).match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [];
  return `sha-256=:${btoa(String.fromCharCode(...bytes))}:`;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Uploads a file, and hears how much of it is there. Fetch does not tell that; this older way does. */
export function uploadFile(file: Blob, sha256: `0x${string}`, progress: (part: number) => void): Promise<Content> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener('progress', ({ loaded, total }) => progress(total === 0 ? 1 : loaded / total));
    request.addEventListener('load', () => {
      const body = read(request.responseText) as { data?: Content } | null;
      if (request.status >= 200 && request.status < 300 && body?.data !== undefined) {
        if (body.data.sha256 === sha256) resolve(body.data);
        else reject(new ProblemError(request.status, 'Another file', `The API kept another file than this one: ${body.data.sha256}.`));
      } else reject(toProblem(request.status, body));
    });
    request.addEventListener('error', () => reject(new UnreachableError('The upload broke off. Nothing was kept.')));
    request.open('POST', '/v1/content');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('content-digest', contentDigest(sha256));
    for (const [name, value] of Object.entries(OWN)) request.setRequestHeader(name, value);
    request.send(file);
  });
}
