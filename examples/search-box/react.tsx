// A search box in a React 19 form. In your project: `npm install suoyin react react-dom`.
import type { SuggestedPlace, SuoyinSearch, SuoyinSearchEvents } from 'suoyin/element';
import { type DetailedHTMLProps, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'suoyin/element';

type Pick = SuoyinSearchEvents['suoyin-pick'];

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'suoyin-search': DetailedHTMLProps<HTMLAttributes<SuoyinSearch>, SuoyinSearch> & {
        endpoint?: string;
        country?: string;
        limit?: number;
        name?: string;
        required?: boolean;
        'onsuoyin-pick'?: (event: Pick) => void;
        'onsuoyin-clear'?: () => void;
      };
    }
  }
}

export function AddressForm({ endpoint }: { endpoint: string }) {
  const [place, setPlace] = useState<SuggestedPlace | null>(null);
  return (
    <form>
      <label htmlFor="city">City</label>
      <suoyin-search
        id="city"
        name="city"
        endpoint={endpoint}
        lang="zh-Hant"
        country="TW"
        limit={5}
        required
        onsuoyin-pick={({ detail }) => setPlace(detail.place)}
        onsuoyin-clear={() => setPlace(null)}
      />
      <output>{place ? `${place.label} (${place.id})` : '–'}</output>
    </form>
  );
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<AddressForm endpoint={root.dataset['endpoint'] ?? ''} />);
