/** Renews credentials only once for all requests that were refused with the same ones. */
export interface Renewal {
  /** Changes with every renewal; read it before sending a request. */
  epoch(): number;
  /** Renews, unless that was done since the epoch in which the refused request was sent. */
  renew(sentIn: number): Promise<void>;
}

export function renewalOf(refreshAuth: (() => Promise<void>) | undefined): Renewal {
  let renewals = 0;
  let renewing: Promise<void> | null = null;
  return {
    epoch: () => renewals,
    async renew(sentIn) {
      if (sentIn !== renewals) return;
      renewing ??= (async () => {
        try {
          await refreshAuth?.();
          renewals += 1;
        } finally {
          renewing = null;
        }
      })();
      await renewing;
    },
  };
}
