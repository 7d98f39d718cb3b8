/**
 * Version of what `toPlaceDocument` makes of a record. A rebuild copies the documents of unchanged records that were
 * made in the same version, so every change of them raises it; test/autocomplete/document-form.test.ts holds that.
 */
export const DOCUMENT_FORM = 3;
