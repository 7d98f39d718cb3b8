import type { LanguageWeights } from './language-model.ts';

export const WEIGHTS: LanguageWeights = { slots: '', step: 0, bias: 0, calibration: [1, 0], signals: [] };
