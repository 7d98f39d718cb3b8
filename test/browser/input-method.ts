import type { CDPSession, Page } from 'playwright-core';

/** What an input method does with the field that has the focus. */
export interface InputMethod {
  /** Shows what is being typed; each call replaces what the one before showed. */
  compose(text: string): Promise<void>;
  /** Ends the composition with a text. */
  commit(text: string): Promise<void>;
  /** Presses a key while it composes, which then belongs to it. */
  press(key: string): Promise<void>;
}

/** The code of a key that an input method has taken (https://www.w3.org/TR/uievents/#keydown-keyCode). */
const TAKEN = 229;

/** An input method for a page, by the protocol of Chromium's own tools. */
export async function inputMethod(page: Page): Promise<InputMethod> {
  const keys: CDPSession = await page.context().newCDPSession(page);
  return {
    async compose(text) {
      const [selectionStart, selectionEnd] = [text.length, text.length];
      await keys.send('Input.imeSetComposition', { text, selectionStart, selectionEnd });
    },
    async commit(text) {
      await keys.send('Input.insertText', { text });
    },
    async press(key) {
      const event = { type: 'rawKeyDown', key, code: key, windowsVirtualKeyCode: TAKEN } as const;
      await keys.send('Input.dispatchKeyEvent', event);
    },
  };
}
