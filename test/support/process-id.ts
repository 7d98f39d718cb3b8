/** A process id that no process has: Linux counts to 4,194,304, others less, Windows in fours. */
export const NO_PROCESS = 4_194_305;
