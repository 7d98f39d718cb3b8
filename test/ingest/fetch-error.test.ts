import { expect } from 'chai';
import fc from 'fast-check';
import { publicSource } from '../../lib/ingest/fetch/fetch-error.ts';

describe('publicSource', () => {
  it('leaves out userinfo, query and fragment', () => {
    expect(publicSource('https://u:p@example.com/a.jpg?sig=secret#part')).to.equal(
      'https://example.com/a.jpg?...',
    );
    expect(publicSource('https://example.com/a.jpg#part')).to.equal('https://example.com/a.jpg');
    expect(publicSource('photos/a@2x.jpg?sig=secret')).to.equal('photos/a@2x.jpg?...');
    expect(publicSource('file:///photos/a.jpg')).to.equal('file:///photos/a.jpg');
    expect(publicSource('https:\\\\u:p@example.com/a')).to.equal('https://example.com/a');
    expect(publicSource('https:u:p@example.com/a')).to.equal('https://example.com/a');
  });

  it('shows nothing of what may hold a password or the picture itself', () => {
    expect(publicSource('https://u:p@exa mple.com/a')).to.equal('A malformed URL');
    expect(publicSource('https://u:p?q@example.com/a')).to.equal('A malformed URL');
    expect(publicSource('//u:p@example.com/a')).to.equal('A malformed URL');
    expect(publicSource('mailto:u:p@example.com')).to.equal('mailto:...');
    expect(publicSource('data:image/png;base64,iVBORw0KGgo=')).to.equal('data:...');
  });

  it('stays one line of at most 120 characters', () => {
    expect(publicSource('a\nb')).to.equal('a b');
    expect(publicSource(`https://example.com/${'a'.repeat(200)}`)).to.have.lengthOf(120);
  });

  it('never shows a password', () => {
    const prefix = fc.constantFrom(
      'http://',
      'https:',
      'http:/',
      'https:\\\\',
      ' http://',
      'HTTP:///',
    );
    const password = fc.string({
      unit: fc.constantFrom('a', '@', ':', '%', ' ', '\t', '[', '?', '#'),
    });
    fc.assert(
      fc.property(prefix, password, (scheme, filler) => {
        const text = `${scheme}user:${filler}SECRET@example.com/a.jpg?SECRET`;
        expect(publicSource(text)).to.not.include('SECRET');
      }),
    );
  });
});
