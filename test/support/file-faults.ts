import { checkFile } from '../../lib/engines/embedded/check-file.ts';
import { EngineError } from '../../lib/errors.ts';

/** What a check says of a data folder: its faults, or the code of the error that it ends with. */
export async function fileFaults(dataDir: string): Promise<string[]> {
  try {
    return (await checkFile(dataDir)).map(({ detail }) => detail);
  } catch (error) {
    if (error instanceof EngineError) return [error.code];
    throw error;
  }
}
