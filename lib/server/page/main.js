import { byId } from './element.js';
import { startIndexStatus } from './index-status.js';
import { startNameLanguage } from './name-language.js';
import { startPictures } from './pictures.js';
import { startPlaces } from './places.js';
import { preferredLanguage, setPageLanguage } from './texts.js';

const choice = byId('page-language');
choice.value = preferredLanguage();
setPageLanguage(choice.value);
/** Each part gives back what writes its texts anew. */
const parts = [startPlaces(), startIndexStatus(), startNameLanguage(), startPictures()];
choice.addEventListener('change', () => {
  setPageLanguage(choice.value, { keep: true });
  for (const retell of parts) retell();
});
