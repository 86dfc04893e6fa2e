// Requests to this site's own server. It recognises scripts by X-Requested-With and answers their errors in JSON.

export class RequestError extends Error {
  // `status` is 0 when no usable answer came; `message` is the server's text for the user, or "".
  constructor(status, message = "", options = {}) {
    super(message, options);
    this.status = status;
  }

  get isSignedOut() {
    return this.status === 401;
  }
}

async function explanation(response) {
  try {
    return (await response.json()).message ?? "";
  } catch {
    return ""; // a proxy's page
  }
}

async function send(address, { headers, ...options }, read) {
  let response = null;
  try {
    response = await fetch(address, { ...options, headers: { "X-Requested-With": "fetch", ...headers } });
    if (response.ok || response.status === 304) return await read(response);
  } catch (cause) {
    throw new RequestError(0, "", { cause });
  }
  throw new RequestError(response.status, await explanation(response));
}

// Each of these rejects with a RequestError.

export const getText = (address, signal) => send(address, { signal }, (response) => response.text());

export const getJson = (address) => send(address, { cache: "no-store" }, (response) => response.json());

// Sends a FormData, such as that of the page's form `actions`, which holds the CSRF token. Null for an empty answer.
export const post = (address, data) =>
  send(address, { method: "POST", body: new URLSearchParams(data) }, (response) =>
    response.status === 204 ? null : response.json(),
  );

// Returns a function like `getJson` that gives null while the last address asked for still has the same answer.
export function getJsonIfChanged() {
  let last = {};

  return (address) => {
    const headers = last.address === address && last.etag ? { "If-None-Match": last.etag } : {};
    return send(address, { headers, cache: "no-store" }, async (response) => {
      if (response.status === 304) return null;
      const answer = await response.json();
      last = { address, etag: response.headers.get("ETag") };
      return answer;
    });
  };
}
